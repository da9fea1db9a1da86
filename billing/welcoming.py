"""The free tokens of a new person: once for an address however it is spelt, few for one network, none for throw-aways.

Who is refused is told so on the page of tokens; the account works all the same. Neither address nor network is kept,
only their digests under SECRET_KEY.
"""

import ipaddress
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import addresses, audit, workspaces
from accounts.models import User
from billing import ledger
from billing.models import LedgerEntry
from billing.once import Refusal, Welcome

DAY = timedelta(days=1)
PER_NETWORK = 3
NETWORK = {4: 24, 6: 56}


def welcome(*, user: User, address: str, ip: str) -> LedgerEntry | None:
    """Give the free tokens of a verified address, once for the person's workspace; None when they get none.

    address: the one just verified. ip: where that came from, "" when unknown. Asking again answers the same.
    """
    if not settings.SIGNUP_TOKENS:
        return None
    workspace = workspaces.personal(user=user)
    wallet_id = ledger.wallet_id_for(workspace_id=workspace.id)
    with transaction.atomic():
        if _welcomed(workspace.id, address, ip).refused:
            return None
        return ledger.grant(
            wallet_id=wallet_id,
            tokens=settings.SIGNUP_TOKENS,
            key=f"grant:signup:{workspace.id}",
            actor=ledger.SYSTEM,
            reason="e-mail address verified",
        )


def refusal(*, workspace_id: UUID) -> str:
    """Return, as a sentence, why this workspace got no free tokens; "" when it got them or none are given here."""
    refused = Welcome.objects.filter(workspace_id=workspace_id).values_list("refused", flat=True).first()
    return str(Refusal(refused).label) if refused else ""


def network_of(ip: str) -> str:
    """Return the /24 of an IPv4 address or the /56 of an IPv6 one; "" for this machine and for what is no address."""
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return ""
    return str(ipaddress.ip_network((found, NETWORK[found.version]), strict=False))


def _welcomed(workspace_id: UUID, address: str, ip: str) -> Welcome:
    """Return what was decided for this workspace, deciding now if nothing was."""
    spelling, network = addresses.normalized(address), network_of(ip)
    digest = addresses.digest(spelling, of="address")
    near = addresses.digest(network, of="network") if network else ""
    _take_turns(digest, near)
    if earlier := Welcome.objects.filter(workspace_id=workspace_id).first():
        return earlier
    refused = _refusal(spelling, digest, near)
    if refused:
        target = f"workspace {workspace_id}"
        after = {"refused": refused}
        audit.record(actor=audit.SYSTEM, what="welcome_refused", workspace_id=workspace_id, target=target, after=after)
    return Welcome.objects.create(workspace_id=workspace_id, digest=digest, network=near, refused=refused)


def _refusal(spelling: str, digest: str, near: str) -> str:
    given = Welcome.objects.filter(refused="")
    if addresses.is_disposable(spelling):
        return Refusal.DISPOSABLE
    if given.filter(digest=digest).exists():
        return Refusal.ADDRESS
    today = given.filter(network=near, created_at__gt=timezone.now() - DAY)
    return Refusal.NETWORK if near and today.count() >= PER_NETWORK else ""


def _take_turns(*names: str) -> None:
    """Let no other transaction decide about the same address or network until this one ends."""
    with connection.cursor() as cursor:
        for name in sorted(filter(None, names)):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
