"""What ends is started again with growing pauses; what may not end ends the run, with a sentence."""

import pytest

from roomai_web.embedded.errors import CannotStart
from roomai_web.embedded.supervisor import HEALTHY, LONGEST_PAUSE, Watched


class Part:
    """A part that is up or down as the test says."""

    def __init__(self, tries: int | None) -> None:
        self.down: str | None = None
        self.starts = 0
        self.refuses = False
        self.watched = Watched("valkey", lambda: self.down, self._start, tries=tries)
        self.now = self.watched.up_since

    def _start(self) -> None:
        if self.refuses:
            raise CannotStart("no")
        self.starts += 1
        self.down = None

    def after(self, seconds: float) -> str | None:
        self.now += seconds
        return self.watched.look(self.now)


def test_a_part_that_is_up_is_left_alone() -> None:
    part = Part(tries=0)
    assert [part.after(1) for _ in range(5)] == [None] * 5
    assert part.starts == 0


def test_a_killed_part_is_started_again_after_a_short_pause(capsys: pytest.CaptureFixture[str]) -> None:
    part = Part(tries=5)
    part.down = "killed by SIGKILL"
    assert part.after(0) is None
    assert capsys.readouterr().out == "valkey ended (killed by SIGKILL); starting it again in 0.2 s.\n"
    assert part.after(0.1) is None
    assert (part.starts, part.watched.waiting) == (0, True)
    assert part.after(0.2) is None
    assert (part.starts, part.watched.waiting) == (1, False)


def test_a_part_that_never_stays_up_ends_the_run() -> None:
    part = Part(tries=2)
    reasons = []
    for _ in range(3):
        part.down = "status 1"
        reasons += [part.after(0), part.after(5)]
    assert reasons[:4] == [None] * 4
    assert reasons[4] == "valkey ended (status 1) and does not stay up; everything is stopped."


def test_a_part_that_had_come_up_has_all_its_tries_again() -> None:
    part = Part(tries=1)
    for _ in range(4):
        part.down = "status 1"
        assert part.after(HEALTHY.total_seconds() + 1) is None
        assert part.after(1) is None
    assert part.starts == 4


def test_a_part_without_a_limit_is_tried_for_ever_with_pauses_that_stay_bounded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    part = Part(tries=None)
    part.refuses = True
    part.down = "status 1"
    for _ in range(50):
        assert part.after(LONGEST_PAUSE.total_seconds()) is None
    assert capsys.readouterr().out.splitlines()[-1].endswith("starting it again in 30 s.")


def test_a_database_that_ends_is_the_end() -> None:
    part = Part(tries=0)
    part.down = "killed by SIGKILL"
    assert "everything is stopped" in (part.after(0) or "")
