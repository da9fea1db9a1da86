"""Sessions in the database that live on while they are used, but not for ever.

A session ends 14 days after its last use (SESSION_COOKIE_AGE) and 90 days after it began, whatever comes first. It is
written again at most once a day: a write on every request would let two requests at once undo each other's changes.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

LONGEST = timedelta(days=90)
RENEWED_EVERY = timedelta(days=1)
BEGAN = "_began"


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, renewed by use and ended by age."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return Django's own table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        return self._renewed(super()._get_session_from_db())  # type: ignore[misc]  # the stubs leave it out

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

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to be written; a session's first writing is when it began."""
        data.setdefault(BEGAN, timezone.now().timestamp())
        return super().create_model_instance(data)
