"""Who is asking, as `login_required` makes sure."""

from django.http import HttpRequest

from accounts import workspaces
from accounts.models import User, Workspace


class SignedIn(HttpRequest):
    """A request that `login_required` let through."""

    user: User


def workspace_of(request: SignedIn) -> Workspace:
    """Return the workspace this person's pages are about: their own."""
    return workspaces.personal(user=request.user)
