"""How often a page asks the database: at most twelve times, and as often for a hundred rows as for ten."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiKey
from billing import ledger
from generations.models import Generation, State
from tests import factories
from tests.factories import Person

pytestmark = pytest.mark.django_db
MOST = 12
#: Savepoints and settings of a connection are no questions.
NO_QUESTIONS = ("SAVEPOINT", "RELEASE", "SET ", "BEGIN", "COMMIT")


def make_runs(someone: Person, count: int) -> None:
    now = timezone.now()
    Generation.objects.bulk_create(
        Generation(
            workspace=someone.workspace,
            wallet_id=someone.wallet_id,
            created_by=someone.user,
            model="changebg",
            state=State.CANCELED if number % 2 else State.FAILED,
            livemode=True,
            cost=1,
            params={"prompt": f"room {number}"},
            inputs={"image": {"object_key": f"in/{number}", "sha256": "0" * 64, "width": 10, "height": 10}},
            fingerprint=b"0" * 32,
            idem_key=str(uuid4()),
            error_code="" if number % 2 else "ENGINE_FAILED",
            finished_at=now - timedelta(minutes=number),
        )
        for number in range(count)
    )


def make_keys(someone: Person, count: int) -> None:
    for _ in range(count):
        factories.key_of(someone)
        # A workspace has few working keys; those that no longer work are listed too.
        ApiKey.objects.filter(workspace=someone.workspace).update(revoked_at=timezone.now())
    assert ApiKey.objects.filter(workspace=someone.workspace).count() == count


def make_entries(someone: Person, count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            ledger.grant(
                wallet_id=someone.wallet_id, tokens=1, key=f"grant:{uuid4()}", actor="test", reason=f"number {number}"
            )


def asked(client: Client, path: str) -> list[str]:
    """Return the questions one visit puts to the database."""
    client.get(path)  # what is read once in a process's life is read by now
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 200_000
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(NO_QUESTIONS)]


@pytest.mark.parametrize(
    ("path", "make"),
    [("/gallery", make_runs), ("/developers/keys", make_keys), ("/billing", make_entries), ("/studio", make_runs)],
)
def test_a_page_asks_as_often_for_many_rows_as_for_few(
    client: Client, path: str, make: Callable[[Person, int], None]
) -> None:
    counted = {}
    for rows in (10, 100):
        someone = factories.person(f"p{rows}", tokens=10)
        make(someone, rows)
        client.force_login(someone.user)
        counted[rows] = asked(client, path)
    assert len(counted[100]) == len(counted[10]), counted
    assert len(counted[10]) <= MOST, counted[10]


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/models/changebg", "/accounts/login/", "/help"])
def test_a_page_for_everybody_asks_nothing(client: Client, path: str) -> None:
    assert asked(client, path) == []


@pytest.mark.parametrize("path", ["/developers/playground", "/accounts/email/", "/accounts/2fa/", "/studio/removebg"])
def test_other_pages_of_one_s_own_ask_little(client: Client, alice: Person, path: str) -> None:
    client.force_login(alice.user)
    client.get(path, follow=True)
    with CaptureQueriesContext(connection) as captured:
        client.get(path, follow=True)
    assert len(captured.captured_queries) <= MOST
