"""A person's own data as a file: asked for here, packed by a worker (generations/packing.py), kept for a day."""

from datetime import timedelta

import structlog
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import audit, notices
from accounts.models import Export, Membership, Role, User, Workspace

log = structlog.get_logger(__name__)
KEPT = timedelta(hours=24)
#: A worker that died or failed is asked again after this, then after twice as long, and so on.
FIRST_WAIT, ATTEMPTS = timedelta(minutes=5), 8


def latest(*, user: User) -> Export | None:
    """Return the newest export: waited for, given up, or to be had; None when there is none of these."""
    found = Export.objects.filter(user=user).order_by("-requested_at").first()
    return found if found and (found.ready_at is None or found.is_ready) else None


def ask(*, user: User, ip: str | None = None) -> Export:
    """Have a file packed; return it, or the one that is under way or ready already. One given up begins again."""
    earlier = latest(user=user)
    if earlier and earlier.given_up_at is None:
        return earlier
    try:
        with transaction.atomic():
            wanted = _begin_again(earlier) if earlier else Export.objects.create(user=user)
            audit.record(actor=audit.user(user), what="export_asked", target=f"export {wanted.id}", ip=ip)
            return wanted
    except IntegrityError:  # a second request at once
        return Export.objects.get(user=user, ready_at__isnull=True)


def _begin_again(export: Export) -> Export:
    Export.objects.filter(id=export.id, given_up_at__isnull=False).update(
        given_up_at=None, attempts=0, requested_at=timezone.now(), send_after=timezone.now()
    )
    export.refresh_from_db()
    return export


def waited_for() -> QuerySet[Export]:
    """Return the exports a worker has still to pack, the oldest first."""
    return Export.objects.filter(ready_at__isnull=True, given_up_at__isnull=True).order_by("requested_at")


def next_attempt(*, export: Export) -> bool:
    """Count one more attempt and say when the next one comes; False when there were enough and it is given up.

    The waits double: five minutes, ten and so on, so that the last attempt has ended within a day.
    """
    if export.attempts >= ATTEMPTS:
        _give_up(export)
        return False
    after = timezone.now() + FIRST_WAIT * 2**export.attempts
    waited_for().filter(id=export.id).update(attempts=F("attempts") + 1, send_after=after)
    return True


def _give_up(export: Export) -> None:
    with transaction.atomic():
        if waited_for().filter(id=export.id).update(given_up_at=timezone.now()):
            audit.record(actor=audit.SYSTEM, what="export_given_up", target=f"export {export.id}")
            log.error("export_given_up", export_id=str(export.id), attempts=export.attempts)
            transaction.on_commit(lambda: notices.export_given_up(user=export.user), robust=True)


def finish(*, export: Export, object_key: str, size_bytes: int) -> bool:
    """Note that the file is there, and tell its owner; False when another worker was first, or the person is gone."""
    until = timezone.now() + KEPT
    with transaction.atomic():
        wanted = Export.objects.filter(id=export.id, ready_at__isnull=True, user__deleted_at__isnull=True)
        if not wanted.update(
            ready_at=timezone.now(), given_up_at=None, expires_at=until, object_key=object_key, size_bytes=size_bytes
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
