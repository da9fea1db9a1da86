"""The pages of the documentation in their order: what the contents list, and what comes before and after."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from generations import catalog

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Page:
    """One page. slug: "" for the first; about: what it is for, in a sentence."""

    slug: str
    title: Text
    about: Text = ""

    @property
    def url(self) -> str:
        """Return the page's address."""
        return reverse("docs:guide", args=[self.slug]) if self.slug else reverse("docs:start")


START = (
    Page("", _("Quick start"), _("The first picture by API, from nothing, in a minute: a test key and one call.")),
    Page("authentication", _("Authentication"), _("How a program says who it is: keys, their scopes and their care.")),
)
CALLS = (
    Page("pictures", _("Pictures in and out"), _("How a photo is given, and what can be said about the result.")),
    Page("waiting", _("Waiting and polling"), _("How long a call waits for its picture, and how to ask later.")),
    Page("idempotency", _("Idempotency"), _("How to repeat a call without paying for it twice.")),
    Page("webhooks", _("Webhooks"), _("How your server is told that a picture is ready.")),
)
REFERENCE = (
    Page("errors", _("Errors"), _("Every error the API can answer: its cause and its cure.")),
    Page("limits", _("Limits"), _("How large, how many, how fast.")),
    Page("tokens", _("Tokens"), _("What is charged, when, and what never is.")),
    Page("proof", _("Proof"), _("How anybody can check that the subject kept its pixels.")),
)
GUIDES = {page.slug: page for page in (*START, *CALLS, *REFERENCE)}


def groups() -> list[tuple[Text, list[Page]]]:
    """Return the contents: headings with their pages, in order."""
    models = [Page(f"models/{model.id}", model.name, model.summary) for model in catalog.available()]
    return [
        (_("Start"), list(START)),
        (_("Models"), models),
        (_("Calling"), list(CALLS)),
        (_("Reference"), list(REFERENCE)),
    ]


def around(slug: str) -> dict[str, Any]:
    """Return what the documentation's shell shows round this page. Raises Http404 for one that is not there."""
    listed = groups()
    pages = [page for _heading, inside in listed for page in inside]
    at = next((place for place, page in enumerate(pages) if page.slug == slug), None)
    if at is None:
        raise Http404
    return {
        "contents": listed,
        "current": pages[at],
        "before": pages[at - 1] if at else None,
        "after": pages[at + 1] if at + 1 < len(pages) else None,
    }
