"""Write one picture of every family by day, at golden hour and by night, with four subjects, for people to look at.

    python -m bench.scene_sheet EVALSET OUT.jpg [--family NAME ...] [--subject NAME ...] [--cell 200] [--seed 7]

A row a family, day, golden hour and night side by side. The subjects are a sofa, a chair and a lamp of the
evaluation set and a small product of our own (`bench.bottle`). JPEG by the suffix, at the best quality below 350 kB.
"""

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from bench import bottle
from bench.contact_sheet import _finished, _read
from generations.engines import get_engine
from generations.engines.base import EditRequest, Pixels

SUBJECTS = ("syn_sofa_beige", "syn_armchair_blue", "syn_floor_lamp", "bottle")
PROMPTS = {
    "showroom": ("a bright showroom with natural light", "a showroom at golden hour", "a showroom at night"),
    "studio": ("a white studio backdrop", "a beige studio backdrop, warm light", "a dark studio backdrop"),
    "living_room": ("a sunlit living room", "a living room at golden hour", "a living room at night"),
    "bedroom": ("a bright bedroom", "a bedroom at golden hour", "a cozy bedroom at night"),
    "tabletop": ("an oak table by a window", "a wooden table at golden hour", "a marble table at night"),
    "beach": ("a beach at noon", "a tropical beach at sunset", "a beach at night"),
    "garden": ("a garden in summer", "a garden at golden hour", "a garden at night"),
    "forest": ("a sunlit forest", "a forest at golden hour", "a forest at night"),
    "plain": ("plain sage background", "gradient from cream to terracotta", "gradient from black to navy"),
    "softfocus": ("soft focus, cream", "a mountain at sunset", "a city street at night"),
}
_MOST_BYTES = 350_000


def main() -> int:
    options = _options()
    rows = []
    for family in options.family or PROMPTS:
        cells = []
        for prompt in PROMPTS[family]:
            for name in options.subject or SUBJECTS:
                cells.append(_cell(options, name, prompt))
        rows.append(np.hstack(cells))
        print(family, flush=True)
    _write(options.out, np.vstack(rows))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Write a sheet of families x hours x subjects.")
    parser.add_argument("evalset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--family", action="append", choices=PROMPTS, help="instead of all; repeatable")
    parser.add_argument("--subject", action="append", help="a name of the set or `bottle`; repeatable")
    parser.add_argument("--cell", type=int, default=200, help="width of a picture in pixels")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def _cell(options: argparse.Namespace, name: str, prompt: str) -> Pixels:
    rgb, alpha = bottle.photograph() if name == "bottle" else _read(options.evalset, name)
    if name == "bottle":
        prompt = f"{prompt}, bottle"
    request = EditRequest(image=rgb, matte=alpha, prompt=prompt, seed=options.seed)
    done = get_engine("embedded").submit(request)
    picture = _finished(rgb, alpha, done.plate, prompt)
    size = (options.cell, round(0.8 * options.cell))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _write(out: Path, sheet: Pixels) -> None:
    pixels = np.ascontiguousarray(sheet[:, :, ::-1])
    if out.suffix != ".jpg":
        cv2.imwrite(str(out), pixels)
        return
    for quality in range(90, 30, -2):
        data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= _MOST_BYTES:
            break
    out.write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
