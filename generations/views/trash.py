"""The trash on the site: one or many pictures put into it, taken out again, or deleted for good."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.answers import SeeOther
from accounts.views import PersonRequest
from generations import aside, services
from generations.models import TRASH_KEPT, Generation, GenerationQuerySet
from generations.views import tiles
from generations.views.ways import back, one_of, own_rows, undo

PAGE = 48


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def trash(request: PersonRequest) -> HttpResponse:
    """List what is in the trash; a POST puts the runs in there that its `id` fields name."""
    if request.method == "POST":
        return _put(request, own_rows(request).in_gallery().filter(pk__in=_ids(request)))
    rows = own_rows(request).in_trash().order_by("-trashed_at", "-id")
    found = list(rows[: PAGE + 1])
    items = [{"generation": one, "days": days_left(one)} for one in found[:PAGE]]
    context = {"items": items, "more": len(found) > PAGE, "days": TRASH_KEPT.days}
    return render(request, "generations/trash.html", context)


@require_POST
@login_required
def put(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Put one run into the trash; an open one is canceled."""
    mine = own_rows(request).in_gallery().filter(pk=generation_id)
    one_of(mine, generation_id)
    return _put(request, mine)


@require_POST
@login_required
def restore(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Take one run out of the trash; asking twice is fine."""
    rows = own_rows(request).filter(deleted_at__isnull=True, pk=generation_id)
    one_of(rows, generation_id)
    return _restore(request, rows, otherwise=reverse("generations:detail", args=[generation_id]))


@require_POST
@login_required
def restore_many(request: PersonRequest) -> HttpResponse:
    """Take out again what one act put into the trash: all of its one time, `at`."""
    rows = own_rows(request).in_trash().filter(trashed_at=_moment(request.GET.get("at", "")))
    return _restore(request, rows, otherwise=reverse("generations:gallery"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def delete(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Ask once, then delete a run's pictures and prompt for good, in the trash or not."""
    generation = one_of(own_rows(request).filter(deleted_at__isnull=True, refused_at__isnull=True), generation_id)
    if request.method != "POST":
        return render(request, "generations/delete.html", {"generation": generation, "tile": tiles.of(generation)})
    services.delete_content(generation=generation)
    messages.success(request, gettext("The picture has been deleted for good."))
    return SeeOther.to("generations:trash" if generation.trashed_at else "generations:gallery")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def empty(request: PersonRequest) -> HttpResponse:
    """Ask once, then delete for good all that is in the trash."""
    rows = own_rows(request).in_trash()
    if request.method != "POST":
        return render(request, "generations/trash_empty.html", {"count": rows.count()})
    count = aside.empty(rows=rows)
    said = ngettext("%(n)d picture has been deleted for good.", "%(n)d pictures have been deleted for good.", count)
    messages.success(request, said % {"n": count})
    return SeeOther.to("generations:trash")


def days_left(generation: Generation) -> int:
    """Return in how many days its content is deleted, the day that has begun counted."""
    return max(0, (generation.kept_until - timezone.now()).days) + 1


def _put(request: PersonRequest, rows: GenerationQuerySet) -> HttpResponse:
    there = back(request, otherwise=reverse("generations:gallery"))
    done = aside.put(rows=rows)
    if not done.count:
        messages.info(request, gettext("Nothing was chosen."))
        return SeeOther(there)
    tags = undo("generations:restore_many", query={"at": done.at.isoformat()}, next=there)
    messages.success(request, _said(done), extra_tags=tags)
    return SeeOther(there)


def _said(done: aside.PutAside) -> str:
    said = ngettext("%(n)d picture is in the trash.", "%(n)d pictures are in the trash.", done.count)
    said %= {"n": done.count}
    if done.canceled:
        said += " " + gettext("What was under way has been canceled. Nothing was charged for it.")
    return said


def _restore(request: PersonRequest, rows: GenerationQuerySet, *, otherwise: str) -> HttpResponse:
    count = aside.take_out(rows=rows)
    said = ngettext("%(n)d picture is back in your gallery.", "%(n)d pictures are back in your gallery.", count)
    if count:
        messages.success(request, said % {"n": count})
    return SeeOther(back(request, otherwise=otherwise))


def _ids(request: PersonRequest) -> list[UUID]:
    def read(text: str) -> list[Any]:
        try:
            return [UUID(text)]
        except ValueError:
            return []

    return [one for text in request.POST.getlist("id")[:200] for one in read(text)]


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Http404
    return found
