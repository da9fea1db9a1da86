"""allauth's own forms in our words, each field with what a browser needs to fill it in."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 10 characters. A few words that do not belong together do well.")
LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code"),
}
AUTOCOMPLETE = {"email": "email", "login": "email", "code": "one-time-code"}


class Worded(forms.Form):
    """Puts our words beside the fields; the words inside the boxes, which say the same, go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)


def dress(fields: dict[str, forms.Field]) -> None:
    """Give fields of allauth, known by their names, our labels and hints and what a browser needs."""
    for name, field in fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in LABELS:
            field.label = LABELS[name]
        if name in AUTOCOMPLETE:
            field.widget.attrs["autocomplete"] = AUTOCOMPLETE[name]
        if name == "password1":
            field.help_text = PASSWORD_HINT
        if isinstance(field.widget, forms.PasswordInput):
            field.widget.attrs["class"] = "input"
        if name == "code":
            field.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false", "class": "input input--code"}


# allauth has no type information.
class LoginForm(Worded, allauth_forms.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""


class ReauthenticateForm(Worded, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class AddEmailForm(Worded, allauth_forms.AddEmailForm):  # type: ignore[misc]
    """The address that is to take the place of the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ChangePasswordForm(Worded, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The present password and a new one."""


class SetPasswordForm(Worded, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, of whoever has none."""


class ResetPasswordForm(Worded, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """The address to which the code for a new password goes."""


class ResetPasswordKeyForm(Worded, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, after its code."""


class ConfirmEmailVerificationCodeForm(Worded, allauth_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code that proves an address."""


class ConfirmPasswordResetCodeForm(Worded, allauth_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """The code that allows a new password."""
