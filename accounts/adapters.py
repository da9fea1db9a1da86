"""What allauth asks of us: mail that may fail, the way on after signing in, and the picture an authenticator scans."""

import smtplib
from typing import Any

import qrcode  # type: ignore[import-untyped]  # it has no type information
import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, closing, devices, passkeys, preferences, themes
from accounts.models import User

QUIET_ZONE = 4
log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type information
    """Sends allauth's mail without letting the mail server's refusal reach the page or its words reach the log."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The address or the password is not correct."),
        "incorrect_code": _("This is not the code we sent."),
        "incorrect_password": _("The password is not correct."),
        "too_many_login_attempts": _("Too many wrong passwords. Try again in a few minutes."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one mail; a failure is logged by its kind only, for its text may hold the address.

        The page goes on as if it had been sent: it must not tell which addresses exist, and a code can be asked for
        again.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail_not_sent", mail=template_prefix, error=type(error).__name__)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Write the change down in the audit, then tell the person: allauth calls this after each change of access."""
        what = template_prefix.rpartition("/")[2]
        ip = self.get_client_ip(self.request)
        audit.record(actor=audit.user(user), what=what, target=f"user {user.pk}", ip=ip)
        browser, system = devices.named(self.request.headers.get("User-Agent", ""))
        security_url = settings.PUBLIC_URL + reverse("accounts:security")
        told = {**(context or {}), "browser": browser, "system": system, "security_url": security_url}
        super().send_notification_mail(template_prefix, user, told, email)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Finish signing in: note the browser, and bring the theme the person chose."""
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        if kwargs.get("signup"):
            # They chose the password in this session and have just typed the code: the passkey offered next asks for
            # neither again.
            reauthenticate_by_password(request)
        devices.note(request=request, user=user, ip=self.get_client_ip(request))
        if closing.undo(user=user, ip=self.get_client_ip(request)):
            messages.success(request, gettext("Your account stays: it is not deleted."))
        themes.bring(answer, theme=preferences.of(user).theme)
        return answer

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Return where a new person goes: to the offer of a passkey, once, or to the studio where a photo waits."""
        ahead: str = super().get_signup_redirect_url(request)
        if request.session.get("kept_photo") or not passkeys.can_be_here(request):
            return ahead
        return reverse("accounts:passkey_offer")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no type information
    """Draws the QR code as markup: a picture in a data: address would be refused by the pages' content policy."""

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """Return what a new passkey is called until its owner says otherwise: where it was made."""
        browser, system = devices.named(self.request.headers.get("User-Agent", ""))
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else "Passkey"

    def _get_site_name(self) -> str:
        return "Room AI"

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
