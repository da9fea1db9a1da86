import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from billing import invariants, ledger
from billing.errors import InsufficientTokens, WalletFrozen
from generations import running, services, storage
from generations.errors import AlreadyFinished, IdempotencyConflict, TooManyInFlight
from generations.models import Generation, State
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import submit, submitted

PHOTO = quick_pictures.png(shade=9)


def balance(someone: Person) -> tuple[int, int]:
    now = ledger.snapshot(wallet_id=someone.wallet_id)
    return now.posted, now.held


def test_submit_makes_a_row_and_holds_its_price(alice: Person) -> None:
    before = timezone.now()
    made = submitted(alice, tokens=3, retention_days=7)
    assert (made.state, made.cost, made.tokens_used) == (State.QUEUED, 3, 0)
    assert timedelta(minutes=14) < made.deadline - before < timedelta(minutes=16)
    assert timedelta(days=6) < made.delete_after - before < timedelta(days=8)
    assert balance(alice) == (10, 3)
    assert invariants.breaks() == []


def test_a_seed_is_chosen_once_and_kept(alice: Person) -> None:
    made = submitted(alice, params={"prompt": "x", "format": "png", "seed": None, "shadow": "none"})
    assert 0 <= made.params["seed"] < 2**31
    assert submitted(alice).params["seed"] == 7


def test_a_test_key_pays_and_holds_nothing(charlie: Person) -> None:
    made = submitted(charlie, livemode=False)
    assert (made.cost, balance(charlie)) == (0, (0, 0))
    services.cancel(generation=made)
    assert invariants.breaks() == []


def test_want_of_tokens_is_refused_and_leaves_nothing(charlie: Person) -> None:
    with pytest.raises(InsufficientTokens) as refusal:
        submit(charlie)
    assert refusal.value.extra == {"required": 1, "balance": 0}
    assert not Generation.objects.for_workspace(charlie.workspace).exists()


def test_a_frozen_wallet_is_refused(alice: Person) -> None:
    with transaction.atomic():
        ledger.freeze(wallet_id=alice.wallet_id, actor="test", reason="test")
    with pytest.raises(WalletFrozen):
        submit(alice)


def test_too_many_open_ones_are_refused_and_hold_nothing(alice: Person, settings: Any) -> None:
    settings.OPEN_CAP = 2
    first = submitted(alice)
    submit(alice)
    with pytest.raises(TooManyInFlight):
        submit(alice)
    assert balance(alice) == (10, 2)
    services.cancel(generation=first)
    submit(alice)


def test_the_same_key_and_request_is_the_same_generation(alice: Person) -> None:
    first, again = submit(alice, idem_key="k"), submit(alice, idem_key="k")
    assert (first.created, again.created) == (True, False)
    assert first.generation.id == again.generation.id
    assert balance(alice) == (10, 1)
    fingerprint = bytes(first.generation.fingerprint)
    asked = {"workspace_id": alice.workspace.id, "livemode": True, "fingerprint": fingerprint}
    assert services.replay(idem_key="k", **asked) == first.generation
    assert services.replay(idem_key="other", **asked) is None
    assert services.replay(idem_key=None, **asked) is None


def test_the_same_key_with_another_request_is_a_conflict(alice: Person) -> None:
    submit(alice, idem_key="k")
    with pytest.raises(IdempotencyConflict):
        submit(alice, idem_key="k", prompt="somewhere else")
    with pytest.raises(IdempotencyConflict):
        services.replay(
            workspace_id=alice.workspace.id, livemode=True, idem_key="k", fingerprint=hashlib.sha256(b"other").digest()
        )


def test_keys_of_other_workspaces_and_of_test_mode_do_not_meet(alice: Person, charlie: Person) -> None:
    ids = {
        submitted(alice, idem_key="k").id,
        submitted(alice, idem_key="k", livemode=False).id,
        submitted(charlie, idem_key="k", livemode=False).id,
    }
    assert len(ids) == 3


def test_a_waiting_generation_is_canceled_at_once(alice: Person) -> None:
    made = services.cancel(generation=submitted(alice))
    assert (made.state, balance(alice)) == (State.CANCELED, (10, 0))
    assert services.cancel(generation=made).state == State.CANCELED
    assert invariants.breaks() == []


def test_a_finished_generation_cannot_be_canceled(alice: Person, quick: None) -> None:
    made = submitted(alice)
    running.run(generation_id=made.id)
    with pytest.raises(AlreadyFinished):
        services.cancel(generation=made)


def test_deleted_content_leaves_only_the_account_of_it(alice: Person, quick: None) -> None:
    made = submitted(alice, prompt="a secret place")
    running.run(generation_id=made.id)
    made.refresh_from_db()
    keys = storage.served_keys(made)
    assert len(keys) == 3
    services.delete_content(generation=made)
    services.delete_content(generation=made)
    made.refresh_from_db()
    assert (made.state, made.tokens_used, made.result_key, made.inputs) == (State.SUCCEEDED, 1, None, {})
    assert made.deleted_at is not None
    assert made.result["width"] == 16
    assert "secret" not in repr([made.params, made.result])
    for key in keys:
        with pytest.raises(FileNotFoundError):
            storage.read(key)
    assert invariants.breaks() == []


def test_deleting_a_waiting_generation_cancels_it(alice: Person) -> None:
    made = submitted(alice)
    [received] = [stored["object_key"] for stored in made.inputs.values()]
    services.delete_content(generation=made)
    made.refresh_from_db()
    assert (made.state, balance(alice)) == (State.CANCELED, (10, 0))
    with pytest.raises(FileNotFoundError):
        storage.read(received)


def test_an_upload_can_be_used_again_until_its_picture_is_deleted(alice: Person, quick: None) -> None:
    upload = storage.store_upload(workspace_id=alice.workspace.id, data=PHOTO)
    made = submitted(alice, inputs={"image": storage.input_of(upload=upload)})
    running.run(generation_id=made.id)
    assert storage.read(upload.object_key) == PHOTO
    services.delete_content(generation=made)
    with pytest.raises(FileNotFoundError):
        storage.read(upload.object_key)


def test_only_open_generations_count_as_unfinished(alice: Person) -> None:
    made = submitted(alice)
    assert not made.is_finished
    Generation.objects.filter(id=made.id).update(state=State.EXPIRED, finished_at=Now())
    made.refresh_from_db()
    assert made.is_finished
    assert not made.is_succeeded
