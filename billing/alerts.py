"""What staff must hear of at once: a line of the log at level error, and a mail where `STAFF_EMAILS` names readers."""

import structlog
from django.conf import settings
from django.core.mail import send_mail

log = structlog.get_logger(__name__)


def raised(*, what: str, about: str, detail: str) -> None:
    """Tell staff. what: a short name (`payment_mismatch`); about: the row's id; neither holds a person's data.

    Call it after the commit of what it tells. A mail that cannot be sent is no reason to fail.
    """
    log.error("alert", what=what, about=about, detail=detail)
    if not settings.STAFF_EMAILS:
        return
    try:
        send_mail(f"Room AI: {what}", f"{what}\n{about}\n{detail}\n", None, settings.STAFF_EMAILS)
    except OSError as error:
        log.error("alert_not_mailed", error=type(error).__name__)
