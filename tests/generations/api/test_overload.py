"""While pictures wait too long for a worker, a new one is refused before anything is held or fetched."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generations import overload
from generations.models import Generation
from tests.generations.api.calling import program
from tests.generations.api.test_refusals import refused

KEY = {"Idempotency-Key": "k"}


@pytest.fixture(autouse=True)
def as_at_start(db, settings):
    """Let the process look at once, and again for the test that comes after."""
    settings.QUEUE_AGE_CAP = timedelta(seconds=60)
    look_again()
    yield
    forget()


def forget():
    """Let no row be old, and the process look again and know nothing."""
    Generation.objects.update(queued_at=Now())
    look_again()
    overload._Process.ages_s = {}


def look_again():
    overload._Process.look_at = float("-inf")


def waiting_since(identity, *, seconds):
    """Make a queued row as old as this."""
    rows = Generation.objects.filter(id=UUID(identity))
    rows.update(queued_at=F("queued_at") - timedelta(seconds=seconds))
    look_again()


def test_an_old_queue_takes_nothing_new(alices):
    identity = alices.generate(headers=KEY).json()["id"]
    waiting_since(identity, seconds=50)
    assert alices.generate().status_code == 202
    waiting_since(identity, seconds=20)
    for one in (alices, program(alices.someone, livemode=False)):
        answer = one.generate(image="https://127.0.0.1/a.png")
        refused(answer, 503, "OVERLOADED", retry_after_s=30)
        assert answer.headers["Retry-After"] == "30"
    assert alices.generate(headers=KEY).json()["id"] == identity
    assert alices.someone.available == 8
    alices.post(f"/generations/{identity}/cancel")
    look_again()
    assert alices.generate().status_code == 202


def test_no_tokens_is_said_first(alices, charlies):
    waiting_since(alices.generate().json()["id"], seconds=70)
    refused(charlies.generate(), 402, "INSUFFICIENT_TOKENS", required=1, balance=0)


def test_the_queue_is_not_looked_at_for_each_call(alices):
    with CaptureQueriesContext(connection) as asked:
        for _ in range(5):
            overload.refuse_if_overloaded()
    assert len(asked) == 1


def test_the_studio_refuses_alike(alices):
    waiting_since(alices.generate().json()["id"], seconds=70)
    person = Client()
    person.force_login(alices.someone.user)
    form = {"sample": "sideboard-walnut", "prompt": "a quiet room", "background_kind": "scene"}
    answer = person.post("/studio", form | {"format": "png", "shadow": "contact"})
    assert answer.status_code == 503
    assert alices.someone.available == 9
