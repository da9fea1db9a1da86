"""A person's own data as a file: asked for here, packed by a worker (generations/packing.py), kept for a day."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit, notices
from accounts.models import Export, Membership, Role, User, Workspace

KEPT = timedelta(hours=24)


def latest(*, user: User) -> Export | None:
    """Return the newest export that is waited for or can be had; None when a new one may be asked for."""
    found = Export.objects.filter(user=user).order_by("-requested_at").first()
    return found if found and (found.ready_at is None or found.is_ready) else None


def ask(*, user: User, ip: str | None = None) -> Export:
    """Have a file packed; return it, or the one that is under way or ready already."""
    if earlier := latest(user=user):
        return earlier
    try:
        with transaction.atomic():
            made = Export.objects.create(user=user)
            audit.record(actor=audit.user(user), what="export_asked", target=f"export {made.id}", ip=ip)
            return made
    except IntegrityError:  # a second request at once
        return Export.objects.get(user=user, ready_at__isnull=True)


def finish(*, export: Export, object_key: str, size_bytes: int) -> bool:
    """Note that the file is there, and tell its owner; False when another worker was first, or the person is gone."""
    until = timezone.now() + KEPT
    with transaction.atomic():
        waited_for = Export.objects.filter(id=export.id, ready_at__isnull=True, user__deleted_at__isnull=True)
        if not waited_for.update(
            ready_at=timezone.now(), expires_at=until, object_key=object_key, size_bytes=size_bytes
        ):
            return False
        audit.record(actor=audit.SYSTEM, what="export_ready", target=f"export {export.id}")
        transaction.on_commit(lambda: notices.export_ready(user=export.user, until=until), robust=True)
    return True


def expire() -> int:
    """Delete files whose day is over; return how many."""
    lapsed = list(Export.objects.filter(expires_at__lte=timezone.now()).exclude(object_key=""))
    for export in lapsed:
        default_storage.delete(export.object_key)
        Export.objects.filter(id=export.id).update(object_key="")
    return len(lapsed)


def forget(*, user: User) -> None:
    """Delete every file and row of this person."""
    for export in Export.objects.filter(user=user):
        if export.object_key:
            default_storage.delete(export.object_key)
        export.delete()


def own_workspaces(*, user: User) -> list[Workspace]:
    """Return the workspaces whose data is the person's to take along: those they own."""
    return [one.workspace for one in Membership.objects.filter(user=user, role=Role.OWNER).select_related("workspace")]
