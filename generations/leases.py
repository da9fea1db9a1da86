"""Who may work on a generation, and for how long. Every time here is the database's own clock.

A claim gives a worker the row until `lease_until` and a fence; every later write names that fence, and a write
that meets no row means: stop, somebody else has it. Reap ends what nobody can finish any more; dispatch names
the rows a message should be sent for. All are safe to run twice, late, or beside each other.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from billing.errors import LedgerMisuse
from generations import finishing, rows
from generations.models import Generation, Queue

log = structlog.get_logger(__name__)

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on one generation, under one fence. row: as it was when it was claimed."""

    generation_id: UUID
    fence: int
    attempt: int
    is_last_attempt: bool
    deadline: datetime
    row: Generation = field(repr=False, compare=False)


_CLAIM = f"""
UPDATE generations_generation g
SET state = 'running', attempt = attempt + 1, fence = fence + 1, worker = %(worker)s,
    lease_until = statement_timestamp() + %(lease)s, stage = '', stage_started_at = NULL, progress = NULL
WHERE id = %(id)s AND attempt < max_attempts AND statement_timestamp() < deadline AND NOT cancel_requested
  AND (state = 'queued' OR (state = 'running' AND lease_until < statement_timestamp()))
  AND (SELECT count(*) FROM generations_generation o WHERE o.workspace_id = g.workspace_id AND o.id <> g.id
       AND o.state = 'running' AND o.lease_until >= statement_timestamp()) < %(running_cap)s
RETURNING {rows.GENERATION.names}
"""  # noqa: S608  names of our own columns only

# What a claim refused although nothing is the matter with the row waits for its workspace's cap: the finish that makes
# room finds it due.
_DUE_AGAIN = """
UPDATE generations_generation SET dispatch_after = greatest(queued_at, statement_timestamp())
WHERE id = %(id)s AND attempt < max_attempts AND statement_timestamp() < deadline AND NOT cancel_requested
  AND (state = 'queued' OR (state = 'running' AND lease_until < statement_timestamp()))
RETURNING id
"""


def claim(*, generation_id: UUID, worker: str) -> Lease | None:
    """Take a generation for this worker; None when it is not there to be had.

    That is: unknown, finished, leased to somebody, cancelled, out of attempts or time, or its workspace already
    runs as many as it may. The cap is soft by at most the number of worker processes.
    """
    parameters = {
        "id": generation_id,
        "worker": worker,
        "lease": settings.LEASE,
        "running_cap": settings.RUNNING_CAP,
    }
    claimed = _rows(_CLAIM, parameters)
    if not claimed:
        _rows(_DUE_AGAIN, parameters)
        return None
    row = rows.GENERATION.read(claimed[0])
    return Lease(
        generation_id=generation_id,
        fence=row.fence,
        attempt=row.attempt,
        is_last_attempt=row.attempt >= row.max_attempts,
        deadline=row.deadline,
        row=row,
    )


_HEARTBEAT = """
UPDATE generations_generation SET lease_until = statement_timestamp() + %(lease)s
WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' RETURNING cancel_requested
"""


def heartbeat(*, lease: Lease) -> bool | None:
    """Renew a lease; return whether a cancel was asked for, or None when the lease is lost."""
    renewed = _rows(_HEARTBEAT, {"id": lease.generation_id, "fence": lease.fence, "lease": settings.LEASE})
    return bool(renewed[0][0]) if renewed else None


_STAGE = """
UPDATE generations_generation SET stage = %(stage)s, stage_started_at = statement_timestamp() - %(since)s
WHERE id = %(id)s AND fence = %(fence)s AND state = 'running'
  AND set_config('synchronous_commit', 'off', true) = 'off' RETURNING id
"""


def enter_stage(*, lease: Lease, stage: str, since: timedelta = timedelta(0)) -> bool:
    """Write to the row what is being done, since so long ago; False when the lease is lost.

    The commit does not wait for the disk: after a crash of the database the row tells an earlier stage, no more.
    """
    parameters = {"id": lease.generation_id, "fence": lease.fence, "stage": stage, "since": since}
    return bool(_rows(_STAGE, parameters))


_RELEASE = """
UPDATE generations_generation
SET state = 'queued', lease_until = NULL, fence = fence + 1, queued_at = statement_timestamp() + %(delay)s,
    dispatch_after = statement_timestamp() + %(delay)s, attempt = attempt - %(back)s
WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' RETURNING id
"""


def release(*, lease: Lease, delay: timedelta = timedelta(0), gives_attempt_back: bool = False) -> bool:
    """Put a generation back in the queue, due after `delay`; False when the lease was lost.

    gives_attempt_back: for a shutdown of ours, which must not use up one of the generation's three attempts.
    """
    parameters = {
        "id": lease.generation_id,
        "fence": lease.fence,
        "delay": delay,
        "back": int(gives_attempt_back),
    }
    return bool(_rows(_RELEASE, parameters))


