"""The studio: a photo, a place in words, one button. Works as a plain form; scripts only shorten the way."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import preferences, workspaces
from accounts.answers import SeeOther
from accounts.models import Workspace
from accounts.views import PersonRequest
from generations import canvas_fields, catalog, mattes
from generations.catalog import CatalogModel
from generations.errors import ModelUnavailable, UnknownModel
from generations.forms import COUNTS, StudioForm
from generations.models import Generation
from generations.views import again, drafts, frames, links, masks, outlines, photos, presets, prices, submitting
from generations.views.words import File, told, ways
from roomai_web.errors import RoomAIError

MODEL = "changebg"
# What the switch between models says; the catalogue's names are those of the docs.
MODEL_LABELS = {"changebg": _("New background"), "removebg": _("Cut out")}
# Buttons that show the form again, with their value in a field: what scripts do without asking. The switch between
# models carries none: its address says which.
SHOWN_AGAIN = {"suggestion": "prompt", "swatch": "background_color", "frame": "", "switch": "", "link": ""}
COLORS = [
    {"name": _("White"), "value": "#ffffff"},
    {"name": _("Linen"), "value": "#f4f1ea"},
    {"name": _("Sage"), "value": "#b9c4b0"},
    {"name": _("Clay"), "value": "#c8957a"},
    {"name": _("Ink"), "value": "#1d2229"},
]


@require_http_methods(["GET", "HEAD", "POST"])
@drafts.kept_over_sign_in
@never_cache
def studio(request: PersonRequest, model_id: str = MODEL) -> HttpResponse:
    """Show a model's form; on POST keep the photo first, then start the run and lead to its page."""
    try:
        model = catalog.get(model_id)
    except (UnknownModel, ModelUnavailable) as unknown:
        raise Http404 from unknown
    workspace = workspaces.personal(user=request.user)
    if request.method == "POST":
        return _post(request, workspace, model)
    chosen = preferences.studio_initial(request.user)
    if not (asked := request.GET):
        return _page(request, workspace, StudioForm(model, initial=chosen | drafts.kept(request, workspace=workspace)))
    sample = asked.get("sample", "")
    words = asked.get("prompt") or photos.SAMPLE_PROMPTS.get(sample, "")
    initial = chosen | {"sample": sample, "prompt": words[:2000]}
    earlier = photos.run_again(workspace=workspace, generation_id=asked.get("again", ""))
    if earlier is None:
        return _page(request, workspace, StudioForm(model, initial=initial))
    initial |= again.settings_of(earlier, model=model, seed=asked.get("seed", ""))
    gone = again.gone(earlier, fields=initial)
    return _page(request, workspace, StudioForm(model, initial=initial), gone=gone)


