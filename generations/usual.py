"""How long runs like this one usually take, measured on those that ended well."""

import math
from dataclasses import dataclass

from generations.models import Generation, State

LOOKED_AT, LEAST = 200, 20
NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Times:
    """Whole seconds: half of the runs took at most `middle_s`, nine of ten at most `most_s`."""

    middle_s: int
    most_s: int


def times(*, model: str, is_painted: bool) -> Times | None:
    """Return how long the last 200 successes of a model and engine took; None below 20, which say too little.

    is_painted: an engine makes the background; which one, the newest such success says.
    """
    made = Generation.objects.filter(model=model, state=State.SUCCEEDED, result__processing_time_ms__gt=0)
    made = made.exclude(result__engine=NOBODY) if is_painted else made.filter(result__engine=NOBODY)
    newest = made.order_by("-finished_at").values_list("result__engine", "result__processing_time_ms")
    found = list(newest[:LOOKED_AT])
    took_ms = sorted(ms for engine, ms in found if engine == found[0][0])
    if len(took_ms) < LEAST:
        return None
    middle_ms, most_ms = (took_ms[math.ceil(share * len(took_ms)) - 1] for share in (0.5, 0.9))
    return Times(middle_s=max(1, middle_ms // 1000), most_s=max(1, math.ceil(most_ms / 1000)))
