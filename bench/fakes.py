"""The gates against the twin of an inpainting engine: every bad answer must be caught, no good one turned down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.metrics import Pixels
from generations import gating
from generations.engines import fake_inpainting
from generations.engines.base import EditRequest
from generations.images import refine, weights
from generations.images.matting import Matter

PROMPT, SEED = "a beach at noon", 3
WHOLE = (slice(None), slice(None))
#: Of each figure the one nearest to being turned down.
WORST = {
    "shift": ("g2", "shift_px", max),
    "scale": ("g2", "scale", max),
    "peak": ("g2", "peak", min),
    "unlike": ("g2", "unlike", max),
    "growth": ("g3", "share", max),
    "ssim": ("g5", "ssim", max),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One answer of the twin to one picture. figures: by gate, as a generation would keep them."""

    word: str
    picture: str
    passed: bool
    figures: dict[str, Any]

    @property
    def is_right(self) -> bool:
        return self.passed == (self.word in fake_inpainting.GOOD)

    @property
    def caught_by(self) -> str:
        return "+".join(name for name, figures in self.figures.items() if not figures["passed"])


def cases(evalset: Path, *, network: str, weights_dir: Path) -> Iterator[Case]:
    """Cut out every picture of the set, let the twin answer in every way it knows, and judge."""
    matter = Matter(weights_dir=weights_dir, network=weights.NETWORKS[network])
    engine = fake_inpainting.build()

    def cut_out(rgb: Pixels) -> Pixels:
        return refine.refine(matter.find(rgb).plane, rgb=rgb, recipe=refine.JUDGING)

    for path in sorted((evalset / "image").glob("*.jpg")):
        rgb = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
        matte = refine.refine(matter.find(rgb).plane, rgb=rgb)
        for word in (*fake_inpainting.GOOD, *fake_inpainting.BAD):
            asked = EditRequest(image=rgb, matte=matte, prompt=f"{PROMPT} {word}", seed=SEED)
            raw = engine.submit(asked).plate
            found = gating.judged(engine=engine, raw=raw, asked=asked, photo=WHOLE, cut_out=cut_out)
            yield Case(word, path.stem, not found.tries, found.figures)


def text(found: Sequence[Case]) -> str:
    """Return a line for every scenario: how many passed, which gates caught the rest, the worst of each figure."""
    lines = ["| scenario | passed | caught by | " + " | ".join(WORST) + " |", "|---" * (3 + len(WORST)) + "|"]
    for word in dict.fromkeys(case.word for case in found):
        of_word = [case for case in found if case.word == word]
        gates = sorted({case.caught_by for case in of_word} - {""})
        caught = ", ".join(f"{g} {sum(case.caught_by == g for case in of_word)}" for g in gates)
        worst = " | ".join(_worst(of_word, *WORST[name]) for name in WORST)
        passed = sum(case.passed for case in of_word)
        lines.append(f"| {word or '(faithful)'} | {passed} of {len(of_word)} | {caught or '-'} | {worst} |")
    return "\n".join(lines)


def _worst(found: Sequence[Case], gate: str, figure: str, choose: Any) -> str:
    values = [case.figures[gate][figure] for case in found if gate in case.figures]
    values = [abs(value - 1) if figure == "scale" else value for value in values if value is not None]
    return f"{choose(values):.3f}" if values else "-"


def missed(found: Sequence[Case]) -> list[str]:
    """Return a line for every bad answer that passed and every good one that did not."""
    return [
        f"{case.picture}: {case.word or '(faithful)'} "
        + ("passed every gate" if case.passed else f"was turned down by {case.caught_by}")
        for case in found
        if not case.is_right
    ]