# Run on the worker's way out, on a connection of its own: the pool of Django must not be touched in a parent.
RELEASE_WORKER = """
UPDATE generations_generation
SET state = 'queued', lease_until = NULL, fence = fence + 1, attempt = attempt - 1,
    queued_at = statement_timestamp(), dispatch_after = statement_timestamp()
WHERE worker = %(worker)s AND state = 'running' RETURNING id
"""

_LOST = """
SELECT id FROM generations_generation WHERE state IN ('queued', 'running')
  AND (deadline < statement_timestamp() OR (state = 'queued' AND cancel_requested)
       OR (lease_until < statement_timestamp() AND (attempt >= max_attempts OR cancel_requested)))
LIMIT %(batch)s
"""


def reap() -> int:
    """End every generation that nobody can finish any more; return how many.

    Past its deadline or out of attempts with a lapsed lease: expired, its hold released. Cancelled while its
    worker died or left: canceled. One transaction each, since two wallets in one could deadlock; one that cannot be
    ended is logged, and the others are.
    """
    return sum(_end_lost(generation_id) for (generation_id,) in _rows(_LOST, {"batch": BATCH}))


def _end_lost(generation_id: UUID) -> bool:
    try:
        return finishing.end_lost(generation_id=generation_id)
    except (DatabaseError, LedgerMisuse):
        log.exception("generation_not_ended", generation_id=str(generation_id))
        return False


_DISPATCH = """
WITH open AS (
    SELECT id, dispatch_after, row_number() OVER (PARTITION BY workspace_id ORDER BY created_at, id) AS place,
        count(*) FILTER (WHERE state = 'running' AND lease_until >= statement_timestamp())
            OVER (PARTITION BY workspace_id) AS at_work
    FROM generations_generation
    WHERE state IN ('queued', 'running') AND (%(workspace)s::uuid IS NULL OR workspace_id = %(workspace)s::uuid)
), due AS (
    SELECT id FROM open
    WHERE place <= %(window)s AND at_work < %(running_cap)s AND dispatch_after <= statement_timestamp()
    ORDER BY dispatch_after LIMIT 200
)
UPDATE generations_generation g SET dispatch_after = statement_timestamp() + %(again)s FROM due
WHERE g.id = due.id AND g.dispatch_after <= statement_timestamp()
  AND (g.state = 'queued' OR g.lease_until < statement_timestamp())
RETURNING g.id, g.queue
"""


_OPEN = """
SELECT count(*) FROM generations_generation WHERE workspace_id = %(workspace)s AND state IN ('queued', 'running')
"""


def open_now(*, workspace_id: UUID) -> int:
    """Return how many generations of this workspace have not ended."""
    return int(_rows(_OPEN, {"workspace": workspace_id})[0][0])


def window() -> int:
    """Return how many open rows of one workspace may be in the broker: what may run, and two to follow."""
    return int(settings.RUNNING_CAP) + 2


def due(*, workspace_id: UUID | None = None) -> list[tuple[UUID, str]]:
    """Return (id, queue) of the generations to send a message for now, each at most once in `REDISPATCH`.

    Only the oldest `window()` rows of a workspace are ever in the broker, so that nobody's ten thousand pictures
    stand in front of somebody else's one; none are sent while it runs as many as it may, since no claim would succeed.
    """
    parameters = {
        "workspace": workspace_id,
        "window": window(),
        "running_cap": settings.RUNNING_CAP,
        "again": settings.REDISPATCH,
    }
    return _rows(_DISPATCH, parameters)


_AGES = """
SELECT queue, extract(epoch FROM max(statement_timestamp() - coalesce(lease_until, queued_at)))::float
FROM generations_generation g
WHERE state IN ('queued', 'running') AND coalesce(lease_until, queued_at) < statement_timestamp()
  AND deadline > statement_timestamp()
  AND (SELECT count(*) FROM generations_generation o WHERE o.workspace_id = g.workspace_id
       AND o.state = 'running' AND o.lease_until >= statement_timestamp()) < %(running_cap)s
GROUP BY queue
"""


def queue_ages_s() -> dict[str, float]:
    """Return, for each queue with work, the age in seconds of the oldest row somebody could claim now.

    Rows that wait for their own workspace's cap do not count.
    """
    ages = dict(_rows(_AGES, {"running_cap": settings.RUNNING_CAP}))
    return {queue: ages[queue] for queue in Queue.values if queue in ages}


def _rows(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
