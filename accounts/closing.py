"""The end of an account: asked for, undone by signing in for two weeks, then for good.

What the person made is not of this package: whoever calls `finish` has deleted it before (generations/closing.py).
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts import api_keys, audit, notices, signed_in
from accounts.models import ApiKey, Device, Membership, Preferences, Role, User, Workspace

GRACE = timedelta(days=14)
#: What stands in place of what a person called their things.
NO_NAME = "deleted"


def schedule(*, user: User, ip: str | None = None) -> User:
    """Have the account deleted after the grace, sign the person out everywhere and mail them; once for two requests."""
    due = timezone.now() + GRACE
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, deletion_due_at__isnull=True).update(deletion_due_at=due):
            _record(user, "deletion_scheduled", ip)
            transaction.on_commit(lambda: notices.deletion_scheduled(user=user, due=due), robust=True)
    user.refresh_from_db()
    signed_in.end_all(user=user)
    return user


def undo(*, user: User, ip: str | None = None) -> bool:
    """Keep the account after all, as whoever signs in before the end wants it; False when nothing was scheduled."""
    with transaction.atomic():
        scheduled = User.objects.filter(pk=user.pk, deletion_due_at__isnull=False, deleted_at__isnull=True)
        if not scheduled.update(deletion_due_at=None):
            return False
        _record(user, "deletion_undone", ip)
    user.refresh_from_db()
    return True


def due() -> QuerySet[User]:
    """Return the people whose grace is over."""
    return User.objects.filter(deletion_due_at__lte=Now(), deleted_at__isnull=True).order_by("deletion_due_at")


def begin(*, user: User) -> bool:
    """Shut the account, as from here on nothing of it can be kept; False when its owner has just signed in after all.

    It is shut before anything is deleted: whoever signs in while that is under way must not be told that it stays, and
    no key may make what is not deleted any more.
    """
    if not due().order_by().filter(pk=user.pk).update(is_active=False):
        return False
    for key in ApiKey.objects.filter(workspace__in=alone_in(user=user)):
        api_keys.revoke(key=key)
    return True


def alone_in(*, user: User) -> list[Workspace]:
    """Return the workspaces that end with this person: those they own without another active owner."""
    owned = Workspace.objects.filter(memberships__user=user, memberships__role=Role.OWNER)
    others = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(user=user)
    return list(owned.exclude(id__in=others.values("workspace_id")))


def finish(*, user: User) -> None:
    """Take everything that names the person out of our tables, and tell them; a second call changes nothing.

    The row stays under its number, for the journal and the audit: it can never sign in again.
    """
    ending = alone_in(user=user)
    signed_in.end_all(user=user)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        if person.deleted_at is not None:
            return
        address = person.email
        ApiKey.objects.filter(workspace__in=ending).update(name=NO_NAME)
        Workspace.objects.filter(id__in=[one.id for one in ending]).update(name=NO_NAME)
        # Of a workspace that ends with them they stay the owner, so that it is nobody else's.
        Membership.objects.filter(user=person).exclude(workspace__in=ending).delete()
        for table in (Authenticator, EmailAddress, Device, Preferences):
            table.objects.filter(user=person).delete()
        _forget(person)
        _record(person, "account_deleted", None)
        transaction.on_commit(lambda: notices.deletion_done(address=address), robust=True)


def _forget(person: User) -> None:
    person.email, person.name = f"deleted-{person.pk}@deleted.invalid", ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.deleted_at = timezone.now()
    person.set_unusable_password()
    person.save()


def _record(user: User, what: str, ip: str | None) -> None:
    audit.record(actor=audit.user(user), what=what, target=f"user {user.pk}", ip=ip)
