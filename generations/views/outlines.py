"""The line round what will be kept, drawn over the photo before anything is paid."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import workspaces
from accounts.models import Workspace
from accounts.views import PersonRequest
from generations import mattes, storage, wording
from generations.allowance import Answer
from generations.models import Matte, Upload
from generations.views import photos

# How long the browser waits before it asks again, and when it is told that the run will see to it.
QUICK_MS, STEADY_MS = 700, 2000
QUICK_UNTIL, PATIENCE = timedelta(seconds=7), timedelta(seconds=30)

WORKING, READY, NONE, LIMITED = "working", "ready", "none", "limited"
NO_SUBJECT = _("We could not find a clear subject. Brush the subject or try another photo.")
EMPTY_MASK = _("This mask keeps nothing yet. Brush the subject or start over.")
LATER = _("The outline is not ready yet. The run will find the subject itself.")


@dataclass(frozen=True, slots=True)
class Outline:
    """What the fragment shows. again: the address to ask next, after delay_ms; matte: the row of a ready one."""

    state: str
    sentence: str | Promise = ""
    matte: Matte | None = None
    matte_url: str = ""
    again: str = ""
    delay_ms: int = QUICK_MS


@require_safe
@login_required
@never_cache
def outline(request: PersonRequest, upload_id: str) -> HttpResponse:
    """Answer the fragment, always 200: it asks again by itself until there is an answer, for half a minute at most."""
    photo, mask = _uploads(request, upload_id)
    shown = of(photo=photo, mask=mask, since=_since(request))
    return render(request, "generations/_outline.html", {"outline": shown})


@require_safe
@login_required
def matte(request: PersonRequest, upload_id: str) -> HttpResponse:
    """Answer the matte of a photo, or of a mask on it, as an 8-bit grey PNG; 404 while there is none."""
    photo, mask = _uploads(request, upload_id)
    row = _row(photo, mask)
    if row is None or not row.is_found:
        raise Http404
    try:
        data = storage.read(row.object_key)
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/png", headers=headers)


@require_safe
def brush(request: HttpRequest) -> HttpResponse:
    """Answer the brush's bar and canvas, which the studio's scripts fetch once a subject can be corrected.

    Only words and buttons, the same for everybody: an ended session does not take the brush away.
    """
    return render(request, "generations/_brush.html")


def shown(*, workspace: Workspace, upload_id: str, mask_id: str) -> Outline | None:
    """Return the outline a page with this photo begins with; None without a photo that is kept."""
    photo = photos.upload_of(workspace=workspace, upload_id=upload_id)
    if photo is None:
        return None
    mask = photos.upload_of(workspace=workspace, upload_id=mask_id)
    return of(photo=photo, mask=mask, since=timezone.now())


def of(*, photo: Upload, mask: Upload | None, since: datetime) -> Outline:
    """Return what there is to show, and have it made where there is nothing. since: when the page first asked."""
    if row := _row(photo, mask):
        return _answered(row, photo, mask)
    asked = mattes.ask_for_mask(photo=photo, mask=mask) if mask else mattes.ask(photo=photo)
    age = timezone.now() - since
    if asked == Answer.SPENT or age >= PATIENCE:
        return Outline(LIMITED, sentence=LATER)
    query = {"mask": mask.id} if mask else {}
    again = address(photo, **query, since=str(int(since.timestamp())))
    return Outline(WORKING, again=again, delay_ms=QUICK_MS if age < QUICK_UNTIL else STEADY_MS)


def address(photo: Upload, **query: str) -> str:
    """Return where a photo's outline is to be had."""
    path = reverse("generations:outline", kwargs={"upload_id": photo.id})
    return f"{path}?{urlencode(query)}" if query else path


def _answered(row: Matte, photo: Upload, mask: Upload | None) -> Outline:
    if not row.is_found:
        code = row.refusal
        return Outline(NONE, sentence=NO_SUBJECT if code == "NO_SUBJECT_FOUND" else wording.of(code).sentence)
    if not row.outline:
        return Outline(NONE, sentence=EMPTY_MASK if mask else NO_SUBJECT)
    url = reverse("generations:matte", kwargs={"upload_id": photo.id})
    return Outline(READY, matte=row, matte_url=f"{url}?{urlencode({'mask': mask.id})}" if mask else url)


def _row(photo: Upload, mask: Upload | None) -> Matte | None:
    return mattes.of_mask(photo=photo, mask=mask) if mask else mattes.of_photo(photo=photo)


def _uploads(request: PersonRequest, upload_id: str) -> tuple[Upload, Upload | None]:
    """Return the person's photo and, where one is named, their mask; a stranger's or a lapsed one is not found."""
    workspace = workspaces.personal(user=request.user)
    photo = photos.upload_of(workspace=workspace, upload_id=upload_id)
    mask_id = request.GET.get("mask", "")
    mask = photos.upload_of(workspace=workspace, upload_id=mask_id) if mask_id else None
    if photo is None or (mask_id and mask is None):
        raise Http404
    return photo, mask


def _since(request: HttpRequest) -> datetime:
    """Return when the page first asked, as its last answer had it say; now, where that is no time of the past."""
    given, now = request.GET.get("since", ""), timezone.now()
    if not (given.isascii() and given.isdigit() and len(given) <= 10):
        return now
    return min(now, datetime.fromtimestamp(int(given), UTC))
