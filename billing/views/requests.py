"""Who is asking, as `login_required` makes sure, and where they want to go on afterwards."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import workspaces
from accounts.models import User, Workspace

LONGEST_PATH = 200


class SignedIn(HttpRequest):
    """A request that `login_required` let through."""

    user: User


def workspace_of(request: SignedIn) -> Workspace:
    """Return the workspace this person's pages are about: their own."""
    return workspaces.personal(user=request.user)


def own_path(path: str) -> str:
    """Return where on this site the person wants to go on, "" when that is nowhere of ours."""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours and len(path) <= LONGEST_PATH else ""
