"""The audit: written with what it tells, never changed, and without secrets."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import api_keys, audit
from accounts.models import AuditEntry
from tests.factories import Person, key_of


def entries(**chosen: object) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(**chosen).order_by("id").values_list("actor", "what"))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_auditentry SET reason = 'x'", "DELETE FROM accounts_auditentry", "TRUNCATE accounts_auditentry"],
)
def test_nothing_is_changed_afterwards(db, statement) -> None:
    audit.record(actor=audit.SYSTEM, what="tried", reason="for a test")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert entries() == [("system", "tried")]


def test_a_key_s_life_is_written_down_without_the_key(alice: Person) -> None:
    plain = key_of(alice)
    key = alice.workspace.api_keys.get()
    for _ in range(2):
        api_keys.revoke(key=key, by=alice.user)
    assert entries() == [(f"user {alice.user.pk}", "key_created"), (f"user {alice.user.pk}", "key_revoked")]
    made = AuditEntry.objects.get(what="key_created")
    assert (made.workspace_id, made.target) == (alice.workspace.id, f"key {key.id}")
    kept = str([vars(one) for one in AuditEntry.objects.all()])
    assert plain not in kept
    assert bytes(key.digest).hex() not in kept
    assert alice.user.email not in kept


def test_what_is_rolled_back_leaves_no_line(alice: Person) -> None:
    with transaction.atomic():
        key_of(alice)
        transaction.set_rollback(True)
    assert entries() == []
