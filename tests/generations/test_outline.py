"""The outline over a photo in the studio: working, ready, none or limited; one's own only; nothing paid."""

import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from generations import allowance, messages, storage, tasks
from generations.models import Generation, Matte, Upload
from tests.factories import Person
from tests.generations.free_work import Broker
from tests.generations.material import photo, saved
from tests.generations.submitting import submitted
from tests.generations.test_mattes import MASK
from tests.pictures import flat, grey

pytestmark = pytest.mark.usefixtures("committed_db", "files", "painted")

SOFA = photo("syn_sofa_beige")


@pytest.fixture
def signed_in(client: Client, alice: Person) -> Client:
    client.force_login(alice.user)
    return client


def sent(someone: Person, data: bytes = SOFA) -> Upload:
    return storage.store_upload(workspace_id=someone.workspace.id, data=data)


def fragment(client: Client, address: str) -> str:
    answer = client.get(address)
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    page = answer.content.decode().strip()
    assert page.startswith('<div class="outline" id="outline" data-outline data-state="')
    return page


def state(page: str) -> str:
    return re.search(r'data-state="(\w+)"', page)[1]  # type: ignore[index]


def next_address(page: str) -> str:
    return re.search(r'hx-get="([^"]+)"', page)[1].replace("&amp;", "&")  # type: ignore[index]


def outline(upload: Upload) -> str:
    return reverse("generations:outline", args=[upload.id])


def test_a_photo_sent_ahead_is_looked_at_before_anything_is_paid(
    signed_in: Client, alice: Person, broker: Broker
) -> None:
    answer = signed_in.post(reverse("generations:upload"), {"image": SimpleUploadedFile("sofa.jpg", SOFA)})
    upload = Upload.objects.get()
    assert answer.json()["outline"] == outline(upload)
    page = fragment(signed_in, outline(upload))
    assert (state(page), 'hx-swap="outerHTML"' in page) == ("working", True)
    assert 'hx-trigger="load delay:700ms"' in page
    assert broker.taken() == [("prepare_matte", [upload.id])]
    tasks.prepare_matte(upload.id)
    page = fragment(signed_in, next_address(page))
    assert state(page) == "ready"
    assert "hx-" not in page
    assert f'viewBox="0 0 {upload.width_px} {upload.height_px}"' in page
    assert re.search(r'<path class="outline__path" d="M\d[\d MLZ]+Z" fill-rule="evenodd"/>', page)
    matte = re.search(r'data-matte="([^"]+)"', page)[1]  # type: ignore[index]
    picture = signed_in.get(matte)
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Cache-Control"] == "private, no-store"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert grey(picture.content).shape == (upload.height_px, upload.width_px)
    assert (Generation.objects.count(), alice.available) == (0, 10)
    assert broker.taken() == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (flat(width_px=400, height_px=300), "We could not find a clear subject. Brush the subject or try another"),
        (SOFA[: len(SOFA) // 2], "We could not read this"),
    ],
    ids=["flat", "torn"],
)
def test_that_there_is_nothing_is_said_before_anything_is_paid(
    signed_in: Client, alice: Person, data: bytes, sentence: str
) -> None:
    upload = sent(alice, data)
    tasks.prepare_matte(upload.id)
    page = fragment(signed_in, outline(upload))
    assert state(page) == "none"
    assert sentence in page
    assert "hx-" not in page
    assert signed_in.get(reverse("generations:matte", args=[upload.id])).status_code == 404


@pytest.mark.parametrize(("age_s", "delay_ms"), [(0, 700), (6, 700), (8, 2000), (29, 2000)])
def test_the_server_sets_the_pace(signed_in: Client, alice: Person, age_s: int, delay_ms: int) -> None:
    page = fragment(signed_in, f"{outline(sent(alice))}?since={int(time.time()) - age_s}")
    assert f"load delay:{delay_ms}ms" in page
    assert f"since={int(time.time()) - age_s}"[:-2] in next_address(page)


def test_after_half_a_minute_the_run_will_see_to_it(signed_in: Client, alice: Person) -> None:
    page = fragment(signed_in, f"{outline(sent(alice))}?since={int(time.time()) - 31}")
    assert state(page) == "limited"
    assert "The run will find the subject itself." in page
    assert "hx-" not in page


@pytest.mark.parametrize("since", ["", "soon", "-1", "9999999999", "9" * 40, "١٢٣"])
def test_a_foolish_time_is_now(signed_in: Client, alice: Person, since: str) -> None:
    assert state(fragment(signed_in, f"{outline(sent(alice))}?since={since}")) == "working"


def test_who_asks_much_is_told_that_the_run_will_see_to_it(signed_in: Client, alice: Person, broker: Broker) -> None:
    for number in range(allowance.MATTES.most):
        allowance.take(kind=allowance.MATTES, workspace_id=alice.workspace.id, work=str(number))
        allowance.end(workspace_id=alice.workspace.id, work=str(number))
    assert state(fragment(signed_in, outline(sent(alice)))) == "limited"
    assert broker.taken() == []


