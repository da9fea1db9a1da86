"""Sessions in the database that live on while they are used, but not for ever.

A session ends 14 days after its last use (SESSION_COOKIE_AGE) and 90 days after it began, whatever comes first. It is
written again at most once a day: a write on every request would let two requests at once undo each other's changes.
When it was last used is written beside it, to the row that the person's list of sessions shows, at most every five
minutes.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

LONGEST = timedelta(days=90)
RENEWED_EVERY = timedelta(days=1)
USE_NOTED_EVERY = timedelta(minutes=5)
BEGAN = "_began"


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, renewed by use and ended by age."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return Django's own table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = self._renewed(super()._get_session_from_db())  # type: ignore[misc]  # the stubs leave it out
        if row is not None:
            self._note_use(row.session_key)
        return row

    async def _aget_session_from_db(self) -> Session | None:
        return self._renewed(await super()._aget_session_from_db())  # type: ignore[misc]  # the stubs leave it out

    def _renewed(self, row: Session | None) -> Session | None:
        """Return the row, marked for writing when its last renewal is a day old; None when it is too old."""
        if row is None:
            return None
        now = timezone.now()
        began = self.decode(row.session_data).get(BEGAN)
        if began is not None and now.timestamp() - began > LONGEST.total_seconds():
            self._session_key = None
            return None
        if row.expire_date - now < timedelta(seconds=settings.SESSION_COOKIE_AGE) - RENEWED_EVERY:
            self.modified = True
        return row

    def _note_use(self, session_key: str) -> None:
        digest = hashlib.sha256(session_key.encode()).hexdigest()
        if cache.add(f"session-used:{digest}", 1, timeout=int(USE_NOTED_EVERY.total_seconds())):
            listed = apps.get_model("usersessions", "UserSession")
            listed.objects.filter(session_key=session_key).update(last_seen_at=timezone.now())

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to be written; a session's first writing is when it began."""
        data.setdefault(BEGAN, timezone.now().timestamp())
        return super().create_model_instance(data)
