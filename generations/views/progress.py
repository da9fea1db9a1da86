"""What a page says of a run under way: its stage, who is before it, how long such runs take, when to ask again."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from generations import usual
from generations.models import Generation, Stage, State

# How long the browser waits before it asks again: quick while it may be ready any moment, slower as time goes by.
QUICK_MS, STEADY_MS, SLOW_MS = 700, 2000, 5000
QUICK_UNTIL_S, STEADY_UNTIL_S = 7, 30
LONG_QUEUE = 20
MINUTES_FROM_S = 90


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the stage list. state: done, now or todo."""

    label: str | Promise
    state: str


def of(generation: Generation) -> dict[str, Any]:
    """Return what `_steps.html` shows of a run under way, and `next_ms`, when it asks again."""
    ahead = _ahead(generation)
    is_painted = bool(generation.params.get("prompt")) and not generation.params.get("background")
    times = usual.times(model=generation.model, is_painted=is_painted)
    return {
        "generation": generation,
        "steps": _steps(generation),
        "ahead": ahead,
        "is_long": ahead > LONG_QUEUE,
        "usual": times,
        "wait": _wait(ahead * times.middle_s) if times else "",
        "next_ms": next_ms(generation, ahead=ahead),
        "elapsed_s": int((timezone.now() - generation.created_at).total_seconds()),
    }


def _wait(seconds: int) -> str:
    """Return how long that is, in words: seconds up to a minute and a half, then minutes."""
    if seconds < MINUTES_FROM_S:
        return gettext("%(n)d s") % {"n": seconds}
    return gettext("%(n)d min") % {"n": round(seconds / 60)}


def _steps(generation: Generation) -> list[Step]:
    """Return the stages as the row tells them: nothing is guessed from the time gone by."""
    order = list(Stage)
    now = order.index(Stage(generation.stage)) if generation.stage else -1
    return [
        Step(one.label, "done" if place < now else "now" if place == now else "todo") for place, one in enumerate(order)
    ]


def _ahead(generation: Generation) -> int:
    """Return how many waiting runs are older than this one; 0 once it runs."""
    if generation.state != State.QUEUED:
        return 0
    return Generation.objects.filter(state=State.QUEUED, queue=generation.queue, id__lt=generation.id).count()


def next_ms(generation: Generation, *, ahead: int = 0) -> int:
    """Return how long the browser waits before it asks again. ahead: runs that come first."""
    age_s = (timezone.now() - generation.created_at).total_seconds()
    if ahead > LONG_QUEUE or age_s > STEADY_UNTIL_S:
        return SLOW_MS
    return QUICK_MS if age_s < QUICK_UNTIL_S else STEADY_MS
