"""Write one picture of subjects x prompts for people to look at.

    python bench/contact_sheet.py EVALSET OUT.png [--only NAME,NAME] [--seed 7] [--cell 400] [--prompt "WORDS" ...]

EVALSET holds `image/NAME.jpg` and `alpha/NAME.png`. Each cell is the finished picture: painted plate, shadow,
composite. The milliseconds of each plate and the words it did not understand are printed.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from generations.engines import get_engine
from generations.engines.base import EditRequest, Pixels
from generations.engines.embedded import light, shadow

PROMPTS = (
    "a bright minimalist showroom with white walls and natural light",
    "a sunlit modern living room",
    "a tropical beach at sunset",
    "white studio backdrop",
    "warm scandinavian living room with oak floor and a plant",
    "industrial loft showroom with concrete floor, evening light",
    "pastel pink gradient",
    "cozy bedroom at night",
)


def main() -> int:
    options = _options()
    engine = get_engine("embedded")
    names = sorted(path.stem for path in (options.evalset / "image").glob("*.jpg"))
    if options.only:
        names = [name for name in names if name in options.only.split(",")]
    rows = []
    for name in names:
        rgb, alpha = _read(options.evalset, name)
        cells = [_thumbnail(rgb, options.cell)]
        for prompt in options.prompt or PROMPTS:
            done = engine.submit(EditRequest(image=rgb, matte=alpha, prompt=prompt, seed=options.seed))
            missed = done.notes["scene"]["not_understood"]
            print(f"{name:28} {done.run_s * 1000:5.0f} ms  {prompt}" + (f"  (not: {missed})" if missed else ""))
            cells.append(_thumbnail(_finished(rgb, alpha, done.plate, prompt), options.cell))
        rows.append(np.hstack(cells))
    cv2.imwrite(str(options.out), np.vstack(rows)[:, :, ::-1])
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write a sheet of subjects x prompts.")
    parser.add_argument("evalset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--prompt", action="append", default=[], help="instead of the usual ones; repeatable")
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cell", type=int, default=400)
    return parser.parse_args()


def _read(evalset: Path, name: str) -> tuple[Pixels, Pixels]:
    rgb = cv2.imread(str(evalset / "image" / f"{name}.jpg"), cv2.IMREAD_COLOR_RGB)
    alpha = cv2.imread(str(evalset / "alpha" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    return np.ascontiguousarray(rgb, np.uint8), np.ascontiguousarray(alpha, np.uint8)


def _finished(rgb: Pixels, alpha: Pixels, plate: Pixels, prompt: str) -> Pixels:
    """Shadow and composite in 8-bit code values, as the pipeline does it."""
    lit = light.for_prompt(prompt=prompt, rgb=rgb, alpha=alpha)
    shaded = shadow.draw(plate=plate, alpha=alpha, light=lit, shadow="contact").astype(np.uint32)
    a = alpha[..., None].astype(np.uint32)
    return ((rgb * a + shaded * (255 - a) + 127) // 255).astype(np.uint8)


def _thumbnail(picture: Pixels, cell: int) -> Pixels:
    height, width = picture.shape[:2]
    scale = min(cell / width, 0.84 * cell / height)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    sheet = np.full((round(0.84 * cell), cell, 3), 128, np.uint8)
    sheet[: small.shape[0], : small.shape[1]] = small
    return sheet


if __name__ == "__main__":
    sys.exit(main())
