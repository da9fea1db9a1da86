"""What a grader hands back: measures beside their targets; the table of them, the comparison with the best so far."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

HEAD = ("what", "measured", "target", "")
SHOWN = 12
#: How far a measure may fall behind the best of this machine before that is told, by its unit: a share of the best,
#: and what does not count whatever the share is. Times on a busy machine vary by half.
ROOM: dict[str, tuple[float, float]] = {
    "points": (0.0, 3),
    "ms": (0.5, 30),
    "s": (0.5, 1),
    "KB": (0.1, 0.5),
    "": (0.0, 0),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. value: None when it could not be measured, which is a miss. notes: what to look at."""

    what: str
    value: float | None
    target: float
    unit: str = ""
    better: Literal["low", "high"] = "low"
    notes: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        """Say whether the target is reached."""
        if self.value is None:
            return False
        return self.value <= self.target if self.better == "low" else self.value >= self.target


def counted(what: str, found: Sequence[str], *, seen: int | None = None) -> Measure:
    """Return the measure of things there should be none of; nothing looked at at all is no result."""
    return Measure(
        what, None if seen == 0 else len(found), 0, notes=tuple(found) or ("nothing was looked at",) * (seen == 0)
    )


def worst(
    what: str, values: Mapping[str, float], target: float, unit: str, *, better: Literal["low", "high"] = "low"
) -> Measure:
    """Return the measure of the worst of these by name; notes name every one that misses the target."""
    if not values:
        return Measure(what, None, target, unit, better, ("nothing was looked at",))
    least_good = max(values.values()) if better == "low" else min(values.values())
    missing = [(name, value) for name, value in values.items() if not Measure(what, value, target, unit, better).is_met]
    missing.sort(key=lambda one: one[1], reverse=better == "low")
    return Measure(
        what,
        least_good,
        target,
        unit,
        better,
        tuple(f"{name}: {number(value)} {unit}".strip() for name, value in missing),
    )


def number(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def row(measure: Measure) -> tuple[str, str, str, str]:
    """Return the four cells of a measure."""
    measured = "not measured" if measure.value is None else f"{number(measure.value)} {measure.unit}".strip()
    sign = "<=" if measure.better == "low" else ">="
    target = f"{sign} {number(measure.target)} {measure.unit}".strip()
    return measure.what, measured, target, "ok" if measure.is_met else "MISSED"


def table(measures: Sequence[Measure]) -> str:
    """Return all measures as aligned text, and beneath each that is missed what to look at."""
    rows = [HEAD, *(row(one) for one in measures)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(3)]
    lines = [
        "  ".join([cells[0].ljust(widths[0]), cells[1].rjust(widths[1]), cells[2].ljust(widths[2]), cells[3]]).rstrip()
        for cells in rows
    ]
    told: list[str] = lines[:1]
    for line, one in zip(lines[1:], measures, strict=True):
        told.append(line)
        if not one.is_met:
            told += [f"    {note}" for note in one.notes[:SHOWN]]
            told += [f"    and {len(one.notes) - SHOWN} more"] if len(one.notes) > SHOWN else []
    return "\n".join(told)


def falls(now: Sequence[Measure], best: Mapping[str, float]) -> list[str]:
    """Return a line for each measure that is worse than the best so far by more than its unit's room."""
    lines = []
    for one in now:
        if one.value is None or one.what not in best:
            continue
        share, least = ROOM[one.unit]
        behind = one.value - best[one.what] if one.better == "low" else best[one.what] - one.value
        if behind > max(least, share * best[one.what]):
            lines.append(f"worse: {one.what}: {number(one.value)} {one.unit}, the best was {number(best[one.what])}")
    return lines


def better_of(now: Sequence[Measure], best: Mapping[str, float]) -> dict[str, float]:
    """Return the best so far with this run's measures taken in."""
    merged = dict(best)
    for one in now:
        if one.value is not None:
            pick = min if one.better == "low" else max
            merged[one.what] = pick(one.value, best.get(one.what, one.value))
    return merged


def as_json(measures: Sequence[Measure]) -> list[dict[str, Any]]:
    """Return the measures as they are stored."""
    return [asdict(one) | {"is_met": one.is_met} for one in measures]
