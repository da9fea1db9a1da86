"""Where a person is signed in, and the end of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from accounts import audit, devices
from accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A browser that is signed in. browser, system: in words, "" if unknown; is_here: the one that asks."""

    id: int
    browser: str
    system: str
    is_small: bool
    ip: str
    began_at: datetime
    used_at: datetime
    is_here: bool


def places(request: HttpRequest, *, user: User) -> list[Place]:
    """Return where the person is signed in: this browser first, then by last use. Ended sessions are forgotten."""
    rows: list[Any] = UserSession.objects.purge_and_list(user)
    here = request.session.session_key
    if all(row.session_key != here for row in rows):
        # One that began before sessions were listed.
        UserSession.objects.create_from_request(request)
        rows = list(UserSession.objects.filter(user=user))
    return sorted((_place(row, here) for row in rows), key=lambda one: (not one.is_here, -one.used_at.timestamp()))


def end(request: HttpRequest, *, user: User, session_id: int) -> bool:
    """Sign that browser out from its next request on; False when the person has no such session."""
    row: Any = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        return False
    row.end()
    audit.record(actor=audit.user(user), what="session_ended", target=f"user {user.pk}")
    return True


def end_others(request: HttpRequest, *, user: User) -> int:
    """Sign every other browser of the person out; return how many."""
    others = list(UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key))
    for row in others:
        row.end()
    if others:
        audit.record(
            actor=audit.user(user), what="sessions_ended", target=f"user {user.pk}", after={"count": len(others)}
        )
    return len(others)


def end_all(*, user: User) -> None:
    """Sign the person out everywhere."""
    for row in UserSession.objects.filter(user=user):
        row.end()


def _place(row: Any, here: str | None) -> Place:
    browser, system = devices.named(row.user_agent)
    return Place(
        id=row.pk,
        browser=browser,
        system=system,
        is_small=devices.is_small(row.user_agent),
        ip=row.ip,
        began_at=row.created_at,
        used_at=row.last_seen_at,
        is_here=row.session_key == here,
    )
