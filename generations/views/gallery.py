"""One's pictures: the page of one run while it is made and afterwards, and the list of all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import workspaces
from accounts.answers import SeeOther
from accounts.views import PersonRequest
from generations import services, storage
from generations.errors import AlreadyFinished
from generations.models import Generation, State, Upload
from generations.views import again, evidence, outlines, progress, takes
from generations.views.words import told_of

PAGE = 12


def _mine(request: PersonRequest, generation_id: UUID) -> Generation:
    """Return the person's generation; a stranger's, a deleted and a missing one are all not found."""
    workspace = workspaces.personal(user=request.user)
    found = Generation.objects.for_workspace(workspace).in_gallery().filter(pk=generation_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
@never_cache
def detail(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Show one run: its stages while it is made, then before and after; beside it those of the same submission."""
    generation = _mine(request, generation_id)
    beside = takes.of(generation)
    context = _context(generation) | {"takes": beside, "earlier": again.others_of(generation)}
    context["takes_open"] = any(not one.generation.is_finished for one in beside)
    return render(request, "generations/detail.html", context)


@require_safe
@login_required
@never_cache
def stage(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Answer the poll: always 200, and without a trigger once the run is over, which ends the polling."""
    context = _context(_mine(request, generation_id)) | {"polled": True}
    return render(request, "generations/_polled.html", context)


@require_POST
@login_required
def cancel(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Cancel an open run and show what became of it."""
    try:
        services.cancel(generation=_mine(request, generation_id))
    except AlreadyFinished:
        messages.info(request, gettext("This run finished before it could be canceled."))
    return SeeOther.to("generations:detail", generation_id=generation_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def delete(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Ask once, then delete a run's pictures and prompt for good."""
    generation = _mine(request, generation_id)
    if request.method != "POST":
        return render(request, "generations/delete.html", _context(generation))
    services.delete_content(generation=generation)
    messages.success(request, gettext("The picture has been deleted."))
    return SeeOther.to("generations:gallery")


@require_safe
@login_required
@never_cache
def gallery(request: PersonRequest) -> HttpResponse:
    """List the person's runs, newest first; `before` continues after the run of that id."""
    rows = Generation.objects.for_workspace(workspaces.personal(user=request.user)).in_gallery()
    if before := _uuid(request.GET.get("before", "")):
        # Ids are UUIDv7: their order is that of creation.
        rows = rows.filter(id__lt=before)
    found = list(rows[: PAGE + 1])
    tiles = [{"generation": one, "url": _result_url(one)} for one in found[:PAGE]]
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return render(request, "generations/gallery.html", {"tiles": tiles, "more": more, "continued": bool(before)})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _result_url(generation: Generation) -> str:
    return storage.preview_url(generation, key=generation.result_key) if generation.result_key else ""


def _context(generation: Generation) -> dict[str, Any]:
    if generation.is_finished:
        return {"generation": generation} | again.links(generation) | _ended(generation)
    named = {name: _upload_of(generation, name) for name in ("image", "mask")}
    return progress.of(generation) | {
        "upload_id": named["image"].id if named["image"] else "",
        "outline_url": _outline_url(photo=named["image"], mask=named["mask"]),
    }


def _upload_of(generation: Generation, name: str) -> Upload | None:
    """Return the upload that is the generation's photo or mask, while it is kept."""
    if name not in generation.inputs:
        return None
    return Upload.objects.filter(object_key=generation.inputs[name]["object_key"]).first()


def _outline_url(*, photo: Upload | None, mask: Upload | None) -> str:
    """Return where the outline is to be had that moves over the photo while the run is under way."""
    if photo is None:
        return ""
    return outlines.address(photo, mask=mask.id) if mask else outlines.address(photo)


def _ended(generation: Generation) -> dict[str, Any]:
    if not generation.is_succeeded:
        code = "GENERATION_CANCELED" if generation.state == State.CANCELED else generation.error_code
        return {"told": told_of(code, extra=generation.error_extra)}
    photo = generation.inputs["image"]
    # Within another frame than the photo's the two do not lie on each other, so there is nothing to slide between.
    comparable = photo["object_key"] in storage.served_keys(generation) and not generation.params.get("canvas")
    return {
        "result_url": _result_url(generation),
        "download_url": storage.download_url(generation),
        "original_url": storage.preview_url(generation, key=photo["object_key"]) if comparable else "",
        "panel": evidence.panel(generation),
        "seconds": round((generation.result or {}).get("processing_time_ms", 0) / 1000, 1),
    }