@require_POST
@login_required
@never_cache
def upload(request: PersonRequest) -> JsonResponse:
    """Keep a picture ahead of the form, for the studio's scripts: 201 with its id, or a sentence.

    A photo as a file, by its address, as the name of a sample or of an earlier run; a mask or a background picture as
    a file.
    """
    workspace, data = workspaces.personal(user=request.user), request.POST.copy()
    if refused := links.keep(workspace=workspace, data=data, files=request.FILES):
        return JsonResponse({"message": refused[links.FIELD]}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        kept = photos.sent_ahead(workspace=workspace, data=data, files=request.FILES)
    except RoomAIError as refusal:
        file = cast(File | None, next(iter(request.FILES.values()), None))  # one picture is sent ahead
        return JsonResponse({"message": told(refusal, file=file)}, status=refusal.http_status)
    if kept is None:
        return JsonResponse({"message": gettext("Choose a photo.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    answer = {"id": kept.id, "size": f"{kept.width_px} x {kept.height_px} px"}
    if not {"mask", "background_image"} & set(request.FILES):
        transaction.on_commit(partial(mattes.ask, photo=kept), robust=True)
        answer["outline"] = outlines.address(kept)
    return JsonResponse(answer, status=HTTPStatus.CREATED)


def _post(request: PersonRequest, workspace: Workspace, model: CatalogModel) -> HttpResponse:
    data = request.POST.copy()
    refused = links.keep(workspace=workspace, data=data, files=request.FILES)
    refused |= photos.keep(workspace=workspace, data=data, files=request.FILES)
    if "mask_op" in data:
        change = masks.changed_mask(workspace=workspace, data=data)
        return _page(request, workspace, StudioForm(model, initial=data.dict()), mask_change=change)
    for button, field in SHOWN_AGAIN.items():
        if button in data:
            replaced = str(data.get(field, "")) if field else None
            if field:
                data[field] = str(data[button])
            if refused:
                return _refused(request, workspace, StudioForm(model, data), refused)
            return _page(request, workspace, StudioForm(model, initial=data.dict()), replaced=replaced)
    if "top_up" in data and not refused:
        return _top_up(request, workspace, data, model)
    photos.drop_suggested_words(data)
    form = StudioForm(model, data)
    parameters = form.parameters()
    if links.FIELD in refused:
        form.errors.pop("image", None)  # the photo is not missing, its link is wrong
    for field, sentence in refused.items():
        form.errors.pop(field, None)
        form.add_error(field, sentence)
    uploads = submitting.pictures_of(workspace, form, parameters) if parameters and not refused else None
    if not (parameters and uploads) or not submitting.can_be_framed(form, parameters, uploads):
        return _page(request, workspace, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        generation = submitting.submit(
            workspace=workspace, person=request.user, form=form, parameters=parameters, kept=uploads
        )
    except RoomAIError as refusal:
        form.add_error(None, told(refusal))
        form.ways = ways(refusal.code, extra=refusal.extra)
        return _page(request, workspace, form, status=refusal.http_status)
    drafts.forget(request)
    return _to_the_run(request, generation)


def _to_the_run(request: PersonRequest, generation: Generation) -> HttpResponse:
    """Lead to the page of the run; a script that loads it itself is only told where it is (RFC 7240)."""
    there = SeeOther.to("generations:detail", generation_id=generation.id)
    if request.headers.get("Prefer") == "return=minimal":
        return HttpResponse(status=HTTPStatus.CREATED, headers={"Location": there.url})
    return there


def _refused(
    request: PersonRequest, workspace: Workspace, form: StudioForm, refused: Mapping[str, str]
) -> HttpResponse:
    """Show the form again with what was wrong with its pictures, and nothing said of fields nobody has sent yet."""
    form.errors.clear()
    for field, sentence in refused.items():
        form.add_error(field if field in form.fields else None, sentence)
    return _page(request, workspace, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _top_up(request: PersonRequest, workspace: Workspace, data: QueryDict, model: CatalogModel) -> HttpResponse:
    """Keep everything and lead to the packs; whoever has enough by now finds it all with its price on the button."""
    drafts.keep(request, data)
    count = next((n for n in COUNTS if str(n) == data.get("count")), 1)
    if not settings.SHOP or prices.available(workspace) >= count * model.tokens:
        return HttpResponseRedirect(address(model), status=HTTPStatus.SEE_OTHER)
    return SeeOther.to("billing:wallet", query={"next": address(model)}, fragment="add")


def _page(
    request: PersonRequest,
    workspace: Workspace,
    form: StudioForm,
    *,
    status: int = HTTPStatus.OK,
    mask_change: masks.MaskChange | None = None,
    gone: Mapping[str, Any] | None = None,
    replaced: str | None = None,
) -> HttpResponse:
    """Return the whole page. replaced: what stood in the field a button has just filled."""
    named = {name: str(form[name].value() or "") for name in ("upload", "sample", "again")}
    photo = photos.shown(workspace=workspace, **named)
    context = {
        "form": form,
        "model": form.model,
        "models": [(address(one), MODEL_LABELS.get(one.id, one.name), one) for one in catalog.available()],
        "action": address(form.model),
        "carried": form.carried(request.POST or form.initial),
        "gone": gone or {},
        "submission_id": uuid4(),
        "photo": photo,
        "outline": masks.outline_of(workspace=workspace, form=form),
        "mask_change": mask_change,
        "problems": form.problems() if form.is_bound else [],
        "samples": photos.samples(),
        "replaced": replaced,
        "days": preferences.retention_days(workspace),
        "drop_words": drop_words(),
    }
    if photo and photo.sha256:
        context["earlier"] = again.runs_of(workspace=workspace, photo_sha256=photo.sha256)
    context |= prices.shown(form=form, left=prices.available(workspace)) | _of_the_model(workspace, form)
    return render(request, "generations/studio.html", context, status=status)


def _of_the_model(workspace: Workspace, form: StudioForm) -> dict[str, Any]:
    """Return what only the fields of this form's model need."""
    context: dict[str, Any] = {}
    if form.model.takes("background"):
        own = photos.upload_of(workspace=workspace, upload_id=form["background_upload"].value() or "")
        context |= {"presets": presets.shown(str(form["prompt"].value() or "")), "colors": COLORS, "backdrop": own}
    if form.model.takes("canvas"):
        context |= frames.shown(workspace=workspace, form=form)
        context["most_padding"] = canvas_fields.most_padding(form.model)
    return context


def address(model: CatalogModel) -> str:
    """Return where a model's form is."""
    if model.id == MODEL:
        return reverse("generations:studio")
    return reverse("generations:studio_model", kwargs={"model_id": model.id})


def drop_words() -> dict[str, str]:
    """Return what the drop zone's script says, in the reader's language."""
    return {
        "url": reverse("generations:upload"),
        "outline": reverse("generations:outline", kwargs={"upload_id": "upl_"}),
        "uploading": gettext("Sending, {n} %"),
        "ready": gettext("The photo is ready."),
        "pasted": gettext("Pasted photo"),
        "kept": gettext("Your photo"),
        "large": gettext("This picture is larger than 20 MiB. Choose another."),
        "later": gettext("The photo could not be sent yet. It is kept here and sent again."),
        "lost": gettext("Connection lost. Your work is kept on this page."),
        "over": gettext("Sign in again; your photo and prompt are safe."),
        "failed": gettext("Something failed on our side. Request {id}. Nothing was charged."),
    }
