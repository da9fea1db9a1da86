"""Forms of the settings' pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Preferences, Theme, User, Workspace
from accounts.preferences import Format


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none while it runs
    """What a person is called."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("Name")}
        help_texts = {"name": _("What our mail and your workspace call you.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none while it runs
    """How pages look and what the studio starts with."""

    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, widget=forms.RadioSelect)
    picture_format = forms.ChoiceField(
        label=_("Format of new pictures"),
        choices=[("", _("As the model says")), *Format.choices],
        required=False,
        help_text=_("What the studio starts with. Each run can have another; calls of the API say theirs."),
    )

    class Meta:
        model = Preferences
        fields = ("theme", "picture_format")


class NotificationsForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none while it runs
    """Mail that may be switched off."""

    class Meta:
        model = Preferences
        fields = ("mails_low_balance",)
        labels = {"mails_low_balance": _("Tokens run out")}


class PrivacyForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none while it runs
    """For how long new pictures are kept; empty for what this installation keeps."""

    retention_days = forms.IntegerField(
        label=_("Days to keep new pictures"),
        min_value=1,
        max_value=365,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Enter a number from 1 to 365.")
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "input--short"}),
        help_text=_("From 1 to 365. Photo, result and prompt are deleted together when the time is over."),
    )

    class Meta:
        model = Workspace
        fields = ("retention_days",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.initial["retention_days"] = self.instance.retention_days or settings.RETENTION_DAYS


class DeletionForm(forms.Form):
    """The address, typed by whoever means it."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Type it to say that you mean it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.user = user

    def clean_email(self) -> str:
        """Return the address when it is the person's own."""
        email: str = self.cleaned_data["email"].strip().lower()
        if email != self.user.email:
            raise forms.ValidationError(gettext("This is not the address you sign in with."))
        return email
