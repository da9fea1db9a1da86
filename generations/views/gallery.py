"""One's pictures: the page of one run while it is made and afterwards, and the list of all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.answers import SeeOther
from accounts.views import PersonRequest
from generations import services
from generations.errors import AlreadyFinished
from generations.models import Generation, GenerationQuerySet, Upload
from generations.views import again, ended, outlines, progress, takes, tiles
from generations.views.filters import PHOTO, Filters
from generations.views.ways import one_of, own_rows

PAGE = 24


def _mine(request: PersonRequest, generation_id: UUID) -> Generation:
    """Return the person's generation; a stranger's, a deleted and a missing one are all not found."""
    return one_of(own_rows(request).in_gallery(), generation_id)


@require_safe
@login_required
@never_cache
def detail(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Show one run: its stages while it is made, then before and after; and why there is nothing to see any more.

    Beside it stand the others of its submission; while it is made, also what was made of its photo before.
    """
    generation = one_of(own_rows(request), generation_id)
    if generation.refused_at:
        return redirect("generations:refuse", generation_id=generation_id)
    if generation.deleted_at and generation.deleted_at < generation.delete_after:
        raise Http404  # a person wanted it gone
    if generation.is_gone:
        return render(request, "generations/gone.html", ended.gone(generation))
    beside = takes.of(generation)
    context = _context(generation) | {"takes": beside}
    context["takes_open"] = any(not one.generation.is_finished for one in beside)
    context["earlier"] = [] if generation.is_finished else again.others_of(generation)
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


@require_safe
@login_required
@never_cache
def gallery(request: PersonRequest) -> HttpResponse:
    """List the person's runs, newest first or by the photo they were made of, narrowed down by the form above them."""
    filters = Filters(request.GET)
    rows = filters.of(own_rows(request).in_gallery())
    shown = _groups(request, rows) if filters.by_photo else _page(request, rows)
    before, select = request.GET.get("before", ""), request.GET.get("select", "")
    context = {
        "filters": filters,
        "chips": filters.chips(),
        "select": "" if filters.by_photo else select,
        "continued": bool(before),
        "here": f"{request.path}{filters.query(before=before)}".removesuffix("?"),
        "more": filters.query(before=shown["following"], select=select) if shown["following"] else "",
        "grouped": filters.query(group=PHOTO),
        "ungrouped": filters.query(group=""),
        "unfiltered": f"?group={PHOTO}" if filters.by_photo else request.path,
        "choosing": filters.query(before=before, select="1"),
        "choosing_all": filters.query(before=before, select="all"),
        "unchosen": filters.query(before=before),
    }
    return render(request, "generations/gallery.html", context | shown)


def _page(request: PersonRequest, rows: GenerationQuerySet) -> dict[str, Any]:
    """Return a page of tiles, how many there are in all, and the run after which the next page begins."""
    before = _uuid(request.GET.get("before", ""))
    # Ids are UUIDv7: their order is that of creation.
    found = list((rows.filter(id__lt=before) if before else rows)[: PAGE + 1])
    more = str(found[PAGE - 1].id) if len(found) > PAGE else ""
    return {"tiles": [tiles.of(one) for one in found[:PAGE]], "count": rows.count(), "following": more}


def _groups(request: PersonRequest, rows: GenerationQuerySet) -> dict[str, Any]:
    groups, more = tiles.groups(rows, before=_moment(request.GET.get("before", "")))
    return {"groups": groups, "count": rows.count(), "following": more.isoformat() if more else ""}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _context(generation: Generation) -> dict[str, Any]:
    if generation.is_finished:
        return {"generation": generation} | again.links(generation) | ended.told(generation)
    named = {name: _upload_of(generation, name) for name in ("image", "mask")}
    return progress.of(generation) | {
        "photo": named["image"],
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
