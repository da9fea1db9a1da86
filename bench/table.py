"""The evaluation's figures, and what they must reach: rows of one run, bars against the peer, the stored floor."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.metrics import Quality

HEAD = ("model", "n", "IoU mean", "IoU median", "boundary F", "gradient", "band", "ms median", "RSS MB")
TOTAL = "total"
#: Against the peer in the same run: gradient error and memory at most these parts of its own, time in multiples.
FINE_GRADIENT, FINE_RSS, FINE_TIME, FAST_TIME = 0.90, 0.75, 1.5, 1.0
AIM_IOU, AIM_BOUNDARY_F = 0.05, 0.02
LOSS = 0.01
#: How far below the last accepted run a figure may be.
FLOOR_IOU, FLOOR_BOUNDARY_F, FLOOR_GRADIENT = 0.005, 0.01, 1.03


@dataclass(frozen=True, slots=True)
class Cut:
    """One picture cut out by one program. ms: the fastest of its turns. rss_mb: the program's peak until then."""

    model: str
    picture: str
    category: str
    quality: Quality
    ms: float
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; its fields follow HEAD, with the category before them."""

    category: str
    model: str
    n: int
    iou_mean: float
    iou_median: float
    boundary_f: float
    gradient: float
    band: float
    ms_median: float
    rss_mb: float


def rows(cuts: Sequence[Cut]) -> list[Row]:
    """Return a row for every model in every category, and last the totals; models in their order of appearance."""
    models = list(dict.fromkeys(cut.model for cut in cuts))
    categories = sorted({cut.category for cut in cuts})
    return [
        row(category, model, [c for c in cuts if c.model == model and category in (c.category, TOTAL)])
        for category in (*categories, TOTAL)
        for model in models
    ]


def row(category: str, model: str, cuts: Sequence[Cut]) -> Row:
    """Mean over the pictures, except where the field's name says median; the memory is the largest seen."""
    qualities = [cut.quality for cut in cuts]
    return Row(
        category=category,
        model=model,
        n=len(cuts),
        iou_mean=statistics.fmean(q.iou for q in qualities),
        iou_median=statistics.median(q.iou for q in qualities),
        boundary_f=statistics.fmean(q.boundary_f for q in qualities),
        gradient=statistics.fmean(q.gradient for q in qualities),
        band=statistics.fmean(q.band for q in qualities),
        ms_median=statistics.median(cut.ms for cut in cuts),
        rss_mb=max(cut.rss_mb for cut in cuts),
    )


def text(all_rows: Sequence[Row]) -> str:
    """Return the table as markdown, one heading per category."""
    lines: list[str] = []
    for category in dict.fromkeys(r.category for r in all_rows):
        lines += ["", f"{category}:", "", "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
        lines += ["| " + " | ".join(_cells(r)) + " |" for r in all_rows if r.category == category]
    return "\n".join(lines[1:])


def _cells(r: Row) -> tuple[str, ...]:
    quality = (f"{r.iou_mean:.3f}", f"{r.iou_median:.3f}", f"{r.boundary_f:.3f}", f"{r.gradient:.2f}", f"{r.band:.3f}")
    return (r.model, str(r.n), *quality, f"{r.ms_median:.0f}", f"{r.rss_mb:.0f}")


def times(cuts: Sequence[Cut], *, model: str, peer: str) -> float:
    """How many times the peer's time a model takes: the median over the pictures of the ratio on each.

    The two were measured one after the other on every picture, so a load that comes and goes weighs on both.
    """
    ms = {(cut.model, cut.picture): cut.ms for cut in cuts}
    return statistics.median(ms[model, picture] / ms[peer, picture] for name, picture in ms if name == peer)


def missed_bars(*, fine: Row, fast: Row, peer: Row, fine_times: float, fast_times: float) -> list[str]:
    """Return a line for each bar against the peer that is missed; all three rows are of one run, times of `times`."""
    bars = (
        ("fine: gradient error", fine.gradient, FINE_GRADIENT * peer.gradient),
        ("fine: memory, MB", fine.rss_mb, FINE_RSS * peer.rss_mb),
        ("fine: time, in the peer's", fine_times, FINE_TIME),
        ("fine: share missed by IoU", 1 - fine.iou_mean, 1 - peer.iou_mean),
        ("fine: share missed by boundary F", 1 - fine.boundary_f, 1 - peer.boundary_f),
        ("fast: time, in the peer's", fast_times, FAST_TIME),
    )
    missed = [f"{what} is {value:.3f}, at most {most:.3f} is allowed" for what, value, most in bars if value > most]
    if fast.gradient >= peer.gradient:
        missed.append(f"fast: gradient error is {fast.gradient:.3f}, less than {peer.gradient:.3f} is wanted")
    return missed


def beside(*, fine: Row, peer: Row) -> list[str]:
    """Return what is told but never failed on: the distance to the aims."""
    iou, boundary_f = fine.iou_mean - peer.iou_mean, fine.boundary_f - peer.boundary_f
    return [
        f"IoU {iou:+.3f} against the peer (aim {AIM_IOU:+.2f})",
        f"boundary F {boundary_f:+.3f} against the peer (aim {AIM_BOUNDARY_F:+.2f})",
        f"gradient error {fine.gradient / peer.gradient - 1:+.0%}, band error {fine.band / peer.band - 1:+.0%}, "
        f"memory {fine.rss_mb / peer.rss_mb - 1:+.0%}",
    ]


def losses(cuts: Sequence[Cut], *, model: str, peer: str) -> list[str]:
    """Return a line for every picture on which the peer is ahead by more than a hundredth, the worst first."""
    ours, theirs = ({cut.picture: cut.quality for cut in cuts if cut.model == name} for name in (model, peer))
    gained = [
        (q.iou - theirs[picture].iou, q.boundary_f - theirs[picture].boundary_f, picture) for picture, q in ours.items()
    ]
    lines = [
        f"  {picture}: IoU {by_iou:+.3f}, boundary F {by_f:+.3f}"
        for by_iou, by_f, picture in sorted(gained, key=lambda line: min(line[:2]))
        if min(by_iou, by_f) < -LOSS
    ]
    return [f"pictures lost to the peer: {len(lines)} of {len(ours)}", *lines]


def floor(total: Row) -> dict[str, float]:
    """Return what a later run of the same model must reach."""
    return {
        "iou_mean": round(total.iou_mean - FLOOR_IOU, 4),
        "boundary_f": round(total.boundary_f - FLOOR_BOUNDARY_F, 4),
        "gradient": round(total.gradient * FLOOR_GRADIENT, 4),
    }


def below_floor(total: Row, stored: dict[str, float]) -> list[str]:
    """Return a line for each figure that is worse than the stored floor."""
    now = asdict(total)
    worse = [name for name in ("iou_mean", "boundary_f") if now[name] < stored[name]]
    worse += ["gradient"] if now["gradient"] > stored["gradient"] else []
    return [f"{total.model}: {name} is {now[name]:.4f}, the floor is {stored[name]:.4f}" for name in worse]
