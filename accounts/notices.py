"""Mail to people about what happened in their workspace; sign-up and sign-in mail is allauth's."""

import smtplib
from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts import workspaces
from accounts.models import ApiKey, Role, User, Workspace
from accounts.once import is_news

log = structlog.get_logger(__name__)
#: Mail an owner may do without, by its name: the preference that says so. All other mail is always sent.
OPTIONAL = {"low_balance": "mails_low_balance"}


def key_created(*, key: ApiKey) -> None:
    """Tell the workspace's owners that a key was made, so that one they did not expect is noticed.

    A mail server that fails is logged and is not the caller's error: the key is made and must still be shown.
    """
    context = {"key": key, "keys_url": settings.PUBLIC_URL + reverse("accounts:keys")}
    to_owners(workspace=key.workspace, name="key_created", context=context)


def new_device(*, user: User, device: tuple[str, str], ip: str) -> None:
    """Tell a person that a browser they never used has signed in. device: browser and system, "" if unknown."""
    context = {
        "browser": device[0],
        "system": device[1],
        "ip": ip,
        "at": timezone.now(),
        "security_url": settings.PUBLIC_URL + reverse("accounts:security"),
    }
    _send(user.email, "new_device", context)


def deletion_scheduled(*, user: User, due: datetime) -> None:
    """Tell a person when their account is deleted, and that signing in before keeps it."""
    _send(user.email, "deletion_scheduled", {"due": due, "login_url": settings.PUBLIC_URL + reverse("account_login")})


def deletion_done(*, address: str) -> None:
    """Tell whoever had this address that their account is gone; the last mail they get."""
    _send(address, "deletion_done", {"address": address})


def export_ready(*, user: User, until: datetime) -> None:
    """Tell a person that the file with their data waits for them. until: when it is deleted."""
    _send(user.email, "export_ready", {"until": until, "export_url": settings.PUBLIC_URL + reverse("accounts:export")})


def export_given_up(*, user: User) -> None:
    """Tell a person that their data could not be packed, and where they can ask for it once more."""
    _send(user.email, "export_given_up", {"export_url": settings.PUBLIC_URL + reverse("accounts:export")})


def key_revoked(*, key: ApiKey) -> None:
    """Tell the workspace's owners that a key no longer works."""
    context = {"key": key, "keys_url": settings.PUBLIC_URL + reverse("accounts:keys")}
    to_owners(workspace=key.workspace, name="key_revoked", context=context, once=f"key_revoked:{key.id}")


def to_owners(*, workspace: Workspace, name: str, context: dict[str, object], once: str = "") -> None:
    """Send `email/<name>` to the workspace's owners who want it; a mail server that fails is logged, never raised.

    once: the unique key of what is told, where it may be told twice: it is written down before the mail goes out, and
    what was written down is never sent again. A mail that was not sent is not tried again either: this is news, and
    the page it leads to says the same.
    """
    if once and not is_news(key=once):
        return
    owners = workspaces.members(workspace=workspace).filter(role=Role.OWNER, user__is_active=True)
    if name in OPTIONAL:
        owners = owners.exclude(**{f"user__preferences__{OPTIONAL[name]}": False})
    for owner in owners:
        _send(owner.user.email, name, context)


def _send(address: str, name: str, context: dict[str, object]) -> None:
    subject = " ".join(render_to_string(f"email/{name}.subject", context).split())
    message = EmailMultiAlternatives(subject, render_to_string(f"email/{name}.text", context).strip(), to=[address])
    message.attach_alternative(render_to_string(f"email/{name}.html", context), "text/html")
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        # Its text may hold the address, which no log may.
        log.warning("mail_not_sent", mail=name, error=type(error).__name__)
