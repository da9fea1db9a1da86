"""The stages of making a picture, told as they begin and timed."""

import time
from collections.abc import Callable
from typing import Literal

Stage = Literal["finding_subject", "painting", "compositing", "checking", "saving"]


class StageClock:
    """Tells each stage as it begins and keeps how many milliseconds it took."""

    def __init__(self, on_stage: Callable[[Stage], None]) -> None:
        self._on_stage = on_stage
        self._took_ms: dict[str, int] = {}
        self._current: Stage | None = None
        self._since = 0.0

    def begin(self, stage: Stage) -> None:
        self.end()
        self._on_stage(stage)
        self._current, self._since = stage, time.monotonic()

    def end(self) -> dict[str, int]:
        if self._current is not None:
            self._took_ms[self._current] = round(1000 * (time.monotonic() - self._since))
            self._current = None
        return self._took_ms
