"""The painter on paper: every family at three times of day with three subjects, and the milliseconds each takes.

Each cell is a finished picture: plate, shadow, composite, as the pipeline makes it. Painted at one megapixel.
"""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.metrics import Pixels
from generations import gating
from generations.engines import get_engine
from generations.engines.base import EditRequest
from generations.engines.embedded import families, light, shadow
from generations.images import refine
from generations.parts import CutOut, Plate

TIMES = ("by day", "at golden hour", "at night")
SUBJECTS = ("syn_armchair_blue", "syn_floor_lamp", "animal05")
#: Where a family's own name is not how people ask for it.
WORDS = {"softfocus": "soft background"}
SEED, TURNS = 7, 2
PIXELS = 1_000_000
MOST_MS = 600.0
CELL_PX, GAP_PX, HEAD_PX = 240, 6, 26
JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Cell:
    """One finished picture. ms: the faster of the plate's turns. seen: the family the words led to."""

    family: str
    time: str
    subject: str
    seen: str
    ms: float
    seam: bool
    picture: Pixels


def cells(evalset: Path, *, turns: int = TURNS) -> list[Cell]:
    """Paint everything, subject by subject."""
    names = [name for name in SUBJECTS if (evalset / "image" / f"{name}.jpg").exists()]
    names = names or sorted(path.stem for path in (evalset / "image").glob("*.jpg"))[:3]
    made = []
    for name in names:
        cut = subject(evalset, name)
        made += [cell(cut, name, family, time, turns) for time in TIMES for family in families.every()]
    return made


def subject(evalset: Path, name: str) -> CutOut:
    """The picture with its true matte, both of one megapixel."""
    rgb = cv2.imread(str(evalset / "image" / f"{name}.jpg"), cv2.IMREAD_COLOR_RGB)
    alpha = cv2.imread(str(evalset / "alpha" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    if rgb is None or alpha is None:
        raise ValueError(f"{evalset} has no whole {name}")
    scale = (PIXELS / alpha.size) ** 0.5
    size = (round(alpha.shape[1] * scale), round(alpha.shape[0] * scale))
    rgb, matte = (np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA), np.uint8) for p in (rgb, alpha))
    return CutOut(rgb, matte, refine.decontaminate(rgb, matte), {})


def cell(cut: CutOut, name: str, family: str, time: str, turns: int) -> Cell:
    """Paint one plate as often as told, and finish the picture."""
    engine, prompt = get_engine("embedded"), f"{WORDS.get(family, family.replace('_', ' '))} {time}"
    asked = EditRequest(image=cut.source, matte=cut.matte, prompt=prompt, seed=SEED)
    done = [engine.submit(asked) for _ in range(turns)]
    falls = light.for_prompt(prompt=prompt, rgb=cut.source, alpha=cut.matte)
    picture, gates = gating.composed(
        cut=cut,
        plate=Plate(done[0].plate, engine.caps.name, "painted", None),
        dress=lambda pixels: shadow.draw(plate=pixels, alpha=cut.matte, light=falls, shadow="contact"),
    )
    seen = str(done[0].notes["scene"]["family"])
    return Cell(family, time, name, seen, 1000 * min(d.run_s for d in done), "flags" in gates, thumbnail(picture))


def thumbnail(picture: Pixels) -> Pixels:
    scale = CELL_PX / max(picture.shape[:2])
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def times(made: Sequence[Cell]) -> dict[str, tuple[float, float]]:
    """Return the median and the largest milliseconds of every family."""
    ms = defaultdict(list)
    for one in made:
        ms[one.family].append(one.ms)
    return {family: (statistics.median(values), max(values)) for family, values in ms.items()}


def text(made: Sequence[Cell]) -> str:
    """Return the table of times as markdown, and how many seams were noted."""
    lines = ["| family | ms median | ms most |", "|---|---|---|"]
    lines += [f"| {family} | {median:.0f} | {most:.0f} |" for family, (median, most) in times(made).items()]
    flagged = [f"{one.subject} in {one.family} {one.time}" for one in made if one.seam]
    return "\n".join([*lines, "", f"seams noted: {len(flagged)} of {len(made)}", *flagged])


def missed(made: Sequence[Cell]) -> list[str]:
    """Return a line for every family that is too slow or that its own words do not reach."""
    slow = [
        f"{family}: paints a megapixel in {median:.0f} ms, at most {MOST_MS:.0f} are allowed"
        for family, (median, _) in times(made).items()
        if median > MOST_MS
    ]
    strays = {(one.family, one.seen) for one in made if one.seen != one.family}
    return slow + [f"{family}: its own words lead to {seen}" for family, seen in sorted(strays)]


def write(made: Sequence[Cell], out: Path) -> None:
    """Write the sheet: a column for every family, a row for every subject and time."""
    columns = list(dict.fromkeys(one.family for one in made))
    rows = list(dict.fromkeys((one.subject, one.time) for one in made))
    high = {row: max(c.picture.shape[0] for c in made if (c.subject, c.time) == row) + GAP_PX for row in rows}
    sheet = np.full((HEAD_PX + sum(high.values()), len(columns) * (CELL_PX + GAP_PX), 3), 244, np.uint8)
    for number, family in enumerate(columns):
        at = (number * (CELL_PX + GAP_PX) + 4, HEAD_PX - 8)
        cv2.putText(sheet, family, at, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (40, 40, 40), 1, cv2.LINE_AA)
    top = HEAD_PX
    for row in rows:
        for one in (c for c in made if (c.subject, c.time) == row):
            left, (height, width) = columns.index(one.family) * (CELL_PX + GAP_PX), one.picture.shape[:2]
            sheet[top : top + height, left : left + width] = one.picture
        top += high[row]
    out.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(out), sheet[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]):
        raise OSError(f"{out} could not be written")
