"""The statements of our own write and read a row as the ORM would."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from generations import rows
from generations.models import Generation
from tests.factories import Person
from tests.generations.submitting import submitted

TIMES = ("created_at", "queued_at", "dispatch_after", "deadline", "delete_after")
OWN = ("id", "idem_key")


def fresh(like: Generation, **own: object) -> Generation:
    """A row to be, with everything a caller may choose as in `like`."""
    chosen = {name: getattr(like, name) for name in rows._CHOSEN if name not in OWN}
    return Generation(**chosen, **own)


@pytest.mark.usefixtures("committed_db")
def test_a_row_is_written_as_the_orm_writes_it(alice: Person) -> None:
    like = submitted(alice)
    ours, theirs = fresh(like, idem_key="ours"), fresh(like, idem_key="theirs")
    with transaction.atomic():
        assert rows.insert(ours, kept_for=timedelta(days=30))
        theirs.save(force_insert=True)
    ours, theirs = (Generation.objects.get(id=one.id) for one in (ours, theirs))
    for field in Generation._meta.concrete_fields:
        if field.attname in OWN:
            continue
        mine, other = getattr(ours, field.attname), getattr(theirs, field.attname)
        if field.attname in TIMES:
            assert abs(mine - other) < timedelta(minutes=16), field.attname
        else:
            assert mine == other, field.attname


@pytest.mark.usefixtures("committed_db")
def test_a_key_that_is_taken_writes_nothing_and_harms_no_transaction(alice: Person) -> None:
    like = submitted(alice)
    with transaction.atomic():
        assert rows.insert(fresh(like, idem_key="once"), kept_for=timedelta(days=1))
        assert not rows.insert(fresh(like, id=uuid4(), idem_key="once"), kept_for=timedelta(days=1))
        assert Generation.objects.filter(idem_key="once").count() == 1


@pytest.mark.usefixtures("committed_db")
def test_what_a_statement_returns_is_the_row(alice: Person) -> None:
    made = submitted(alice)
    found = Generation.objects.raw("SELECT * FROM generations_generation WHERE id = %s", [made.id])[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {rows.GENERATION.names} FROM generations_generation WHERE id = %s", [made.id])
        read = rows.GENERATION.read(cursor.fetchone())
    for field in Generation._meta.concrete_fields:
        assert getattr(read, field.attname) == getattr(found, field.attname), field.attname
