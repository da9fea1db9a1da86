"""The takes of one submission: the pictures asked for with one press, side by side, each with a page of its own."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import workspaces
from accounts.views import PersonRequest
from generations import services, storage
from generations.forms import COUNTS
from generations.models import Generation
from generations.views import progress


@dataclass(frozen=True, slots=True)
class Take:
    """One picture of a submission. url: of its result, "" while there is none; next_ms: when its tile asks again."""

    n: int
    generation: Generation
    url: str
    next_ms: int


def submission_of(generation: Generation) -> str:
    """Return what the keys of one press of Generate have in common; "" for a run that came another way."""
    submission, _, n = (generation.idem_key or "").rpartition(":")
    return submission if submission.startswith("studio:") and n.isdigit() else ""


def of(generation: Generation) -> list[Take]:
    """Return the takes of this run's submission in their order; none where it is alone."""
    submission = submission_of(generation)
    if not submission:
        return []
    keys = [services.key_of(submission=submission, n=n) for n in range(1, max(COUNTS) + 1)]
    rows = Generation.objects.for_workspace(generation.workspace).in_gallery().filter(idem_key__in=keys)
    found = sorted(rows, key=lambda row: keys.index(str(row.idem_key)))
    return [_take(row) for row in found] if len(found) > 1 else []


def _take(row: Generation) -> Take:
    url = storage.preview_url(row, key=row.result_key) if row.result_key else ""
    n = int(str(row.idem_key).rpartition(":")[2]) if submission_of(row) else 1
    return Take(n, row, url, 0 if row.is_finished else progress.next_ms(row))


@require_safe
@login_required
@never_cache
def take(request: PersonRequest, generation_id: UUID) -> HttpResponse:
    """Answer the poll of one tile: always 200, and without a trigger once that run is over."""
    workspace = workspaces.personal(user=request.user)
    found = Generation.objects.for_workspace(workspace).in_gallery().filter(pk=generation_id).first()
    if found is None:
        raise Http404
    return render(request, "generations/_take.html", {"take": _take(found)})
