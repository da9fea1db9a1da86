"""/_components: every component of the pages in every state, by its own template; wired only below `make run`.

What has no form of its own outside a page is shown as that page, in a state: `/_components/run-done`. Nothing is read
from the database and nothing is kept.
"""

from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from roomai_web.embedded import specimens


class Sheet(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Seen by you only."))
    email = forms.EmailField(label=_("E-mail address"), required=False)
    kind = forms.ChoiceField(label=_("Format"), choices=[("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WebP")])
    words = forms.CharField(label=_("Describe the place"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    file = forms.FileField(label=_("Photo"), required=False)
    agreed = forms.BooleanField(label=_("Send me a mail when it is done"), required=False)


class Choices(forms.Form):
    """Radios and check boxes."""

    one = forms.ChoiceField(
        label=_("Kind"), choices=[("live", _("Live")), ("test", _("Test"))], widget=forms.RadioSelect
    )
    some = forms.MultipleChoiceField(
        label=_("Scopes"), choices=[("generate", "generate"), ("read", "read")], widget=forms.CheckboxSelectMultiple
    )


@require_safe
@never_cache
def sheet(request: HttpRequest) -> HttpResponse:
    """Show all components on one page."""
    return render(request, "specimens/sheet.html", _context(request))


@require_safe
@never_cache
def state(request: HttpRequest, name: str) -> HttpResponse:
    """Show a page of ours in one state."""
    if name not in specimens.PAGES:
        raise Http404
    template, context = specimens.PAGES[name]
    return render(request, template, context())


@require_safe
@never_cache
def dialog(request: HttpRequest) -> HttpResponse:
    """Show the page that the specimen of a dialog is."""
    return render(request, "specimens/dialog.html")


def _context(request: HttpRequest) -> dict[str, Any]:
    disabled = Sheet(initial={"name": "Shop"}, auto_id="off_%s")
    for field in disabled.fields.values():
        field.disabled = True
    return {
        "empty_form": Sheet(auto_id="empty_%s"),
        "refused_form": Sheet({"email": "ada@", "kind": "bmp"}, auto_id="refused_%s"),
        "disabled_form": disabled,
        "choices": Choices(initial={"one": "live", "some": ["read"]}, auto_id="choices_%s"),
        "refused_choices": Choices({}, auto_id="refused_choices_%s"),
        "problems": [("refused_name", _("Write a name.")), ("refused_email", _("Write a whole address."))],
        "notices": [
            Message(level, str(text))
            for level, text in (
                (constants.INFO, _("This run finished before it could be canceled.")),
                (constants.SUCCESS, _("The key no longer works.")),
                (constants.WARNING, _("Your payment is being checked.")),
                (constants.ERROR, _("The file could not be read. Nothing was charged.")),
            )
        ],
        "undo": [Message(constants.SUCCESS, str(_("Moved to the trash.")), extra_tags=f"undo {request.path}")],
        "page": Paginator(range(30), 10).page(2),
        "first_page": Paginator(range(30), 10).page(1),
        "pages": [*specimens.PAGES],
    } | specimens.parts()


urlpatterns = [
    path("_components", sheet, name="components"),
    path("_components/dialog", dialog, name="components_dialog"),
    path("_components/<slug:name>", state, name="components_state"),
]
