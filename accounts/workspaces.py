"""Workspaces: who belongs to which, and in what role."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Membership, Role, User, Workspace


def personal(*, user: User) -> Workspace:
    """Return the user's own workspace, the oldest they own; make it when there is none yet.

    Called at sign-up, and safe to call at any time and by two requests at once: they get the same one.
    """
    return _owned(user) or _make_personal(user)


def members(*, workspace: Workspace) -> QuerySet[Membership]:
    """Return the memberships of a workspace with their users, the longest-standing first."""
    return workspace.memberships.select_related("user").order_by("created_at", "id")


def access(*, user: User, workspace_id: UUID) -> Membership | None:
    """Return the user's membership in that workspace, or None: a stranger's answer is that of a missing one."""
    return Membership.objects.select_related("workspace").filter(user=user, workspace_id=workspace_id).first()


def _owned(user: User) -> Workspace | None:
    memberships = Membership.objects.select_related("workspace").filter(user=user, role=Role.OWNER)
    oldest = memberships.order_by("created_at", "id").first()
    return oldest.workspace if oldest else None


@transaction.atomic
def _make_personal(user: User) -> Workspace:
    # The lock on the person makes a second request wait and then find what the first one made.
    User.objects.select_for_update().get(pk=user.pk)
    if earlier := _owned(user):
        return earlier
    workspace = Workspace.objects.create(name=user.get_short_name()[:100])
    workspace.memberships.create(user=user, role=Role.OWNER)
    return workspace