def test_the_third_photo_waits_for_a_place(signed_in: Client, alice: Person, broker: Broker) -> None:
    uploads = [sent(alice, SOFA + bytes(number)) for number in range(3)]
    pages = [fragment(signed_in, outline(upload)) for upload in uploads]
    assert {state(page) for page in pages} == {"working"}
    assert broker.taken() == [("prepare_matte", [upload.id]) for upload in uploads[:2]]
    tasks.prepare_matte(uploads[2].id)
    assert not Matte.objects.exists()  # no place, though the message came
    tasks.prepare_matte(uploads[0].id)
    fragment(signed_in, next_address(pages[2]))
    assert broker.taken() == [("prepare_matte", [uploads[2].id])]


@pytest.mark.usefixtures("away")
def test_without_the_broker_the_studio_stays_whole(signed_in: Client, alice: Person) -> None:
    answer = signed_in.post(reverse("generations:upload"), {"image": SimpleUploadedFile("sofa.jpg", SOFA)})
    assert answer.status_code == 201
    assert state(fragment(signed_in, answer.json()["outline"])) == "limited"


def test_a_paid_picture_is_taken_up_first(alice: Person, broker: Broker) -> None:
    upload = sent(alice)
    assert messages.announce_free(task="generations.tasks.prepare_matte", ids=[upload.id])
    paid = submitted(alice)
    assert broker.taken() == [("run_generation", [str(paid.id)]), ("prepare_matte", [upload.id])]


def test_a_drawn_mask_has_an_outline_of_its_own(signed_in: Client, alice: Person, broker: Broker) -> None:
    upload, mask = sent(alice), sent(alice, MASK)
    tasks.prepare_matte(upload.id)
    address = f"{outline(upload)}?mask={mask.id}"
    page = fragment(signed_in, address)
    assert state(page) == "working"
    assert f"mask={mask.id}&since=" in next_address(page)
    assert broker.taken() == [("prepare_mask", [upload.id, mask.id])]
    tasks.prepare_mask(upload.id, mask.id)
    page = fragment(signed_in, next_address(page))
    assert state(page) == "ready"
    assert f'data-matte="/studio/matte/{upload.id}.png?mask={mask.id}"' in page
    drawn = grey(signed_in.get(f"/studio/matte/{upload.id}.png?mask={mask.id}").content)
    assert drawn.shape == (upload.height_px, upload.width_px)
    assert page != fragment(signed_in, outline(upload))


def test_an_empty_mask_is_said(signed_in: Client, alice: Person) -> None:
    upload, mask = sent(alice), sent(alice, saved(grey(MASK) * 0, "PNG"))
    tasks.prepare_mask(upload.id, mask.id)
    page = fragment(signed_in, f"{outline(upload)}?mask={mask.id}")
    assert (state(page), "keeps nothing yet" in page) == ("none", True)


def test_nobody_sees_another_s(client: Client, signed_in: Client, alice: Person, bob: Person, charlie: Person) -> None:
    upload, mask, theirs = sent(alice), sent(alice, MASK), sent(charlie)
    for one in (upload, theirs):
        tasks.prepare_matte(one.id)
    tasks.prepare_mask(upload.id, mask.id)
    addresses = [
        outline(upload),
        f"{outline(upload)}?mask={mask.id}",
        f"{outline(theirs)}?mask={mask.id}",
        f"/studio/matte/{upload.id}.png",
        f"/studio/matte/{upload.id}.png?mask={mask.id}",
        f"/studio/matte/{theirs.id}.png?mask={mask.id}",
    ]
    assert [signed_in.get(one).status_code for one in addresses] == [200, 200, 404, 200, 200, 404]
    for stranger in (charlie, bob):  # bob acts in a workspace of his own here
        client.force_login(stranger.user)
        assert [client.get(one).status_code for one in addresses] == [404] * 6
    client.logout()
    assert [client.get(one).status_code for one in addresses] == [302] * 6
    client.force_login(alice.user)
    Upload.objects.update(delete_after=Now())
    assert [client.get(one).status_code for one in addresses] == [404] * 6


@pytest.mark.parametrize("name", ["nothing", "upl_", "upl_" + "0" * 24, "upl_" + "é" * 24])
def test_what_is_no_upload_is_not_found(signed_in: Client, alice: Person, name: str) -> None:
    assert signed_in.get(f"/studio/outline/{name}").status_code == 404
    assert signed_in.get(f"/studio/matte/{name}.png").status_code == 404
    assert signed_in.get(outline(sent(alice)), {"mask": name}).status_code == 404
    assert signed_in.post(f"/studio/outline/{name}").status_code == 405


def test_a_page_with_a_photo_begins_with_its_outline(signed_in: Client, alice: Person) -> None:
    upload = sent(alice)
    page = signed_in.post(reverse("generations:studio"), {"upload": upload.id, "suggestion": "a loft"})
    assert page.context["outline"].state == "working"
    tasks.prepare_matte(upload.id)
    page = signed_in.post(reverse("generations:studio"), {"upload": upload.id, "prompt": ""})
    assert (page.status_code, page.context["outline"].state) == (422, "ready")
    assert signed_in.get(reverse("generations:studio")).context["outline"] is None
