"""The child's side of `pictures`: makes pictures in a process of its own and prints the figures as one JSON line.

    python -m bench.picture_runs whole WEIGHTS_DIR MEGAPIXELS RUNS
    python -m bench.picture_runs paint RUNS

whole: {"ms": [...], "cpu_ms": [...], "stages": {stage: [ms, ...]}, "peak_mb": ...} of the whole pipeline. paint:
{family: [ms, ...]} of the painter alone, at one megapixel. One run before them is not counted.
"""

import io
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench import turns
from generations.engines import get_engine
from generations.engines.base import EditRequest
from generations.pipeline import PictureRequest, default_pipeline

EVALSET = Path(__file__).parent / "evalset"
SUBJECT = "syn_armchair_blue"
PROMPT = "a bright minimalist showroom with white walls and natural light"
PAINTED = {
    "showroom": PROMPT,
    "studio": "white studio backdrop",
    "living_room": "warm scandinavian living room with oak floor and a plant",
    "bedroom": "cozy bedroom at night",
    "tabletop": "on a marble table top in a kitchen",
    "beach": "a tropical beach at sunset",
    "garden": "a garden patio in the morning",
    "forest": "a forest clearing with dappled light",
    "plain": "pastel pink gradient",
    "softfocus": "something quiet",
}


def main() -> None:
    if sys.argv[1] == "paint":
        figures: dict[str, object] = {**paint(runs=int(sys.argv[2]))}
    else:
        figures = whole(Path(sys.argv[2]), megapixels=float(sys.argv[3]), runs=int(sys.argv[4]))
    print(json.dumps(figures))


def whole(weights_dir: Path, *, megapixels: float, runs: int) -> dict[str, object]:
    """Make one picture several times. cpu_ms and peak_mb are this process's, without the decode helper."""
    pipeline = default_pipeline(weights_dir=weights_dir, threads=2)
    request = PictureRequest(model="changebg", image=photo(megapixels), prompt=PROMPT, seed=7)
    ms: list[int] = []
    cpu_ms: list[int] = []
    stages: dict[str, list[int]] = {}
    for run in range(runs + 1):
        start, cpu_start = time.perf_counter(), time.process_time()
        picture = pipeline.make(request, on_stage=lambda _stage: None)
        if run:
            ms.append(round((time.perf_counter() - start) * 1000))
            cpu_ms.append(round((time.process_time() - cpu_start) * 1000))
            for stage, took in picture.stage_ms.items():
                stages.setdefault(stage, []).append(took)
    pipeline.close()
    return {"ms": ms, "cpu_ms": cpu_ms, "stages": stages, "peak_mb": round(turns.peak_mb())}


def photo(megapixels: float) -> bytes:
    """The subject as a 4:3 JPEG of so many megapixels; 12 are 4000 x 3000."""
    size = (round(2000 * (megapixels / 3) ** 0.5), round(1500 * (megapixels / 3) ** 0.5))
    with Image.open(EVALSET / "image" / f"{SUBJECT}.jpg") as picture:
        file = io.BytesIO()
        picture.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=92)
    return file.getvalue()


def paint(*, runs: int) -> dict[str, list[float]]:
    """Paint every family behind the subject; a prompt that got another family is a fault of this list."""
    with Image.open(io.BytesIO(photo(1))) as picture:
        rgb = np.asarray(picture)
    truth = cv2.imread(str(EVALSET / "alpha" / f"{SUBJECT}.png"), cv2.IMREAD_GRAYSCALE)
    alpha = np.asarray(cv2.resize(truth, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    engine = get_engine("embedded")
    figures: dict[str, list[float]] = {}
    for family, prompt in PAINTED.items():
        request = EditRequest(image=rgb, matte=alpha, prompt=prompt, seed=7)
        done = [engine.submit(request) for _ in range(runs + 1)]
        if (got := done[0].notes["scene"]["family"]) != family:
            raise ValueError(f"{prompt!r} is painted as {got}")
        figures[family] = [round(one.run_s * 1000) for one in done[1:]]
    return figures


if __name__ == "__main__":
    main()
