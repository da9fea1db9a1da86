"""Whether pictures wait too long for a worker: then a new one is refused before its token is held."""

import threading
import time
from datetime import timedelta
from typing import ClassVar

from django.conf import settings

from generations import leases
from generations.errors import Overloaded
from generations.models import Queue

LOOK_AGAIN = timedelta(seconds=5)
RETRY_AFTER_S = 30


class _Process:
    """What one process last saw: the age of each queue, and when to look again by the process's own clock."""

    ages_s: ClassVar[dict[str, float]] = {}
    look_at = float("-inf")
    looking = threading.Lock()


def refuse_if_overloaded(*, queue: Queue = Queue.PICTURES) -> None:
    """Raise Overloaded(retry_after_s) while the oldest picture somebody could claim is older than QUEUE_AGE_CAP.

    The database is asked every few seconds by one call of a process; those beside it go by what was seen before.
    """
    if time.monotonic() >= _Process.look_at and _Process.looking.acquire(blocking=False):
        try:
            _Process.ages_s = leases.queue_ages_s()
            _Process.look_at = time.monotonic() + LOOK_AGAIN.total_seconds()
        finally:
            _Process.looking.release()
    if _Process.ages_s.get(queue, 0) > settings.QUEUE_AGE_CAP.total_seconds():
        raise Overloaded(retry_after_s=RETRY_AFTER_S)
