"""Mail to people about what happened in their workspace; sign-up and sign-in mail is allauth's."""

import smtplib
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts import workspaces
from accounts.models import ApiKey, Role, Workspace

log = structlog.get_logger(__name__)
REMEMBERED = timedelta(days=40)


def key_created(*, key: ApiKey) -> None:
    """Tell the workspace's owners that a key was made, so that one they did not expect is noticed.

    A mail server that fails is logged and is not the caller's error: the key is made and must still be shown.
    """
    context = {"key": key, "keys_url": settings.PUBLIC_URL + reverse("accounts:keys")}
    to_owners(workspace=key.workspace, name="key_created", context=context)


def key_revoked(*, key: ApiKey) -> None:
    """Tell the workspace's owners that a key no longer works."""
    context = {"key": key, "keys_url": settings.PUBLIC_URL + reverse("accounts:keys")}
    to_owners(workspace=key.workspace, name="key_revoked", context=context, once=f"key_revoked:{key.id}")


def to_owners(*, workspace: Workspace, name: str, context: dict[str, object], once: str = "") -> None:
    """Send `email/<name>` to the workspace's owners; a mail server that fails is logged, never raised.

    once: what is told, by a key of its own; told again within REMEMBERED it is not sent again. A mail that was not
    sent is not tried again either: this is news, and the page it leads to says the same.
    """
    if once and not cache.add(f"mail:{once}", 1, REMEMBERED.total_seconds()):
        return
    for owner in workspaces.members(workspace=workspace).filter(role=Role.OWNER, user__is_active=True):
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
