"""What the gallery is narrowed down to: a form that is read from the address, the rows, and the chips that say so."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from generations import catalog
from generations.models import OPEN, GenerationQuerySet, State
from generations.views.studio import MODEL_LABELS

STATUSES: dict[str, tuple[str | Promise, list[State]]] = {
    "ready": (_("Ready"), [State.SUCCEEDED]),
    "running": (_("Under way"), OPEN),
    "failed": (_("Without a picture"), [State.FAILED, State.EXPIRED, State.CANCELED]),
}
PHOTO = "photo"
ANY = [("", _("Any"))]
SEARCH = forms.TextInput(attrs={"type": "search", "placeholder": _("Search prompts")})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _models() -> list[tuple[str, Any]]:
    return [*ANY, *((model.id, MODEL_LABELS.get(model.id, model.name)) for model in catalog.available())]


class FilterForm(forms.Form):
    """The fields of the address. What cannot be read narrows nothing down."""

    q = forms.CharField(label=_("Words of the prompt"), required=False, max_length=200, widget=SEARCH)
    model = forms.ChoiceField(label=_("Model"), required=False, choices=_models)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[*ANY, *((name, one[0]) for name, one in STATUSES.items())]
    )
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("To"), required=False, widget=DAY)
    favorite = forms.BooleanField(label=_("Favorites only"), required=False)
    photo = forms.RegexField("^[0-9a-f]{64}$", required=False, widget=forms.HiddenInput)
    group = forms.ChoiceField(
        label=_("Group"),
        required=False,
        choices=[("", _("One by one")), (PHOTO, _("By photo"))],
        widget=forms.HiddenInput,
    )


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, in words, and the address without it."""

    words: str
    without: str


class Filters:
    """The filters of one request."""

    def __init__(self, query: QueryDict) -> None:
        form = FilterForm(query)
        form.is_valid()
        self.given = {name: value for name, value in form.cleaned_data.items() if value}
        self.form = FilterForm(initial=self.given, auto_id="filter-%s")

    @property
    def by_photo(self) -> bool:
        """Say whether the pictures are asked for by the photo they were made of."""
        return self.given.get("group") == PHOTO

    @property
    def are_set(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.given.keys() - {"group"})

    def of(self, rows: GenerationQuerySet) -> GenerationQuerySet:
        """Return those of the rows that match.

        A workspace's rows are found by its index and read one by one: words are compared without an index of their
        own, which at ten thousand rows takes tens of milliseconds.
        """
        given = self.given
        wanted: dict[str, Any] = {
            "params__prompt__icontains": given.get("q"),
            "model": given.get("model"),
            "state__in": STATUSES[given["status"]][1] if "status" in given else None,
            "favorite": given.get("favorite"),
            "inputs__image__sha256": given.get("photo"),
            "created_at__gte": _begins(given["since"]) if "since" in given else None,
            "created_at__lt": _begins(given["until"] + timedelta(days=1)) if "until" in given else None,
        }
        return rows.filter(**{name: value for name, value in wanted.items() if value})

    def query(self, **changes: str) -> str:
        """Return the address's query with these changes; an empty value leaves its name out."""
        kept = QueryDict(mutable=True)
        kept.update({name: _spelled(value) for name, value in self.given.items()} | changes)
        for name in [name for name, value in kept.items() if not value]:
            del kept[name]
        return f"?{kept.urlencode()}"

    def chips(self) -> list[Chip]:
        """Return what is set, in the order of the form."""
        return [
            Chip(words, self.query(**{name: ""}))
            for name in self.form.fields
            if name in self.given and (words := self._words(name, self.given[name]))
        ]

    def _words(self, name: str, value: Any) -> str:
        match name:
            case "q":
                return gettext("“%(words)s”") % {"words": value}
            case "since":
                return gettext("From %(day)s") % {"day": value.isoformat()}
            case "until":
                return gettext("To %(day)s") % {"day": value.isoformat()}
            case "photo":
                return gettext("One photo")
            case "favorite":
                return gettext("Favorites")
            case "group":
                return ""
        return str(dict(self.form.fields[name].choices)[value])  # type: ignore[attr-defined]  # those left are choices


def _spelled(value: Any) -> str:
    return "on" if value is True else value.isoformat() if isinstance(value, date) else str(value)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
