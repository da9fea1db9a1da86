"""Forms of the people's pages: sign-up, a new key, an operator's first password."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import workspaces
from accounts.models import Scope, User, default_scopes
from accounts.signin_forms import PASSWORD_HINT, dress
from roomai_web.ids import uuid7


def _terms_label() -> str:
    words = gettext('I accept the <a href="{}">terms</a> and have read the <a href="{}">privacy notice</a>.')
    return format_html(words, reverse("terms"), reverse("privacy"))


class SignupForm(AllauthSignupForm):  # type: ignore[misc]  # allauth has no type information
    """E-mail, password and the accepted terms; a known address gets the same answer as a new one."""

    account_already_exists: bool
    field_order = ("email", "password1", "terms")

    terms = forms.BooleanField(
        label=lazy(_terms_label, str)(),
        error_messages={"required": _("Accept the terms to go on.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)
        self.fields["password1"].label = _("Password")

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Return the new user, or the answer for an address that is taken, which looks the same from outside."""
        if not self.account_already_exists:
            try:
                return super().try_save(request)  # type: ignore[no-any-return]  # as above
            except IntegrityError:
                # Another request signed up with this address after this form was checked.
                self.account_already_exists = True
        # The same work as for a new person, so that time does not tell a known address.
        make_password(self.cleaned_data["password1"])
        return super().try_save(request)  # type: ignore[no-any-return]  # as above

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """Store the person, the terms they accepted and their workspace, all or nothing."""
        user: User = super().save(request)
        user.terms_version = settings.TERMS_VERSION
        user.terms_accepted_at = timezone.now()
        user.save(update_fields=["terms_version", "terms_accepted_at"])
        workspaces.personal(user=user)
        return user


class KeyForm(forms.Form):
    """What a new API key shall be called, reach and outlive."""

    key_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What will use it, for example: shop import, staging server.")
    )
    mode = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("live", _("Live: uses your tokens")),
            ("test", _("Test: watermarked pictures, uses no tokens")),
        ],
        initial="live",
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, initial=default_scopes, widget=forms.CheckboxSelectMultiple
    )
    expiry = forms.ChoiceField(
        label=_("Expires"),
        choices=[("30", _("In 30 days")), ("90", _("In 90 days")), ("365", _("In a year")), ("never", _("Never"))],
        initial="365",
    )

    @property
    def expires_at(self) -> datetime | None:
        """Return when the key shall stop working, or None for never; of a valid form."""
        chosen = self.cleaned_data["expiry"]
        return None if chosen == "never" else timezone.now() + timedelta(days=int(chosen))


class FirstPasswordForm(forms.Form):
    """The password an operator chooses at the enrolment link."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "input"}),
        help_text=PASSWORD_HINT,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Return the password when it keeps the rules every person's password keeps."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password
