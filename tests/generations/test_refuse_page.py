"""The page that hands a picture back: asks why, says what happens, works without scripts."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.test import Client

from billing import invariants
from generations import running, storage
from generations.models import Generation, Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")
LINK = "Not usable? Get the token back"


@pytest.fixture
def signed_in(client: Client, alice: Person) -> Client:
    client.force_login(alice.user)
    return client


def picture(someone: Person, **arguments) -> Generation:
    made = submitted(someone, **arguments)
    running.run(generation_id=made.id)
    made.refresh_from_db()
    assert made.is_succeeded
    return made


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def age(made: Generation) -> None:
    Generation.objects.filter(id=made.id).update(finished_at=F("finished_at") - timedelta(hours=25))


def test_the_link_stands_on_a_picture_for_a_day(signed_in: Client, alice: Person) -> None:
    made = picture(alice)
    assert LINK in text_of(signed_in.get(f"/g/{made.id}"))
    assert f'href="/g/{made.id}/refuse"' in signed_in.get(f"/g/{made.id}/_stage").content.decode()
    age(made)
    assert LINK not in text_of(signed_in.get(f"/g/{made.id}"))
    answer = signed_in.get(f"/g/{made.id}/refuse")
    assert "This run cannot be refused any more. Your picture is still here." in text_of(answer)
    assert b"<textarea" not in answer.content


def test_asked_and_handed_back(signed_in: Client, alice: Person) -> None:
    photo = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png())
    made = picture(alice, inputs={"image": storage.input_of(upload=photo)}, prompt="a quiet room")
    page = signed_in.get(f"/g/{made.id}/refuse")
    assert "1 of 1 left in 30 days." in text_of(page)
    assert page.content.count(b'type="radio"') == 4
    done = signed_in.post(f"/g/{made.id}/refuse", {"reason": "light", "text": "too\n dark"})
    assert done.status_code == 200
    assert "The token is back. The picture has been deleted." in text_of(done)
    made.refresh_from_db()
    assert made.refuse_reason == "light: too dark"
    assert (alice.available, invariants.breaks()) == (10, [])
    assert "The token is back." in text_of(signed_in.get(f"/g/{made.id}", follow=True))
    assert Upload.objects.for_workspace(alice.workspace).get() == photo

    # Run again: the studio with photo and prompt, and nothing is started.
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', done.content.decode()))
    (prompt,) = re.findall(r'name="suggestion" value="([^"]*)"', done.content.decode())
    assert (prompt, fields["upload"]) == ("a quiet room", photo.id)
    studio = signed_in.post("/studio", fields | {"suggestion": prompt})
    assert studio.status_code == 200
    assert photo.id in studio.content.decode()
    assert "a quiet room" in studio.content.decode()
    assert Generation.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose what is wrong with the picture."),
        ({"reason": "other", "text": "  "}, "Say in a few words what is wrong."),
        ({"reason": "light", "text": "x" * 401}, "at most 400 characters"),
        ({"reason": "cheaper"}, "cheaper is not one of the available choices"),
    ],
    ids=["nothing", "other", "long", "unknown"],
)
def test_a_form_without_a_reason_says_so(signed_in: Client, alice: Person, sent, sentence) -> None:
    made = picture(alice)
    answer = signed_in.post(f"/g/{made.id}/refuse", sent | {"sent": "1"})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert alice.available == 9


def test_the_second_in_a_month_is_explained(signed_in: Client, alice: Person) -> None:
    first, second = picture(alice, prompt="1"), picture(alice, prompt="2")
    signed_in.post(f"/g/{first.id}/refuse", {"reason": "subject"})
    answer = signed_in.post(f"/g/{second.id}/refuse", {"reason": "subject"})
    assert "This month's refusals are used up." in text_of(answer).replace("&#x27;", "'")
    assert (alice.available, signed_in.get(f"/g/{second.id}").status_code) == (9, 200)


def test_strangers_meet_nothing(client: Client, alice: Person, charlie: Person, bob: Person) -> None:
    made = picture(alice)
    path = f"/g/{made.id}/refuse"
    assert client.get(path).status_code == 302
    for someone in (charlie, bob):
        client.force_login(someone.user)
        assert client.get(path).status_code == client.get(f"/g/{uuid4()}/refuse").status_code == 404
        assert client.post(path, {"reason": "light"}).status_code == 404
    assert alice.available == 9
