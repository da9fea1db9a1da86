"""The gallery narrowed down, grouped, marked and counted: what the address says is what is shown."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import retention, running, storage
from generations.models import Generation, State
from roomai_web.ids import uuid7
from tests.factories import Person, give
from tests.generations import quick_pictures
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "quick")


@pytest.fixture
def signed_in(client: Client, alice: Person, files: Path) -> Client:
    client.force_login(alice.user)
    return client


def words(client: Client, query: str) -> list[str]:
    """Return the prompts of the tiles in the order they are shown."""
    page = client.get(f"/gallery{query}").content.decode()
    return re.findall(r'<span class="tile__words">([^<]+)</span>', page)


def rows(someone: Person, *prompts: str) -> list[Generation]:
    give(someone, tokens=len(prompts))
    return [submitted(someone, prompt=prompt) for prompt in prompts]


def of_photo(someone: Person, shade: int, prompt: str) -> Generation:
    photo = storage.store_input(workspace_id=someone.workspace.id, data=quick_pictures.png(shade=shade))
    made = submitted(someone, prompt=prompt, inputs={"image": photo})
    running.run(generation_id=made.id)
    made.refresh_from_db()
    return made


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=LOFT", ["A loft, 50% off_white"]),
        ("?q=50%25", ["A loft, 50% off_white"]),
        ("?q=f_w", ["A loft, 50% off_white"]),
        ("?q=(beach", []),
        ("?q=%00", ["a wet street", "a beach", "A loft, 50% off_white"]),
        ("?status=running", ["a wet street"]),
        ("?status=failed", ["a beach"]),
        ("?status=ready", ["A loft, 50% off_white"]),
        ("?status=nonsense", ["a wet street", "a beach", "A loft, 50% off_white"]),
        ("?favorite=on", ["a beach"]),
        ("?model=removebg", ["a wet street"]),
        ("?since=2026-03-02", ["a wet street", "a beach"]),
        ("?until=2026-03-02", ["a beach", "A loft, 50% off_white"]),
        ("?since=2026-03-02&until=2026-03-02", ["a beach"]),
        ("?since=yesterday", ["a wet street", "a beach", "A loft, 50% off_white"]),
        ("?q=loft&status=running", []),
    ],
)
def test_each_filter_shows_what_it_says(signed_in: Client, alice: Person, query: str, expected: list[str]) -> None:
    first, second, third = rows(alice, "A loft, 50% off_white", "a beach", "a wet street")
    running.run(generation_id=first.id)
    times = {one: datetime(2026, 3, day, 12, tzinfo=UTC) for one, day in ((first, 1), (second, 2), (third, 3))}
    for one, at in times.items():
        Generation.objects.filter(id=one.id).update(created_at=at)
    Generation.objects.filter(id=second.id).update(favorite=True, state=State.FAILED, finished_at=timezone.now())
    Generation.objects.filter(id=third.id).update(model="removebg")
    assert words(signed_in, query) == expected


def test_what_is_set_stands_above_and_can_be_cleared_one_by_one(signed_in: Client, alice: Person) -> None:
    rows(alice, "a loft")
    page = signed_in.get("/gallery?q=loft&status=running&since=2026-01-01").content.decode()
    chips = re.findall(r'<a class="chip" href="([^"]+)"', page)
    assert [chip.replace("&amp;", "&") for chip in chips] == [
        "?status=running&since=2026-01-01",
        "?q=loft&since=2026-01-01",
        "?q=loft&status=running",
    ]
    assert 'value="loft"' in page
    assert 'value="2026-01-01"' in page
    assert "1 picture" in page


def test_nothing_that_matches_is_not_an_empty_gallery(signed_in: Client, alice: Person) -> None:
    rows(alice, "a loft")
    page = signed_in.get("/gallery?q=castle").content.decode()
    assert "No picture matches these filters." in page
    assert "Clear filters" in page
    assert "Your pictures will be here." not in page


def test_older_pictures_keep_the_filters(signed_in: Client, alice: Person) -> None:
    rows(alice, *(f"loft {number}" for number in range(25)), *(f"beach {number}" for number in range(5)))
    page = signed_in.get("/gallery?q=loft").content.decode()
    assert "25 pictures" in page
    older = re.search(r'class="more"><a class="btn" href="([^"]+)"', page)
    assert older
    assert words(signed_in, older[1].replace("&amp;", "&")) == ["loft 0"]


def test_groups_are_by_photo_with_the_newest_first(signed_in: Client, alice: Person) -> None:
    for shade, prompt in ((10, "first of ten"), (20, "of twenty"), (10, "last of ten")):
        of_photo(alice, shade, prompt)
    page = signed_in.get("/gallery?group=photo").content.decode()
    assert re.findall(r'<span class="tile__words">([^<]+)</span>', page) == ["last of ten", "first of ten", "of twenty"]
    assert re.findall(r"<h2>([^<]+)</h2>", page) == ["2 pictures of this photo", "1 picture of this photo"]
    head = re.search(r'class="group__head" href="/gallery(\?photo=[0-9a-f]{64})"', page)
    assert head
    assert words(signed_in, head[1]) == ["last of ten", "first of ten"]
    photo = re.search(r'class="group__photo" src="([^"]+)"', page)
    assert photo
    assert signed_in.head(photo[1].replace("&amp;", "&").removeprefix("http://localhost:8000")).status_code == 200


def test_groups_have_pages_too(signed_in: Client, alice: Person) -> None:
    give(alice, tokens=10)
    for shade in range(8):
        of_photo(alice, shade, f"shade {shade}")
    page = signed_in.get("/gallery?group=photo").content.decode()
    assert re.findall(r"shade \d", page) == [f"shade {shade}" for shade in range(7, 1, -1)]
    older = re.search(r'class="more"><a class="btn" href="([^"]+)"', page)
    assert older
    assert words(signed_in, older[1].replace("&amp;", "&")) == ["shade 1", "shade 0"]


def many(someone: Person, number: int) -> None:
    """Copy the one finished run so many times, each copy with a photo of its own."""
    rows = [Generation.objects.for_workspace(someone.workspace).filter(state=State.SUCCEEDED)[0] for _ in range(number)]
    for place, row in enumerate(rows):
        row.id, row.favorite = uuid7(), place % 2 == 0
        row.result = (row.result or {}) | {"tone": place % 24}
        row.inputs = row.inputs | {"image": row.inputs["image"] | {"sha256": row.id.hex * 2}}
    Generation.objects.bulk_create(rows)


@pytest.mark.parametrize("query", ["", "?group=photo", "?q=room", "?select=all"])
def test_a_page_asks_as_much_for_many_as_for_few_and_stays_small(signed_in: Client, alice: Person, query: str) -> None:
    of_photo(alice, 10, "a quiet room")
    signed_in.get("/gallery")  # that the session is used is noted once a while
    asked: list[int] = []
    for number in (9, 90):
        many(alice, number)
        with CaptureQueriesContext(connection) as captured:
            page: Any = signed_in.get(f"/gallery{query}")
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 12
    assert len(brotli.compress(page.content)) <= 20 * 1024
    assert len(re.findall(rb"<[a-z]", page.content)) <= 1200


def test_a_favorite_is_marked_with_and_without_scripts(signed_in: Client, alice: Person) -> None:
    made = of_photo(alice, 10, "a quiet room")
    address = f"/g/{made.id}/favorite"
    answer = signed_in.post(address, {"favorite": "on", "next": "/gallery?q=room"})
    assert (answer.status_code, answer["Location"]) == (303, "/gallery?q=room")
    assert "HX-Request" in answer["Vary"]
    assert words(signed_in, "?favorite=on") == ["a quiet room"]
    swapped = signed_in.post(address, {"favorite": "on", "next": "/gallery"}, headers={"HX-Request": "true"})
    fragment = swapped.content.decode()
    assert 'aria-pressed="true"' in fragment
    assert "<html" not in fragment
    assert "HX-Request" in swapped["Vary"]
    signed_in.post(address, {"next": "/gallery"})
    assert words(signed_in, "?favorite=on") == []


def test_tiles_say_what_became_of_each_run(signed_in: Client, alice: Person) -> None:
    ready, expired, failed, waiting = (
        of_photo(alice, 1, "ready"),
        of_photo(alice, 2, "gone"),
        *rows(alice, "no", "yet"),
    )
    Generation.objects.filter(id=expired.id).update(delete_after=timezone.now())
    Generation.objects.filter(id=failed.id).update(state=State.FAILED, finished_at=timezone.now())
    Generation.objects.filter(id=ready.id).update(result=ready.result | {"tone": 7})
    page = signed_in.get("/gallery").content.decode()
    images = re.findall(
        r'<img class="tile__frame ([^"]*)" src="[^"]+" width="(\d+)" height="(\d+)" loading="lazy"', page
    )
    assert images == [("tone-7", "16", "16")]
    said = re.findall(r'<span class="dot[^"]*">([^<]+)</span>', page)
    assert sorted(said) == ["Failed", "No file any more", "Waiting"]
    assert str(waiting.id) in page


def test_the_page_of_a_picture_past_its_time_says_when_and_what_to_do(signed_in: Client, alice: Person) -> None:
    made = of_photo(alice, 1, "a quiet room")
    Generation.objects.filter(id=made.id).update(delete_after=timezone.now())
    today = f"{timezone.now():%Y-%m-%d}"
    page = signed_in.get(f"/g/{made.id}").content.decode()
    assert f"This file was deleted on {today}, as set." in page
    assert "The settings are kept." in page
    assert f"?again={made.id}" in page
    retention.purge()
    page = signed_in.get(f"/g/{made.id}").content.decode()
    assert f"This file was deleted on {today}, as set." in page
    assert "1 token was charged for it." in page
    assert "again=" not in page
