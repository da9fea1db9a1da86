"""What must never be true of tokens. Each app keeps its rules in a view named `ledger_breaks_…`; all must be empty.

I1  a wallet equals the sum of its entries; versions run without a gap, each entry follows from the one before
I2  what a wallet holds is exactly what its open work holds
I3  every live generation has one hold, of its price
I4  a generation is finished if and only if its hold was resolved, once, in the way its state demands
I5  a resolving entry charges what the generation says was used, and ends the whole hold
I6  every entry of a generation points at one that exists, in the same wallet
I7  no hold takes available below zero, and below zero it falls by refunds and disputes only
I8  a paid purchase has one entry of its tokens; what was taken back is within them; what is undone was done
I9  no open generation within its workspace's dispatch window is overdue by more than a minute
I10 nothing is open a minute past its deadline, nothing runs a minute past its lease with attempts left; what a key has
    used of its monthly cap is what its holds of that month came to
"""

from typing import NamedTuple

from django.db import connection
from psycopg import sql

VIEWS = r"SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'ledger\_breaks\_%' ORDER BY 1"


class Break(NamedTuple):
    """One rule that does not hold, and where."""

    rule: str
    ref: str


def breaks() -> list[Break]:
    """Return every broken rule of every app, sorted; an empty list is the only healthy answer."""
    return sorted(found for view in _views() for found in breaks_in(view))


def breaks_in(view: str) -> list[Break]:
    """Return the broken rules of one app's view, as one snapshot of the database shows them."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT rule, ref FROM {}").format(sql.Identifier(view)))
        return [Break(*row) for row in cursor.fetchall()]


def _views() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(VIEWS)
        return [name for (name,) in cursor.fetchall()]
