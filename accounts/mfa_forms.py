"""allauth's forms of second factors and passkeys, in our words."""

from typing import Any

from allauth.mfa.base import forms as base_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.signin_forms import Worded

# allauth has no type information.
NAME_MAX = 60


class AuthenticateForm(Worded, base_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _either(self.fields["code"])


class ReauthenticateForm(Worded, base_forms.ReauthenticateForm):  # type: ignore[misc]
    """A code once more, before something protected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _either(self.fields["code"])


class ActivateTOTPForm(Worded, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first six digits of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Six digits from the app")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: one that signs in by itself, which allauth calls passwordless; it is the only kind we offer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["name"])
        shown = {"checked": True, "hidden": True}
        self.fields["passwordless"] = forms.BooleanField(label="", widget=forms.CheckboxInput(attrs=shown))


class RenamePasskeyForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self.fields["name"])


def _name(field: forms.Field) -> None:
    field.label = _("Name")
    field.help_text = _("How you will know it again, for example: my laptop.")
    field.widget.attrs |= {"maxlength": NAME_MAX, "autocomplete": "off"}


def _either(field: forms.Field) -> None:
    field.label = _("Code from your app, or a recovery code")
