"""What somebody was about to make, kept while they are away to buy tokens or to sign in again.

It lies in the session and not in an address: addresses are written to logs, and words of a prompt never are.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.models import Workspace
from generations import canvas_fields, own_fields
from generations.forms import StudioForm
from generations.views import photos

KEY = "studio_draft"
#: Said anew by every page.
NOT_KEPT = {"submission_id", "image", "mask", "background_image"}
#: The longest the form itself takes; more of a prompt would only weigh on the session.
LONGEST = 2000


def keep(request: HttpRequest, data: QueryDict) -> None:
    """Keep what the form holds, another model's fields too; its pictures are uploads by now."""
    every = [*StudioForm.base_fields, *canvas_fields.NAMES, *own_fields.names()]
    names = [name for name in every if name not in NOT_KEPT]
    request.session[KEY] = {name: str(data[name])[:LONGEST] for name in names if data.get(name)}


def kept_over_sign_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead whoever is not signed in to the sign-in and back; what their form holds waits in the session meanwhile."""
    guarded = login_required(view)

    @wraps(view)
    def keep_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            keep(request, request.POST)
        return guarded(request, *args, **kwargs)

    return keep_first


def kept(request: HttpRequest, *, workspace: Workspace) -> dict[str, Any]:
    """Return what the form starts with, empty where nothing is kept; a picture that has lapsed is left out."""
    draft: dict[str, Any] = dict(request.session.get(KEY, {}))
    for name in ("upload", "mask_upload", "background_upload"):
        if name in draft and not photos.upload_of(workspace=workspace, upload_id=draft[name]):
            del draft[name]
    return draft


def forget(request: HttpRequest) -> None:
    """Let it go: a run has been made of it."""
    request.session.pop(KEY, None)
