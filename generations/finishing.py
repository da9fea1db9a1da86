"""The last transaction of a generation: its final state and what becomes of its hold, together or not at all.

Every function locks the row first, then the wallet through the ledger, and returns whether it was the one that
ended the generation. A second, late or stale caller changes nothing.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from billing import ledger
from generations import messages
from generations.models import OPEN, Generation, State
from generations.transactions import durably
from generations.webhooks import events
from roomai_web.errors import RoomAIError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a worker made: the result's object, the inputs as they are from now on, the contract's figures."""

    result_key: str
    inputs: dict[str, Any]
    result: dict[str, Any]


# Written out, since every picture comes by here: the ORM would read the whole row to lock it, and write it back.
_SUCCEED = """
UPDATE generations_generation
SET state = 'succeeded', finished_at = now(), lease_until = NULL, tokens_used = cost, result_key = %(result_key)s,
    inputs = %(inputs)s, result = %(result)s, webhook_url = '', stage = 'saving'
WHERE id = %(id)s AND fence = %(fence)s AND state = 'running' AND NOT cancel_requested
RETURNING tokens_used, finished_at
"""


def succeed(*, row: Generation, fence: int, outcome: Outcome) -> bool:
    """End a generation with its picture and spend its hold; False when the fence is stale.

    row: as the worker read it; what changes is written to it, too. A cancel that came in meanwhile wins: the row ends
    canceled, nothing is charged, and the answer is False, so that the caller throws its files away.
    """
    address = row.webhook_url

    def work() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                _SUCCEED,
                {
                    "id": row.id,
                    "fence": fence,
                    "result_key": outcome.result_key,
                    "inputs": json.dumps(outcome.inputs),
                    "result": json.dumps(outcome.result),
                },
            )
            written = cursor.fetchone()
        if written is None:
            return False
        row.state, row.lease_until = State.SUCCEEDED, None
        row.tokens_used, row.finished_at = written
        row.result_key, row.inputs, row.result = outcome.result_key, outcome.inputs, outcome.result
        row.webhook_url = ""
        _settle(row, State.SUCCEEDED, address)
        return True

    if durably(work):
        return True
    cancel_running(generation_id=row.id, fence=fence)
    return False


def fail(*, generation_id: UUID, fence: int, error: RoomAIError) -> bool:
    """End a generation with an error's code and release its hold; False when the fence is stale."""

    def work() -> bool:
        row = _locked(generation_id, fence=fence)
        if row is None:
            return False
        if row.cancel_requested:
            _end(row, State.CANCELED)
        else:
            row.error_code, row.error_extra = error.code, error.extra
            _end(row, State.FAILED)
        return True

    return durably(work)


def cancel_running(*, generation_id: UUID, fence: int) -> bool:
    """End a running generation whose cancel was asked for; False when the fence is stale."""

    def work() -> bool:
        row = _locked(generation_id, fence=fence)
        if row is None or not row.cancel_requested:
            return False
        _end(row, State.CANCELED)
        return True

    return durably(work)


def end_lost(*, generation_id: UUID) -> bool:
    """End a generation that nobody can finish any more: expired, or canceled where that was asked for."""

    def work() -> bool:
        hopeless = Q(attempt__gte=F("max_attempts")) | Q(cancel_requested=True)
        lost = Q(deadline__lt=Now()) | Q(lease_until__lt=Now()) & hopeless
        lost |= Q(state=State.QUEUED, cancel_requested=True)
        row = Generation.objects.select_for_update().filter(lost, id=generation_id, state__in=OPEN).first()
        if row is None:
            return False
        row.fence += 1
        if row.cancel_requested:
            _end(row, State.CANCELED)
        else:
            row.error_code = "GENERATION_EXPIRED"
            _end(row, State.EXPIRED)
        return True

    return durably(work)


def cancel(*, generation_id: UUID) -> State:
    """Cancel an open generation and return its state now: canceled when it was waiting, running when a worker
    has it and will stop at its next heartbeat, or the state it had already ended in.
    """

    def work() -> State:
        row = Generation.objects.select_for_update().get(id=generation_id)
        if row.state == State.QUEUED:
            _end(row, State.CANCELED)
        elif row.state == State.RUNNING and not row.cancel_requested:
            row.cancel_requested = True
            row.save(update_fields=["cancel_requested"])
        return State(row.state)

    return durably(work)


def _locked(generation_id: UUID, *, fence: int) -> Generation | None:
    """Return the running row if the fence is still the worker's, locked."""
    rows = Generation.objects.select_for_update()
    return rows.filter(id=generation_id, fence=fence, state=State.RUNNING).first()


_ENDING = [
    "state",
    "finished_at",
    "lease_until",
    "fence",
    "tokens_used",
    "result_key",
    "inputs",
    "result",
    "error_code",
    "error_extra",
    "webhook_url",
]


def _end(row: Generation, state: State) -> None:
    """Write the final state of the locked row, and settle it."""
    row.state, row.finished_at, row.lease_until = state, Now(), None
    address, row.webhook_url = row.webhook_url, ""  # from now on it stands with the delivery, if at all
    row.save(update_fields=_ENDING)
    _settle(row, state, address)


def _settle(row: Generation, state: State, address: str) -> None:
    """Resolve the hold of a row that has just ended so, write its event, and wake those who wait after the commit.

    address: the `webhook_url` of its request. Test keys hold nothing, so there is nothing to resolve.
    """
    if row.livemode:
        match state:
            case State.SUCCEEDED:
                ledger.post(wallet_id=row.wallet_id, tokens=row.tokens_used, reference=row.id)
            case State.EXPIRED:
                ledger.expire_hold(wallet_id=row.wallet_id, reference=row.id)
            case _:
                ledger.void(wallet_id=row.wallet_id, reference=row.id)
    events.generation_ended(generation=row, address=address)
    transaction.on_commit(partial(messages.announce_end, generation_id=row.id), robust=True)
