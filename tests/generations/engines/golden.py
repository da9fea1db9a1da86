"""The thumbnails every family is held to, by day and by night.

    python -m tests.generations.engines.golden

writes them anew into golden.png: a row a family in the order below, day left and night right. Do so only together with
a raised `scene.REVISION`, and look at what became different.
"""

from pathlib import Path

import cv2
import numpy as np

from generations.engines import get_engine
from generations.engines.base import Pixels
from tests.generations.engines.pictures import request

FILE = Path(__file__).with_name("golden.png")
SIDE = 24
PROMPTS = {
    "beach": ("a beach at noon", "a beach at night"),
    "bedroom": ("a bright bedroom", "a bedroom at night"),
    "forest": ("a forest at noon", "a forest at night"),
    "garden": ("a garden at noon", "a garden at night"),
    "living_room": ("a sunlit living room", "a living room at night"),
    "plain": ("plain sage background", "gradient from black to navy"),
    "showroom": ("a showroom with natural light", "a showroom at night"),
    "softfocus": ("a mountain at noon", "a city street at night"),
    "studio": ("a studio backdrop", "a dark studio backdrop"),
    "tabletop": ("an oak table by a window", "a marble table at night"),
}


def thumbnail(prompt: str) -> Pixels:
    plate = get_engine("embedded").submit(request(prompt, seed=3)).plate
    return np.asarray(cv2.resize(plate, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def kept(family: str, column: int) -> Pixels:
    sheet = cv2.imread(str(FILE), cv2.IMREAD_COLOR_RGB)
    assert sheet is not None
    row = list(PROMPTS).index(family)
    return np.asarray(sheet[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE], np.uint8)


if __name__ == "__main__":
    rows = [np.hstack([thumbnail(prompt) for prompt in pair]) for pair in PROMPTS.values()]
    cv2.imwrite(str(FILE), np.vstack(rows)[..., ::-1])
