"""One's pictures: the page of one run while it is made and afterwards, and the list of all."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import workspaces
from accounts.answers import SeeOther
from accounts.views import PersonRequest
from generations import services, storage
from generations.errors import AlreadyFinished
from generations.models import Generation, Stage, State, Upload
from generations.views import evidence, outlines
from generations.views.words import told_of, ways

PAGE = 12
# How long the browser waits before it asks again: quick while it may be ready any moment, slower as time goes by.
QUICK_MS, STEADY_MS, SLOW_MS = 700, 2000, 5000
QUICK_UNTIL_S, STEADY_UNTIL_S = 7, 30
LONG_QUEUE = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the stage list. state: done, now or todo."""

    label: str | Promise
    state: str


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
    """Show one run: its stages while it is made, then before and after."""
    return render(request, "generations/detail.html", _context(_mine(request, generation_id)))


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
        again = reverse("generations:studio_model", kwargs={"model_id": generation.model})
        return {"generation": generation} | _ended(generation, again_url=f"{again}?again={generation.id}")
    named = {name: _upload_of(generation, name) for name in ("image", "mask")}
    return progress(generation) | {
        "upload_id": named["image"].id if named["image"] else "",
        "outline_url": _outline_url(photo=named["image"], mask=named["mask"]),
    }


def progress(generation: Generation) -> dict[str, Any]:
    """Return what a page says of a run under way, and when it asks again."""
    ahead = _ahead(generation)
    return {
        "generation": generation,
        "steps": _steps(generation),
        "ahead": ahead,
        "next_ms": _next_ms(generation, ahead),
        "elapsed_s": int((timezone.now() - generation.created_at).total_seconds()),
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


def _ended(generation: Generation, *, again_url: str) -> dict[str, Any]:
    if not generation.is_succeeded:
        code = "GENERATION_CANCELED" if generation.state == State.CANCELED else generation.error_code
        extra = generation.error_extra
        return {
            "again_url": again_url,
            "told": told_of(code, extra=extra),
            "ways": ways(code, extra=extra, form=again_url),
        }
    photo = generation.inputs["image"]
    # Within another frame than the photo's the two do not lie on each other, so there is nothing to slide between.
    comparable = photo["object_key"] in storage.served_keys(generation) and not generation.params.get("canvas")
    return {
        "again_url": again_url,
        "result_url": _result_url(generation),
        "download_url": storage.download_url(generation),
        "original_url": storage.preview_url(generation, key=photo["object_key"]) if comparable else "",
        "panel": evidence.panel(generation),
        "seconds": round((generation.result or {}).get("processing_time_ms", 0) / 1000, 1),
    }


def _steps(generation: Generation) -> list[Step]:
    """Return the stages as the row tells them: nothing is guessed from the time gone by."""
    order = list(Stage)
    now = order.index(Stage(generation.stage)) if generation.stage else -1
    return [
        Step(one.label, "done" if place < now else "now" if place == now else "todo") for place, one in enumerate(order)
    ]


def _ahead(generation: Generation) -> int:
    """Return how many waiting runs are older than this one; 0 once it runs."""
    if generation.state != State.QUEUED:
        return 0
    return Generation.objects.filter(state=State.QUEUED, queue=generation.queue, id__lt=generation.id).count()


def _next_ms(generation: Generation, ahead: int) -> int:
    age_s = (timezone.now() - generation.created_at).total_seconds()
    if ahead > LONG_QUEUE or age_s > STEADY_UNTIL_S:
        return SLOW_MS
    return QUICK_MS if age_s < QUICK_UNTIL_S else STEADY_MS
