"""Watch everything that runs; start again what may be started again, and say when the whole run must end.

Why each part is treated as it is: docs/decisions/0001-who-restarts-what.md.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from roomai_web.embedded import output
from roomai_web.embedded.errors import EmbeddedError

LOOK = timedelta(seconds=0.2)
#: A part that lived this long had come up: its next end is a new story.
HEALTHY = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(seconds=30)


@dataclass
class Watched:
    """One part. tries: how often it may end in a row before the run ends with it; None: it may always come back."""

    name: str
    ended: Callable[[], str | None]
    start: Callable[[], None]
    tries: int | None
    _ends_in_row: int = field(default=0, init=False)
    up_since: float = field(default_factory=time.monotonic, init=False)
    _again_at: float | None = field(default=None, init=False)

    @property
    def waiting(self) -> bool:
        """Whether it is down and to be started again."""
        return self._again_at is not None

    def look(self, now: float) -> str | None:
        """Start the part again when that is due; return why the run must end, or None while it need not."""
        if self._again_at is None:
            if (how := self.ended()) is None:
                return None
            return self._after_end(how, now)
        if now >= self._again_at:
            self._again_at = None
            self.up_since = now
            try:
                self.start()
            except (EmbeddedError, OSError) as error:
                return self._after_end(str(error), now)
        return None

    def _after_end(self, how: str, now: float) -> str | None:
        if now - self.up_since >= HEALTHY.total_seconds():
            self._ends_in_row = 0
        self._ends_in_row += 1
        if self.tries is not None and self._ends_in_row > self.tries:
            return f"{self.name} ended ({how}) and does not stay up; everything is stopped."
        pause_s = min(0.2 * 2 ** (self._ends_in_row - 1), LONGEST_PAUSE.total_seconds())
        self._again_at = now + pause_s
        output.say(f"{self.name} ended ({how}); starting it again in {pause_s:g} s.")
        return None


def watch(parts: list[Watched], *, stop: threading.Event, changed: Callable[[], None]) -> str | None:
    """Look after `parts` until `stop` is set; return None then, or the sentence why the run must end.

    changed: called after any part has been started again, to record its new number.
    """
    while not stop.wait(LOOK.total_seconds()):
        now = time.monotonic()
        for part in parts:
            waited = part.waiting
            if reason := part.look(now):
                return reason
            if waited and not part.waiting:
                changed()
    return None
