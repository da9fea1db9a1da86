"""The trash: out of the lists at once, links dead until it is restored, gone for good after its time."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from billing import invariants
from generations import retention, running, storage
from generations.models import TRASH_KEPT, Generation, State
from tests import factories
from tests.factories import Person
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "quick")


@pytest.fixture
def signed_in(client: Client, alice: Person, files: Path) -> Client:
    client.force_login(alice.user)
    return client


def finished(someone: Person, prompt: str = "a quiet room") -> Generation:
    generation = submitted(someone, prompt=prompt)
    running.run(generation_id=generation.id)
    generation.refresh_from_db()
    return generation


def addresses(generation: Generation) -> list[str]:
    """Return the paths of the result and of its evidence."""
    urls = [storage.result_url(generation), *(storage.evidence_url(generation, name=one) for one in ("image", "matte"))]
    return [url.removeprefix("http://localhost:8000") for url in urls]


def shown(client: Client, path: str = "/gallery") -> int:
    return client.get(path).content.decode().count('class="tile__words"')


def undo_of(page: str) -> str:
    found = re.search(r'action="(/gallery/trash/restore\?[^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_deleted_picture_is_out_of_sight_and_its_links_answer_410_until_it_is_restored(
    signed_in: Client, alice: Person
) -> None:
    generation = finished(alice)
    paths = addresses(generation)
    answer = signed_in.post(f"/g/{generation.id}/trash", {"next": "/gallery?q=quiet"})
    assert (answer.status_code, answer["Location"]) == (303, "/gallery?q=quiet")
    assert shown(signed_in) == 0
    assert [signed_in.head(path).status_code for path in paths] == [410, 410, 410]
    page = signed_in.get(f"/g/{generation.id}").content.decode()
    assert "This picture is in the trash." in page
    assert "30 days left" in signed_in.get("/gallery/trash").content.decode()
    back = signed_in.post(f"/g/{generation.id}/restore")
    assert (back.status_code, back["Location"]) == (303, f"/g/{generation.id}")
    assert [signed_in.head(path).status_code for path in paths] == [200, 200, 200]
    assert shown(signed_in) == 1
    assert signed_in.post(f"/g/{generation.id}/restore").status_code == 303


def test_many_go_at_once_and_undo_brings_back_those_and_no_others(signed_in: Client, alice: Person) -> None:
    first, second, third = (finished(alice, prompt=f"room {number}") for number in range(3))
    signed_in.post(f"/g/{first.id}/trash")
    ticked = signed_in.get("/gallery?select=1").content.decode()
    assert ticked.count('type="checkbox" name="id"') == 2
    assert signed_in.get("/gallery?select=all").content.decode().count(" checked>") == 2
    answer = signed_in.post("/gallery/trash", {"id": [str(second.id), str(third.id), "nonsense"], "next": "/gallery"})
    page = signed_in.get(answer["Location"]).content.decode()
    assert "2 pictures are in the trash." in page
    undone = signed_in.post(undo_of(page))
    assert (undone.status_code, undone["Location"]) == (303, "/gallery")
    assert set(Generation.objects.filter(trashed_at__isnull=True)) == {second, third}


def test_nothing_ticked_changes_nothing(signed_in: Client, alice: Person) -> None:
    finished(alice)
    page = signed_in.post("/gallery/trash", {"next": "/gallery"}, follow=True).content.decode()
    assert "Nothing was chosen." in page
    assert shown(signed_in) == 1


def test_what_is_under_way_is_canceled_and_costs_nothing(signed_in: Client, alice: Person) -> None:
    generation = submitted(alice)
    page = signed_in.post(f"/g/{generation.id}/trash", follow=True).content.decode()
    assert "Nothing was charged for it." in page
    generation.refresh_from_db()
    assert generation.state == State.CANCELED
    assert alice.available == 10
    assert invariants.breaks() == []


def test_deleting_forever_asks_once_and_removes_the_files(signed_in: Client, alice: Person, files: Path) -> None:
    generation = finished(alice)
    signed_in.post(f"/g/{generation.id}/trash")
    assert "for good?" in signed_in.get(f"/g/{generation.id}/delete").content.decode()
    answer = signed_in.post(f"/g/{generation.id}/delete")
    assert (answer.status_code, answer["Location"]) == (303, "/gallery/trash")
    assert not list(files.glob("gen/*/*"))
    assert [signed_in.get(f"/g/{generation.id}{tail}").status_code for tail in ("", "/delete")] == [404, 404]
    assert signed_in.post(f"/g/{generation.id}/restore").status_code == 404
    assert alice.available == 9


def test_emptying_asks_once_and_leaves_the_gallery_alone(signed_in: Client, alice: Person, files: Path) -> None:
    kept, *others = (finished(alice, prompt=f"room {number}") for number in range(3))
    for one in others:
        signed_in.post(f"/g/{one.id}/trash")
    assert "2 pictures are deleted for good" in signed_in.get("/gallery/trash/empty").content.decode()
    page = signed_in.post("/gallery/trash/empty", follow=True).content.decode()
    assert "Nothing has been deleted in the last 30 days." in page
    assert {path.parent.name for path in files.glob("gen/*/*")} == {str(kept.id)}


def test_the_timer_deletes_what_has_been_in_the_trash_for_thirty_days(signed_in: Client, alice: Person) -> None:
    old, new = finished(alice, prompt="old"), finished(alice, prompt="new")
    Generation.objects.update(delete_after=timezone.now() + timedelta(days=300))
    for one, days in ((old, 30), (new, 29)):
        signed_in.post(f"/g/{one.id}/trash")
        Generation.objects.filter(id=one.id).update(trashed_at=timezone.now() - timedelta(days=days, minutes=1))
    page = signed_in.get("/gallery/trash").content.decode()
    assert ("1 day left" in page, "old" in page) == (True, False)
    signed_in.post(f"/g/{old.id}/restore")
    assert retention.purge() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.deleted_at is None, old.params) == (False, {})
    assert new.deleted_at is None
    assert timedelta(days=30) == TRASH_KEPT


def test_its_own_time_ends_first(signed_in: Client, alice: Person) -> None:
    generation = finished(alice)
    Generation.objects.update(delete_after=timezone.now() + timedelta(days=2, hours=1))
    signed_in.post(f"/g/{generation.id}/trash")
    assert "3 days left" in signed_in.get("/gallery/trash").content.decode()


def test_the_api_still_answers_and_names_no_dead_link(signed_in: Client, alice: Person) -> None:
    generation = finished(alice)
    key = {"Authorization": f"Bearer {factories.key_of(alice, scopes=('generate', 'read'))}"}
    address = f"/api/v1/generations/{generation.id}"
    assert signed_in.get(address, headers=key).json()["result"]["image_url"]
    signed_in.post(f"/g/{generation.id}/trash")
    answer = signed_in.get(address, headers=key)
    assert (answer.status_code, answer.json()["result"]["image_url"]) == (200, None)
    assert signed_in.get(f"{address}/proof", headers=key).status_code == 404
    assert signed_in.delete(address, headers=key).json()["status"] == "deleted"
    assert shown(signed_in, "/gallery/trash") == 0


@pytest.mark.parametrize("tail", ["trash", "restore", "delete", "favorite"])
def test_a_stranger_finds_nothing(client: Client, alice: Person, charlie: Person, files: Path, tail: str) -> None:
    generation = finished(alice)
    Generation.objects.filter(id=generation.id).update(trashed_at=timezone.now() if tail == "restore" else None)
    before = Generation.objects.values().get(id=generation.id)
    client.force_login(charlie.user)
    assert client.post(f"/g/{generation.id}/{tail}").status_code == 404
    at = (before["trashed_at"] or timezone.now()).isoformat()
    assert client.post("/gallery/trash/restore", query_params={"at": at}).status_code == 303
    assert client.post("/gallery/trash", {"id": str(generation.id)}).status_code == 303
    assert client.post("/gallery/trash/empty").status_code == 303
    assert Generation.objects.values().get(id=generation.id) == before


@pytest.mark.parametrize("at", ["", "yesterday", "2026-02-31T00:00:00+00:00", "2026-01-01T00:00:00"])
def test_a_time_nobody_wrote_is_not_found(signed_in: Client, at: str) -> None:
    assert signed_in.post("/gallery/trash/restore", query_params={"at": at}).status_code == 404


@pytest.mark.parametrize("way", ["//evil.example", "https://evil.example/", "gallery", "/" + "x" * 2000])
def test_a_way_back_is_one_of_ours(signed_in: Client, alice: Person, way: str) -> None:
    generation = finished(alice)
    assert signed_in.post(f"/g/{generation.id}/trash", {"next": way})["Location"] == "/gallery"
