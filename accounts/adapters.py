"""What allauth asks of us: mail that may fail, and the picture of the code an authenticator app scans."""

import smtplib
from typing import Any

import qrcode  # type: ignore[import-untyped]  # it has no type information
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.html import format_html

QUIET_ZONE = 4
log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type information
    """Sends allauth's mail without letting the mail server's refusal reach the page or its words reach the log."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one mail; a failure is logged by its kind only, for its text may hold the address.

        The page goes on as if it had been sent: it must not tell which addresses exist, and a code can be asked for
        again.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail_not_sent", mail=template_prefix, error=type(error).__name__)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no type information
    """Draws the QR code as markup: a picture in a data: address would be refused by the pages' content policy."""

    def build_totp_svg(self, url: str) -> str:
        """Return an inline SVG of the address, one unit a module, with the quiet zone of ISO 18004."""
        code = qrcode.QRCode(border=QUIET_ZONE)
        code.add_data(url)
        rows: list[list[bool]] = code.get_matrix()
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        return format_html(
            '<svg class="qr" width="220" height="220" viewBox="0 0 {0} {0}" role="img" aria-labelledby="qr-title">'
            '<title id="qr-title">QR code</title><rect width="{0}" height="{0}" fill="#fff"/><path d="{1}"/></svg>',
            len(rows),
            path,
        )
