"""Any sequence of ledger calls gives what a few lines of plain Python give, step by step."""

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID, uuid4

import hypothesis.strategies as st
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing.errors import GoodwillUsedUp, InsufficientTokens, NothingHeld, NothingTaken, NotSpent, WalletFrozen
from billing.models import LedgerEntry
from tests.billing import wallets

EXAMPLES, STEPS = 200, 30
REFUSALS = (GoodwillUsedUp, InsufficientTokens, NothingHeld, NothingTaken, NotSpent, WalletFrozen, ValueError)
#: A taking kind, and the kind that undoes it.
UNDONE_BY = {"refund": "refund_failed", "dispute": "dispute_won"}

which = st.integers(0, 1)
slot = st.integers(0, 5)
amount = st.integers(1, 12)


class PlainLedger:
    """The rules of one wallet, without a database."""

    def __init__(self) -> None:
        self.posted, self.frozen = 0, False
        self.holds: dict[UUID, int] = {}
        self.ends: dict[UUID, tuple[str, int]] = {}
        self.granted: set[str] = set()
        self.taken: dict[str, int] = {}
        self.undone: set[str] = set()
        self.returned: set[UUID] = set()

    @property
    def held(self) -> int:
        return sum(tokens for reference, tokens in self.holds.items() if reference not in self.ends)

    def grant(self, tokens: int, key: str) -> None:
        if key not in self.granted:
            self.granted.add(key)
            self.posted += tokens

    def take(self, tokens: int, name: str) -> None:
        if name not in self.taken:
            self.taken[name] = tokens
            self.posted -= tokens

    def undo(self, name: str) -> None:
        if name not in self.taken:
            raise NothingTaken
        if name not in self.undone:
            self.undone.add(name)
            self.posted += self.taken[name]

    def goodwill(self, reference: UUID) -> None:
        if reference in self.returned:
            return
        used = self.ends.get(reference, ("", 0))[1]
        if not used:
            raise NotSpent
        paid = sum(1 for kind, tokens in self.ends.values() if kind == "post" and tokens)
        if len(self.returned) >= max(1, paid // 10):
            raise GoodwillUsedUp(limit=max(1, paid // 10))
        self.returned.add(reference)
        self.posted += used

    def adjust(self, tokens: int, key: str) -> None:
        available = max(0, self.posted - self.held)
        if key not in self.granted and tokens < 0 and available < -tokens:
            raise InsufficientTokens(required=-tokens, balance=available)
        self.grant(tokens, key)

    def hold(self, tokens: int, reference: UUID) -> None:
        if reference in self.holds:
            return
        if self.frozen:
            raise WalletFrozen
        if self.posted - self.held < tokens:
            raise InsufficientTokens(required=tokens, balance=max(0, self.posted - self.held))
        self.holds[reference] = tokens

    def end(self, kind: str, tokens: int, reference: UUID) -> None:
        if reference in self.ends:
            return
        if reference not in self.holds:
            raise NothingHeld
        if tokens > self.holds[reference]:
            raise ValueError
        self.ends[reference] = (kind, tokens)
        self.posted -= tokens


def outcome(call: Callable[[], object]) -> tuple[object, ...]:
    """Return what a refusal says, or that there was none."""
    try:
        call()
    except REFUSALS as refused:
        return (type(refused), getattr(refused, "extra", None))
    return ("done",)


class TwoWallets(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        # Each sequence has the books to itself and leaves none behind: two hundred of them in one transaction cost
        # minutes where PostgreSQL counted the journal just after another test rolled back, and plans for no rows.
        self.books = transaction.atomic()
        self.books.__enter__()

    @initialize()
    def begin(self) -> None:
        self.ids = [wallets.new_wallet(), wallets.new_wallet()]
        self.plain = [PlainLedger(), PlainLedger()]
        self.references: dict[tuple[int, int], UUID] = defaultdict(uuid4)

    @rule(which=which, tokens=amount, campaign=st.integers(0, 8))
    def grant(self, which: int, tokens: int, campaign: int) -> None:
        key = f"grant:{campaign}:{self.ids[which]}"
        wallets.grant(self.ids[which], tokens=tokens, key=key)
        self.plain[which].grant(tokens, key)

    @rule(which=which, tokens=amount, payment=st.integers(0, 8))
    def purchase(self, which: int, tokens: int, payment: int) -> None:
        name = f"pi_{payment}_{self.ids[which]}"
        wallets.purchase(self.ids[which], tokens=tokens, payment=name)
        self.plain[which].grant(tokens, name)

    @rule(which=which, tokens=amount, number=st.integers(0, 4), kind=st.sampled_from(sorted(UNDONE_BY)))
    def take(self, which: int, tokens: int, number: int, kind: str) -> None:
        name = f"{kind}_{number}_{self.ids[which]}"
        getattr(wallets, kind)(self.ids[which], tokens=tokens, **{f"{kind}_id": name})
        self.plain[which].take(tokens, name)

    @rule(which=which, number=st.integers(0, 4), kind=st.sampled_from(sorted(UNDONE_BY)))
    def undo(self, which: int, number: int, kind: str) -> None:
        name = f"{kind}_{number}_{self.ids[which]}"
        self.same(
            lambda: getattr(wallets, UNDONE_BY[kind])(self.ids[which], **{f"{kind}_id": name}),
            lambda: self.plain[which].undo(name),
        )

    @rule(which=which, slot=slot)
    def goodwill(self, which: int, slot: int) -> None:
        reference = self.references[which, slot]
        self.same(
            lambda: wallets.goodwill(self.ids[which], reference=reference),
            lambda: self.plain[which].goodwill(reference),
        )

    @rule(which=which, tokens=st.integers(-9, 9).filter(bool), number=st.integers(0, 5))
    def adjust(self, which: int, tokens: int, number: int) -> None:
        key = f"adjust:{number}:{self.ids[which]}"
        self.same(
            lambda: wallets.adjust(self.ids[which], tokens=tokens, key=key),
            lambda: self.plain[which].adjust(tokens, key),
        )

    @rule(which=which, tokens=amount, slot=slot)
    def hold(self, which: int, tokens: int, slot: int) -> None:
        reference = self.references[which, slot]
        self.same(
            lambda: wallets.hold(self.ids[which], tokens=tokens, reference=reference),
            lambda: self.plain[which].hold(tokens, reference),
        )

    @rule(which=which, tokens=st.integers(0, 12), slot=slot)
    def post(self, which: int, tokens: int, slot: int) -> None:
        reference = self.references[which, slot]
        self.same(
            lambda: wallets.post(self.ids[which], tokens=tokens, reference=reference),
            lambda: self.plain[which].end("post", tokens, reference),
        )

    @rule(which=which, slot=slot, way=st.sampled_from(["void", "expire_hold"]))
    def release(self, which: int, slot: int, way: str) -> None:
        reference = self.references[which, slot]
        self.same(
            lambda: getattr(wallets, way)(self.ids[which], reference=reference),
            lambda: self.plain[which].end(way, 0, reference),
        )

    @rule(which=which, slot=slot)
    def start_afresh(self, which: int, slot: int) -> None:
        self.references[which, slot] = uuid4()

    @rule(which=which, frozen=st.booleans())
    def freeze(self, which: int, frozen: bool) -> None:
        (wallets.freeze if frozen else wallets.unfreeze)(self.ids[which])
        self.plain[which].frozen = frozen

    def same(self, real: Callable[[], object], plain: Callable[[], object]) -> None:
        expected = outcome(plain)
        got = outcome(real)
        assert got[0] == expected[0]
        if expected[0] is InsufficientTokens:
            assert got == expected

    @invariant()
    def balances_are_equal(self) -> None:
        for wallet, plain in zip(self.ids, self.plain, strict=True):
            assert wallets.figures(wallet) == (plain.posted, plain.held)

    def teardown(self) -> None:
        try:
            self.check_the_journal()
        finally:
            transaction.set_rollback(True)
            self.books.__exit__(None, None, None)

    def check_the_journal(self) -> None:
        for wallet, plain in zip(getattr(self, "ids", []), getattr(self, "plain", []), strict=True):
            kinds = LedgerEntry.objects.filter(wallet_id=wallet).values_list("kind", "reference", "d_posted", "d_held")
            ends = {reference: (kind, -used) for kind, reference, used, held in kinds if held < 0}
            assert ends == plain.ends
            others = plain.granted, plain.taken, plain.undone, plain.returned
            assert len(kinds) == len(plain.holds) + len(plain.ends) + sum(map(len, others))
        assert wallets.journal_breaks() == []


@pytest.mark.slow
def test_the_ledger_does_what_plain_python_does(db):
    run_state_machine_as_test(
        TwoWallets,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
