"""The studio: a photo, a place in words, one button. Works as a plain form; scripts only shorten the way."""

import secrets
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import workspaces
from accounts.models import Workspace
from accounts.views import PersonRequest
from billing import ledger
from generations import catalog, overload, services, storage
from generations.catalog import Parameters
from generations.catalog.base import SEED_MAX
from generations.errors import IdempotencyConflict
from generations.forms import COLOR, PICTURE, SCENE, StudioForm
from generations.models import Generation, Upload
from generations.views import drafts, photos
from generations.views.answers import SeeOther
from generations.views.words import told
from roomai_web.errors import RoomAIError

MODEL = "changebg"
SUGGESTIONS = [
    {"name": _("Showroom"), "prompt": _("a bright minimalist showroom with white walls and natural light")},
    {"name": _("Living room"), "prompt": _("a sunlit modern living room with a wooden floor and a plant")},
    {"name": _("Studio"), "prompt": _("a seamless light grey studio backdrop with soft light")},
    {"name": _("Evening"), "prompt": _("a cozy living room in the evening with warm light")},
    {"name": _("Concrete"), "prompt": _("an empty showroom with concrete walls and light from the left")},
    {"name": _("Pastel"), "prompt": _("a pastel pink studio backdrop with soft shadows")},
]
COLORS = [
    {"name": _("White"), "value": "#ffffff"},
    {"name": _("Linen"), "value": "#f4f1ea"},
    {"name": _("Sage"), "value": "#b9c4b0"},
    {"name": _("Clay"), "value": "#c8957a"},
    {"name": _("Ink"), "value": "#1d2229"},
]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def studio(request: PersonRequest) -> HttpResponse:
    """Show the form; on POST keep the photo first, then start the run and lead to its page."""
    workspace = workspaces.personal(user=request.user)
    if request.method == "POST":
        return _post(request, workspace)
    return _page(request, workspace, StudioForm(catalog.get(MODEL), initial=_initial(request, workspace)))


