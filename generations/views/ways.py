"""Where a button of the gallery leads afterwards: back to the page it stands on, with its filters."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts import workspaces
from accounts.views import PersonRequest
from generations.models import Generation, GenerationQuerySet

LONGEST = 1000


def own_rows(request: PersonRequest) -> GenerationQuerySet:
    """Return the person's runs, newest first: whatever became of them."""
    return Generation.objects.for_workspace(workspaces.personal(user=request.user)).filter(livemode=True)


def one_of(rows: GenerationQuerySet, generation_id: UUID) -> Generation:
    """Return one of these; raises Http404, for a stranger's as for a missing one."""
    if found := rows.filter(pk=generation_id).first():
        return found
    raise Http404


def back(request: HttpRequest, *, otherwise: str) -> str:
    """Return the page of ours that a form or an undo address names as `next`."""
    given: QueryDict = request.POST if "next" in request.POST else request.GET
    path = given.get("next", "")
    is_ours = (
        path.startswith("/") and len(path) <= LONGEST and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    )
    return path if is_ours else otherwise


def undo(name: str, *, next: str, query: dict[str, str] | None = None, **kwargs: Any) -> str:
    """Return the tags of a message that offers to undo: the address holds no space."""
    return f"undo {reverse(name, kwargs=kwargs)}?{urlencode({**(query or {}), 'next': next})}"
