"""One's pictures: the page of a run in each state, the poll that ends by itself, the list, and who may see what."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing import invariants
from generations import running
from generations.models import Generation, State
from tests.factories import Person, give
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")


@pytest.fixture
def signed_in(client: Client, alice: Person) -> Client:
    client.force_login(alice.user)
    return client


def run(generation: Generation) -> Generation:
    running.run(generation_id=generation.id)
    generation.refresh_from_db()
    return generation


def stage(client: Client, generation: Generation) -> str:
    response = client.get(f"/g/{generation.id}/_stage")
    assert response.status_code == 200
    return response.content.decode()


def test_a_waiting_run_polls_and_can_be_canceled_without_scripts(signed_in: Client, alice: Person) -> None:
    generation = submitted(alice)
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    assert f'hx-get="/g/{generation.id}/_stage"' in page
    assert 'hx-trigger="load delay:700ms, poll"' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    response = signed_in.post(f"/g/{generation.id}/cancel")
    assert (response.status_code, response["Location"]) == (303, f"/g/{generation.id}")
    after = signed_in.get(f"/g/{generation.id}").content.decode()
    assert "Canceled" in after
    assert "charged" in after
    assert "hx-trigger" not in after
    assert alice.available == 10
    assert invariants.breaks() == []


@pytest.mark.parametrize(("age_s", "wait_ms"), [(0, 700), (6, 700), (8, 2000), (29, 2000), (31, 5000)])
def test_the_server_sets_the_pace_of_the_poll(signed_in: Client, alice: Person, age_s: int, wait_ms: int) -> None:
    generation = submitted(alice)
    Generation.objects.filter(id=generation.id).update(created_at=timezone.now() - timedelta(seconds=age_s))
    assert f"load delay:{wait_ms}ms, poll" in stage(signed_in, generation)


def test_stages_are_those_of_the_row(signed_in: Client, alice: Person) -> None:
    generation = submitted(alice)
    assert 'data-step="now"' not in stage(signed_in, generation)
    Generation.objects.filter(id=generation.id).update(
        state=State.RUNNING, stage="compositing", lease_until=timezone.now() + timedelta(minutes=1)
    )
    shown = re.findall(r'data-step="(\w+)"', stage(signed_in, generation))
    assert shown == ["done", "done", "now", "todo", "todo"]


def test_those_ahead_are_counted(signed_in: Client, alice: Person) -> None:
    submitted(alice)
    submitted(alice)
    assert "2 ahead of you" in stage(signed_in, submitted(alice))


def test_a_finished_run_ends_the_poll_and_brings_its_side(signed_in: Client, alice: Person) -> None:
    generation = run(submitted(alice, prompt="a quiet room"))
    fragment = stage(signed_in, generation)
    assert "hx-trigger" not in fragment
    assert 'data-state="succeeded"' in fragment
    assert 'id="side" hx-swap-oob="true"' in fragment
    assert 'id="balance" hx-swap-oob="true"' in fragment
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    assert "hx-swap-oob" not in page
    assert "Result: a quiet room" in page
    assert "Subject unchanged" in page
    assert "1 token" in page
    for address in re.findall(r'<img src="([^"]+)"', page):
        assert signed_in.head(address.replace("&amp;", "&").removeprefix("http://localhost:8000")).status_code == 200


def test_download_saves_from_another_origin_too(signed_in: Client, alice: Person, settings: Any) -> None:
    settings.RESULTS_URL = "https://results.example.com"
    generation = run(submitted(alice))
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    link = re.search(r'href="https://results\.example\.com([^"]+)" download', page)
    assert link
    saved = signed_in.head(link[1].replace("&amp;", "&"))
    assert saved.status_code == 200
    assert saved["Content-Disposition"] == f'attachment; filename="{generation.id}.png"'


@pytest.mark.parametrize(
    ("prompt", "sentence", "way"),
    [
        ("[[no-subject]]", "We could not find a clear subject.", "Brush the subject"),
        ("[[bug]]", "The run stopped.", "Run again"),
    ],
)
def test_a_failed_run_says_so_and_that_nothing_was_charged(
    signed_in: Client, alice: Person, prompt: str, sentence: str, way: str
) -> None:
    generation = submitted(alice, prompt=prompt)
    for _ in range(3):
        Generation.objects.filter(id=generation.id).update(dispatch_after=timezone.now(), queued_at=timezone.now())
        run(generation)
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    assert generation.state == State.FAILED
    assert f"{sentence} Nothing was charged." in page
    assert way in page
    assert alice.available == 10


def test_a_failed_run_says_which_picture_it_was(signed_in: Client, alice: Person) -> None:
    generation = submitted(alice, prompt="[[bad-background]]")
    assert run(generation).error_extra == {"input": "background"}
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    assert "In the background: We could not read this picture." in page


def test_cancel_after_the_end_says_so(signed_in: Client, alice: Person) -> None:
    generation = run(submitted(alice))
    page = signed_in.post(f"/g/{generation.id}/cancel", follow=True).content.decode()
    assert "finished before it could be canceled" in page


def test_the_list_shows_newest_first_and_continues(signed_in: Client, alice: Person) -> None:
    give(alice, tokens=20)
    for number in range(27):
        submitted(alice, prompt=f"room {number}")
    submitted(alice, prompt="room of a test key", livemode=False)
    page = signed_in.get("/gallery").content.decode()
    shown = re.findall(r'<span class="tile__words">room ([^<]+)</span>', page)
    assert shown == [str(number) for number in range(26, 2, -1)]
    older = re.search(r'href="(\?before=[^"]+)"', page)
    assert older
    rest = signed_in.get(f"/gallery{older[1]}").content.decode()
    assert re.findall(r'<span class="tile__words">room ([^<]+)</span>', rest) == ["2", "1", "0"]


def test_an_empty_list_leads_to_the_first_picture(signed_in: Client) -> None:
    page = signed_in.get("/gallery").content.decode()
    assert "Your pictures will be here." in page
    assert 'href="/studio"' in page


@pytest.mark.parametrize("tail", ["", "/_stage", "/delete"])
def test_a_stranger_finds_nothing(client: Client, alice: Person, charlie: Person, tail: str) -> None:
    generation = run(submitted(alice))
    client.force_login(charlie.user)
    missing = client.get(f"/g/{charlie.workspace.id}{tail}")
    theirs = client.get(f"/g/{generation.id}{tail}")
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert client.post(f"/g/{generation.id}/delete").status_code == 404
    assert client.post(f"/g/{generation.id}/cancel").status_code == 404
    assert "tile__link" not in client.get("/gallery").content.decode()
    generation.refresh_from_db()
    assert generation.deleted_at is None


@pytest.mark.parametrize("path", ["/gallery", "/billing", "/g/01a203fb-c122-775f-8ca9-631d4173ec91"])
def test_a_visitor_is_led_to_sign_in(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize(("canvas", "slides"), [(None, True), ({"aspect": "1:1"}, False)])
def test_only_pictures_of_one_frame_are_slid_over_each_other(
    signed_in: Client, alice: Person, canvas: dict[str, str] | None, slides: bool
) -> None:
    generation = run(submitted(alice))
    Generation.objects.filter(id=generation.id).update(params=generation.params | {"canvas": canvas})
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    assert ('type="range"' in page) is slides
    assert "Download" in page
