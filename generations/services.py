"""What callers may do with generations: ask again, submit, cancel, delete.

The worker's side is `generations.running`, which no web process imports: it brings the networks with it.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import ApiKey, User, Workspace
from billing import ledger
from billing.errors import InsufficientTokens
from generations import finishing, leases, messages, retention, rows
from generations.errors import AlreadyFinished, IdempotencyConflict, TooManyInFlight
from generations.models import OPEN, Generation, State
from generations.storage import StoredInput
from generations.transactions import durably

__all__ = ["StoredInput", "Submitted", "cancel", "cap_of", "delete_content", "replay", "submit"]

RETRY_AFTER_S = 5
SEEDS = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A generation, and whether this call made it or met an earlier one of the same idempotency key."""

    generation: Generation
    created: bool


def replay(*, workspace_id: UUID, livemode: bool, idem_key: str | None, fingerprint: bytes) -> Generation | None:
    """Return the generation an idempotency key already stands for, whatever its state; None when it is new.

    fingerprint: SHA-256 of the canonical validated parameters. Raises IdempotencyConflict when the key was used
    for other parameters.
    """
    if idem_key is None:
        return None
    earlier = Generation.objects.filter(workspace_id=workspace_id, livemode=livemode, idem_key=idem_key).first()
    if earlier is not None and bytes(earlier.fingerprint) != fingerprint:
        raise IdempotencyConflict
    return earlier


def submit(
    *,
    workspace: Workspace,
    created_by: User | None,
    api_key: ApiKey | None,
    model_id: str,
    tokens: int,
    params: dict[str, Any],
    inputs: Mapping[str, StoredInput],
    idem_key: str | None,
    fingerprint: bytes,
    livemode: bool,
    retention_days: int = 30,
    webhook_url: str = "",
    count: int | None = None,
) -> Submitted:
    """Make the row and hold its price in one transaction; send its message once that is committed.

    tokens: the model's price now; a test key (livemode False) pays and holds nothing. params: the validated
    parameters, JSON-able; a seed is chosen here if there is none, so that a second attempt paints the same picture.
    inputs: "image", "mask", "background" as stored. webhook_url: already judged. Two callers with one key get one row.
    count: where given, that many or none, seeds counted up, the n-th under the key `<idem_key>:<n>`; the first returns.
    Raises InsufficientTokens, WalletFrozen, KeyLimitReached, TooManyInFlight, IdempotencyConflict; no lost message.
    """
    row = Generation(
        workspace=workspace,
        wallet_id=ledger.wallet_id_for(workspace_id=workspace.id),
        created_by=created_by,
        api_key=api_key,
        model=model_id,
        livemode=livemode,
        cost=tokens if livemode else 0,
        params=params if params.get("seed") is not None else params | {"seed": secrets.randbelow(SEEDS)},
        inputs={name: stored.as_json() for name, stored in inputs.items()},
        idem_key=idem_key,
        fingerprint=fingerprint,
        webhook_url=webhook_url,
    )
    made = [row] if count is None else _variations(row, count)
    return durably(partial(_insert_and_hold, made, timedelta(days=retention_days)))


def key_of(*, submission: str, n: int) -> str:
    """Return the idempotency key of the n-th picture of a submission, counted from 1."""
    return f"{submission}:{n}"


def cap_of(api_key: ApiKey | None) -> ledger.Cap | None:
    """Return what this key may spend in a month, or None where nothing limits it but the wallet."""
    if api_key is None or not api_key.livemode or api_key.monthly_token_cap is None:
        return None
    return ledger.Cap(api_key.id, api_key.monthly_token_cap)


def _variations(row: Generation, count: int) -> list[Generation]:
    """Return this row `count` times, each with an id, a key and a seed of its own."""
    given = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname != "id"}
    submission, seed = given.pop("idem_key"), given.pop("params")["seed"]
    return [
        Generation(
            **given,
            idem_key=key_of(submission=submission, n=n),
            params=row.params | {"seed": (seed + n - 1) % SEEDS},
        )
        for n in range(1, count + 1)
    ]


def _insert_and_hold(made: Sequence[Generation], kept_for: timedelta) -> Submitted:
    first = made[0]
    if not rows.insert(first, kept_for=kept_for):
        earlier = replay(
            workspace_id=first.workspace_id,
            livemode=first.livemode,
            idem_key=first.idem_key,
            fingerprint=bytes(first.fingerprint),
        )
        assert earlier is not None, "a key that is taken names a committed row, and rows are not deleted"
        return Submitted(generation=earlier, created=False)
    if not all(rows.insert(row, kept_for=kept_for) for row in made[1:]):
        raise IdempotencyConflict
    if first.livemode:
        _hold(made)
    # Counted after the hold, which locks the wallet: whoever counts beside us has not committed or is counted.
    open_now = leases.open_now(workspace_id=first.workspace_id)
    if open_now > settings.OPEN_CAP:
        raise TooManyInFlight(retry_after_s=RETRY_AFTER_S)
    for place, row in enumerate(made, start=open_now - len(made) + 1):
        if place <= leases.window():
            transaction.on_commit(partial(messages.announce_due, generation_id=row.id, queue=row.queue), robust=True)
        else:
            # Not among those that may be in the broker: due as soon as it comes to be.
            Generation.objects.filter(id=row.id).update(dispatch_after=Now())
    return Submitted(generation=first, created=True)


def _hold(made: Sequence[Generation]) -> None:
    """Hold the price of each; a refusal tells what all of them need and what there was before the first."""
    cap, held = cap_of(made[0].api_key), 0
    for row in made:
        try:
            ledger.hold(wallet_id=row.wallet_id, tokens=row.cost, reference=row.id, cap=cap)
        except InsufficientTokens as refusal:
            required, balance = sum(one.cost for one in made), refusal.extra["balance"] + held
            raise InsufficientTokens(required=required, balance=balance) from refusal
        held += row.cost


def cancel(*, generation: Generation) -> Generation:
    """Cancel an open generation and return it as it is now; its hold is released, nothing is charged.

    A waiting one is canceled at once; a running one stops at its worker's next heartbeat (`cancel_requested`).
    Asking twice answers the same. Raises AlreadyFinished for any other end.
    """
    state = finishing.cancel(generation_id=generation.id)
    if state not in {*OPEN, State.CANCELED}:
        raise AlreadyFinished
    generation.refresh_from_db()
    return generation


def delete_content(*, generation: Generation) -> None:
    """Delete pictures and prompt of a generation now; the row keeps id, state, times and cost.

    An open one is canceled. Asking twice is fine.
    """
    finishing.cancel(generation_id=generation.id)
    retention.delete_content(generation_id=generation.id)
