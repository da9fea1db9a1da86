"""The page on which a picture that is not usable is handed back."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import workspaces
from accounts.views import PersonRequest
from generations import refusing, storage
from generations.errors import RefuseNotAllowed
from generations.models import Generation, Upload

OTHER = "other"
TEXT_MAX = 400


class RefuseForm(forms.Form):
    """What is wrong with the picture: one of four reasons, and words that only the fourth cannot do without."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=[
            ("subject", _("The subject is cut or changed")),
            ("background", _("The background is not what I described")),
            ("light", _("Light or shadow do not fit")),
            (OTHER, _("Something else")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with the picture.")},
    )
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_MAX}),
        help_text=_("It helps us to make it better. We keep this text, not the picture."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where none of the reasons fits."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason") == OTHER and len(given.get("text", "")) < refusing.REASON_MIN:
            self.add_error("text", gettext("Say in a few words what is wrong."))
        return given

    @property
    def said(self) -> str:
        """Return the reason as it is kept, on one line; of a valid form."""
        words = " ".join(self.cleaned_data["text"].split())
        return f"{self.cleaned_data['reason']}: {words}" if words else str(self.cleaned_data["reason"])

    def problems(self) -> list[tuple[str, str]]:
        """Return each field's first problem with the id of the field."""
        return [
            (self[name].id_for_label if name in self.fields else "", str(said[0])) for name, said in self.errors.items()
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def refuse(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Ask why, take the picture back, and say what came of it; outside the rules, say which one is in the way."""
    generation = _mine(request, generation_id)
    if generation.refused_at:
        return _done(request, generation, again={})
    form = RefuseForm(request.POST or None)
    rule, allowance = _rule(generation)
    if rule or request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return _ask(request, generation, form, rule=rule, allowance=allowance, status=status)
    again = _again(generation)
    try:
        generation = refusing.refuse(generation=generation, reason=form.said)
    except RefuseNotAllowed as refusal:  # another one was handed back, or the day ended, since the page was asked for
        rule = refusal.extra["rule"]
        return _ask(request, generation, form, rule=rule, allowance=allowance, status=refusal.http_status)
    return _done(request, generation, again=again)


def _mine(request: PersonRequest, generation_id: UUID) -> Generation:
    """Return the person's generation, one handed back before too; a stranger's and a missing one are not found."""
    rows = Generation.objects.for_workspace(workspaces.personal(user=request.user)).filter(livemode=True)
    there = Q(deleted_at__isnull=True, trashed_at__isnull=True) | Q(refused_at__isnull=False)
    return get_object_or_404(rows.filter(there), pk=generation_id)


def _rule(generation: Generation) -> tuple[str, refusing.Allowance]:
    """Return the rule in the way as things stand, "" when none is, and what may still be handed back."""
    allowance = refusing.allowance(wallet_id=generation.wallet_id)
    rule = refusing.rule_against(generation)
    if not rule and generation.tokens_used and not allowance.left:
        rule = "limit"
    return rule, allowance


def _ask(
    request: HttpRequest,
    generation: Generation,
    form: RefuseForm,
    *,
    rule: str,
    allowance: refusing.Allowance,
    status: int,
) -> HttpResponse:
    key = generation.result_key
    context = {
        "generation": generation,
        "form": form,
        "problems": form.problems() if form.is_bound else [],
        "allowance": allowance,
        "refusal": refusing.not_allowed(rule).message if rule else "",
        "result_url": storage.preview_url(generation, key=key) if key else "",
    }
    return render(request, "generations/refuse.html", context, status=status)


def _done(request: HttpRequest, generation: Generation, *, again: dict[str, str]) -> HttpResponse:
    return render(request, "generations/refused.html", {"generation": generation, "again": again})


def _again(generation: Generation) -> dict[str, str]:
    """Return the studio's fields of this run, whose picture is gone; the photo while its upload is kept.

    The page hands them to the studio's form, which then asks before it starts anything.
    """
    given = generation.params
    photo = generation.inputs.get("image", {}).get("sha256", "")
    uploads = Upload.objects.for_workspace(generation.workspace).exclude(object_key="")
    kept = uploads.filter(sha256=bytes.fromhex(photo)).values_list("id", flat=True).first()
    fields = {"upload": kept or "", "format": given.get("format"), "shadow": given.get("shadow")}
    if color := (given.get("background") or {}).get("color"):
        fields |= {"background_kind": "color", "background_color": color}
    return {name: str(value) for name, value in fields.items() if value} | {"prompt": given.get("prompt") or ""}
