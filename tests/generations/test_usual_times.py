"""What a run is said to take: measured on those before it, and not said where they are too few."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from generations import usual
from generations.models import Generation, State
from generations.views import progress
from tests.factories import Person
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "files")


def finish(someone: Person, *, took_ms: int, engine: str = "embedded", ago_s: int = 0) -> None:
    row = submitted(someone, livemode=False)
    Generation.objects.filter(id=row.id).update(
        state=State.SUCCEEDED,
        finished_at=timezone.now() - timedelta(seconds=ago_s),
        result_key="gen/x.png",
        result={"engine": engine, "processing_time_ms": took_ms},
    )


def test_half_and_nine_of_ten_are_told_in_whole_seconds(alice: Person) -> None:
    for number in range(20):
        finish(alice, took_ms=6000 + 150 * number, ago_s=number)
    assert usual.times(model="changebg", is_painted=True) == usual.Times(middle_s=7, most_s=9)
    assert usual.times(model="changebg", is_painted=False) is None
    assert usual.times(model="removebg", is_painted=True) is None


def test_fewer_than_twenty_say_nothing(alice: Person) -> None:
    for number in range(19):
        finish(alice, took_ms=6000, ago_s=number)
    finish(alice, took_ms=90, engine="none")
    finish(alice, took_ms=30_000, engine="another", ago_s=60)
    assert usual.times(model="changebg", is_painted=True) is None


def test_the_page_says_it_and_how_many_are_ahead(client: Client, alice: Person) -> None:
    for number in range(20):
        finish(alice, took_ms=6000 + 150 * number, ago_s=number)
    submitted(alice)
    mine = submitted(alice)
    client.force_login(alice.user)
    page = client.get(f"/g/{mine.id}").content.decode()
    assert "usually 7 to 9 s" in page
    assert "1 ahead of you" in page
    assert "You can leave" in page


def test_a_long_queue_says_how_long_it_takes(alice: Person, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LONG_QUEUE", 2)
    for number in range(20):
        finish(alice, took_ms=6000, ago_s=number)
    *_, mine = [submitted(alice) for _ in range(4)]
    client.force_login(alice.user)
    page = client.get(f"/g/{mine.id}/_stage").content.decode()
    assert "3 ahead of you, about 18 s" in page
    assert "You can leave; the result will be in your gallery." in page
    assert "delay:5000ms" in page
