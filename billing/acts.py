"""What operators do with tokens by hand: grant, settle a mismatch, freeze, thaw; each on the record with its reason.

Above a thousand tokens one operator proposes and another confirms.
"""

from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.models import User
from billing import fulfilment, grants, ledger, stripe_gateway
from billing.errors import ActRefused
from billing.models import LedgerEntry, Purchase, Status
from billing.once import Act, Proposal
from billing.stripe_records import Payment

TWO_PERSONS_ABOVE = 1_000


def grant(*, workspace_id: UUID, campaign: UUID, tokens: int, operator: User, reason: str) -> LedgerEntry | Proposal:
    """Give tokens, once for each campaign; return the entry, or the proposal where another operator must confirm."""
    if tokens <= TWO_PERSONS_ABOVE:
        actor = audit.operator(operator)
        return grants.to_workspace(
            workspace_id=workspace_id, campaign=campaign, tokens=tokens, actor=actor, reason=reason
        )
    return _propose(Act.GRANT, campaign, workspace_id, tokens, operator, reason)


def settle(*, purchase_id: UUID, proposal_id: UUID, operator: User, reason: str) -> Purchase | Proposal:
    """Grant what a purchase that is being checked was sold as; return it, or the proposal for another operator.

    Raises ActRefused when it is not being checked or not paid, PaymentsError when Stripe does not answer.
    """
    purchase = Purchase.objects.select_related("wallet").get(id=purchase_id)
    payment = _payment_of(purchase)
    if purchase.tokens > TWO_PERSONS_ABOVE:
        workspace_id = purchase.wallet.workspace_id
        return _propose(Act.SETTLE, proposal_id, workspace_id, purchase.tokens, operator, reason, purchase)
    with transaction.atomic(durable=True):
        return _settle(purchase_id, payment, audit.operator(operator), reason)


def confirm(*, proposal_id: UUID, operator: User) -> Proposal:
    """Do what another operator proposed, once. Raises ActRefused for one's own proposal, and as `settle`."""
    proposal = Proposal.objects.select_related("purchase").get(id=proposal_id)
    payment = _payment_of(proposal.purchase) if proposal.purchase and proposal.done_at is None else None
    with transaction.atomic(durable=True):
        proposal = Proposal.objects.select_for_update(of=("self",)).get(id=proposal_id)
        if proposal.done_at is not None:
            return proposal
        if proposal.proposed_by_id == operator.pk:
            raise ActRefused("Another operator has to confirm this.")
        actor = f"{audit.operator(operator)}, proposed by {proposal.proposed_by_id}"
        if proposal.act == Act.GRANT:
            grants.to_workspace(
                workspace_id=proposal.workspace_id,
                campaign=proposal.id,
                tokens=proposal.tokens,
                actor=actor,
                reason=proposal.reason,
            )
        elif proposal.purchase_id and payment:
            _settle(proposal.purchase_id, payment, actor, proposal.reason)
        proposal.confirmed_by, proposal.done_at = operator, Now()
        proposal.save(update_fields=["confirmed_by", "done_at"])
    return proposal


def set_frozen(*, wallet_id: int, frozen: bool, operator: User, reason: str) -> None:
    """Stop a wallet's new work, or allow it again."""
    change = ledger.freeze if frozen else ledger.unfreeze
    with transaction.atomic():
        change(wallet_id=wallet_id, actor=audit.operator(operator), reason=reason)


def _payment_of(purchase: Purchase) -> Payment:
    payment = stripe_gateway.checkout(session_id=purchase.session_id or "")
    if purchase.status != Status.MISMATCH or not (payment.is_paid and payment.intent):
        raise ActRefused("This purchase is not one that was paid and is being checked.")
    if payment.livemode != purchase.livemode:
        raise ActRefused("Test money never becomes real tokens. Refund it.")
    return payment


def _settle(purchase_id: UUID, payment: Payment, actor: str, reason: str) -> Purchase:
    purchase = fulfilment.grant_checked(purchase_id=purchase_id, payment=payment)
    audit.record(
        actor=actor,
        what="mismatch_settled",
        workspace_id=purchase.wallet.workspace_id,
        target=f"purchase {purchase.id}",
        reason=reason,
        before={"status": Status.MISMATCH},
        after={"status": Status.PAID, "tokens": purchase.tokens},
    )
    return purchase


def _propose(
    act: Act,
    proposal_id: UUID,
    workspace_id: UUID,
    tokens: int,
    operator: User,
    reason: str,
    purchase: Purchase | None = None,
) -> Proposal:
    with transaction.atomic():
        if purchase and (earlier := Proposal.objects.filter(purchase=purchase, done_at=None).first()):
            return earlier
        proposal, is_new = Proposal.objects.get_or_create(
            id=proposal_id,
            defaults={
                "act": act,
                "workspace_id": workspace_id,
                "purchase": purchase,
                "tokens": tokens,
                "reason": reason,
                "proposed_by": operator,
            },
        )
        if is_new:
            audit.record(
                actor=audit.operator(operator),
                what=f"{act.value}_proposed",
                workspace_id=workspace_id,
                target=f"proposal {proposal.id}",
                reason=reason,
                after={"tokens": tokens},
            )
    return proposal