@require_POST
@login_required
@never_cache
def upload(request: PersonRequest) -> JsonResponse:
    """Keep a photo ahead of the form, for the script of the drop zone: 201 with its id, or a sentence."""
    workspace = workspaces.personal(user=request.user)
    if not (file := request.FILES.get("image")):
        return JsonResponse({"message": gettext("Choose a photo.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        kept = storage.store_upload(workspace_id=workspace.id, data=file.read())
    except RoomAIError as refusal:
        return JsonResponse({"message": told(refusal)}, status=refusal.http_status)
    size = f"{kept.width_px} x {kept.height_px} px"
    return JsonResponse({"id": kept.id, "size": size}, status=HTTPStatus.CREATED)


def _initial(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    """Return what the form starts with: a sample, the settings of an earlier run, or what was being made before."""
    if not (asked := request.GET):
        return drafts.kept(request, workspace=workspace)
    initial: dict[str, Any] = {"sample": asked.get("sample", ""), "prompt": asked.get("prompt", "")[:2000]}
    if earlier := photos.run_again(workspace=workspace, generation_id=asked.get("again", "")):
        given = earlier.params
        behind = given.get("background") or {}
        initial |= {"again": str(earlier.id)} | {name: given.get(name) or "" for name in ("prompt", "format", "shadow")}
        initial |= {"background_kind": COLOR if "color" in behind else PICTURE if behind else SCENE}
        initial |= {"background_color": behind.get("color", ""), "background_fit": behind.get("fit", "cover")}
        initial["seed"] = given.get("seed") if asked.get("seed") else ""
    return initial


def _post(request: PersonRequest, workspace: Workspace) -> HttpResponse:
    data = request.POST.copy()
    refused = photos.keep(workspace=workspace, data=data, files=request.FILES)
    for button, field in (("suggestion", "prompt"), ("swatch", "background_color")):
        if button in data:
            data[field] = str(data[button])
            return _page(request, workspace, StudioForm(catalog.get(MODEL), initial=data.dict()))
    if "top_up" in data and not refused:
        return _top_up(request, workspace, data)
    form = StudioForm(catalog.get(MODEL), data)
    parameters = form.parameters()
    for field, sentence in refused.items():
        form.errors.pop(field, None)
        form.add_error(field, sentence)
    uploads = _uploads(workspace, form, parameters) if parameters and not refused else None
    if not (parameters and uploads):
        return _page(request, workspace, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        generation = _submit(request, workspace, form, parameters, uploads)
    except RoomAIError as refusal:
        sentence = gettext("This form was already sent with other values. Send it again to start a new run.")
        form.add_error(None, sentence if isinstance(refusal, IdempotencyConflict) else told(refusal))
        return _page(request, workspace, form, status=refusal.http_status)
    drafts.forget(request)
    return SeeOther("generations:detail", generation_id=generation.id)


def _top_up(request: PersonRequest, workspace: Workspace, data: QueryDict) -> HttpResponse:
    """Keep everything and lead to the packs; whoever has enough by now finds it all with its price on the button."""
    drafts.keep(request, data)
    if not settings.SHOP or _available(workspace) >= catalog.get(MODEL).tokens:
        return SeeOther("generations:studio")
    return SeeOther("billing:wallet", query={"next": reverse("generations:studio")}, fragment="add")


def _available(workspace: Workspace) -> int:
    return ledger.snapshot(wallet_id=ledger.wallet_id_for(workspace_id=workspace.id)).available


def _uploads(workspace: Workspace, form: StudioForm, parameters: Parameters) -> dict[str, Upload] | None:
    """Return the run's pictures by what they are for; None when one has lapsed, said at its field."""
    uploads: dict[str, Upload] = {}
    for name, field in (("image", "image"), ("background", "background_image")):
        if not (named := parameters.pictures().get(name)):
            continue
        found = photos.upload_of(workspace=workspace, upload_id=getattr(named, "id", ""))
        if found is None:
            form.add_error(field, gettext("This picture is not kept any more. Choose it again."))
            return None
        uploads[name] = found
    return uploads


def _submit(
    request: PersonRequest,
    workspace: Workspace,
    form: StudioForm,
    parameters: Parameters,
    kept: dict[str, Upload],
) -> Generation:
    """Return the run of this form, made now or by an earlier sending of it; raises what `services.submit` does."""
    uploads = {one.id: bytes(one.sha256) for one in kept.values()}
    fingerprint = parameters.fingerprint(model_id=form.model.id, uploads=uploads)
    idem_key = f"studio:{form.cleaned_data['submission_id'] or uuid4()}"
    earlier = services.replay(workspace_id=workspace.id, livemode=True, idem_key=idem_key, fingerprint=fingerprint)
    if earlier:
        return earlier
    overload.refuse_if_overloaded()
    params = parameters.settings()
    if params.get("seed") is None:
        # Chosen here and kept, so that a second attempt of the same run paints the same picture.
        params["seed"] = secrets.randbelow(SEED_MAX + 1)
    return services.submit(
        workspace=workspace,
        created_by=request.user,
        api_key=None,
        model_id=form.model.id,
        tokens=form.model.tokens,
        params=params,
        inputs={name: storage.input_of(upload=upload) for name, upload in kept.items()},
        idem_key=idem_key,
        fingerprint=fingerprint,
        livemode=True,
        retention_days=settings.RETENTION_DAYS,
    ).generation


def _page(
    request: PersonRequest, workspace: Workspace, form: StudioForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    available, tokens = _available(workspace), form.model.tokens
    backdrop = photos.upload_of(workspace=workspace, upload_id=form["background_upload"].value() or "")
    context = {
        "form": form,
        "submission_id": uuid4(),
        "photo": photos.shown(
            workspace=workspace, **{name: str(form[name].value() or "") for name in ("upload", "sample", "again")}
        ),
        "backdrop": backdrop,
        "problems": form.problems() if form.is_bound else [],
        "samples": photos.samples(),
        "suggestions": SUGGESTIONS,
        "colors": COLORS,
        "tokens": tokens,
        "after": max(0, available - tokens),
        "missing": max(0, tokens - available),
        "drop_words": _drop_words(),
    }
    return render(request, "generations/studio.html", context, status=status)


def _drop_words() -> dict[str, str]:
    """Return what the drop zone's script says, in the reader's language."""
    return {
        "url": reverse("generations:upload"),
        "uploading": gettext("Sending, {n} %"),
        "ready": gettext("The photo is ready."),
        "pasted": gettext("Pasted photo"),
        "kept": gettext("Your photo"),
        "large": gettext("This photo is larger than 20 MiB. Choose another."),
        "later": gettext("The photo could not be sent yet. It is kept here; Generate sends it again."),
    }
