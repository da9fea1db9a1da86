"""The frame before anything is paid: drawn over the photo by the integers the worker will use, or why it cannot be."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import workspaces
from accounts.models import Workspace
from accounts.views import PersonRequest
from generations import canvas_fields, catalog, mattes
from generations.catalog import CatalogModel
from generations.errors import InvalidParameters
from generations.forms import StudioForm
from generations.images.errors import CanvasNotPossible
from generations.images.framing import Box, Canvas, Frame, frame_of_box
from generations.models import Upload
from generations.views import photos
from generations.views.words import told_of_frame


@dataclass(frozen=True, slots=True)
class Drawn:
    """A frame over its photo. lost, added: SVG paths of what it leaves out and of what it adds; view: all of both."""

    frame: Frame
    width_px: int
    height_px: int
    lost: str
    added: str
    view: str


@require_safe
@login_required
@never_cache
def frame(request: PersonRequest, upload_id: str) -> HttpResponse:
    """Answer the drawing of a frame or the reason against it.

    202 and nothing while the subject is sought, 204 where none was found: the outline says so.
    """
    workspace = workspaces.personal(user=request.user)
    if (upload := photos.upload_of(workspace=workspace, upload_id=upload_id)) is None:
        raise Http404
    mask = photos.upload_of(workspace=workspace, upload_id=request.GET.get("mask", ""))
    model = next(one for one in catalog.available() if one.takes("canvas"))
    asked = {name: request.GET[name] for name in ("aspect", "padding", "anchor") if request.GET.get(name)}
    try:
        canvas = canvas_of(model, asked)
    except InvalidParameters as refusal:
        said = canvas_fields.refused(model)
        field = next(iter(refusal.extra["fields"]))
        why = said["canvas_padding" if field == "canvas.padding" else "canvas_ratio"]
        return render(request, "generations/_frame.html", {"why": why}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        drawn = drawing(upload=upload, mask=mask, canvas=canvas)
    except CanvasNotPossible as refusal:
        return render(request, "generations/_frame.html", {"why": told_of_frame(refusal.extra["rule"])})
    if drawn is None:
        is_sought = mattes.of_photo(photo=upload) is None or mask is not None
        return HttpResponse(status=HTTPStatus.ACCEPTED if is_sought else HTTPStatus.NO_CONTENT)
    return render(request, "generations/_frame.html", {"drawn": drawn})


def canvas_of(model: CatalogModel, asked: dict[str, str]) -> Canvas:
    """Return the canvas of these values, as the catalogue checks them; raises InvalidParameters."""
    return Canvas.of(model.validated_part("canvas", asked).model_dump())


def drawing(*, upload: Upload, mask: Upload | None, canvas: Canvas) -> Drawn | None:
    """Return the frame over this photo; None while nobody has found its subject.

    Raises CanvasNotPossible exactly where the run would.
    """
    matte = mattes.of_mask(photo=upload, mask=mask) if mask else mattes.of_photo(photo=upload)
    # A mask is as large as it was drawn where the photo's own size was not known; either may lie on its side.
    if matte is None or not matte.box or {matte.width_px, matte.height_px} != {upload.width_px, upload.height_px}:
        return None
    width, height = matte.width_px, matte.height_px
    return drawn_over(frame_of_box(box=Box(*matte.box), width_px=width, height_px=height, canvas=canvas), width, height)


def shown(*, workspace: Workspace, form: StudioForm) -> dict[str, Any]:
    """Return what a page without scripts shows of the form's frame: `drawn`, or `why` it cannot be; both may lack."""
    values = {name: str(form[name].value() or "") for name in (*canvas_fields.NAMES, "upload")}
    upload = photos.upload_of(workspace=workspace, upload_id=values["upload"])
    asked = canvas_fields.values(values)
    if upload is None or asked is None:
        return {}
    given = form.data if form.is_bound else form.initial
    mask = photos.upload_of(workspace=workspace, upload_id=str(given.get("mask_upload") or ""))
    try:
        canvas = canvas_of(form.model, asked)
        return {"drawn": drawing(upload=upload, mask=mask, canvas=canvas)}
    except InvalidParameters:
        return {}
    except CanvasNotPossible as refusal:
        return {"why": told_of_frame(refusal.extra["rule"])}


def drawn_over(frame: Frame, width: int, height: int) -> Drawn:
    """Return the drawing of a frame over a photo of this size."""
    left, top = max(0, frame.left), max(0, frame.top)
    right, bottom = min(width, frame.left + frame.width_px), min(height, frame.top + frame.height_px)
    shared = _rectangle(left, top, right - left, bottom - top)
    far, low = max(width, frame.left + frame.width_px), max(height, frame.top + frame.height_px)
    near, high = min(0, frame.left), min(0, frame.top)
    return Drawn(
        frame=frame,
        width_px=width,
        height_px=height,
        lost=_rectangle(0, 0, width, height) + shared,
        added=_rectangle(frame.left, frame.top, frame.width_px, frame.height_px) + shared,
        view=f"{near} {high} {far - near} {low - high}",
    )


def _rectangle(x: int, y: int, width: int, height: int) -> str:
    return f"M{x} {y}h{width}v{height}h{-width}z"
