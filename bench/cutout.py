"""Our side of the comparison: python -m bench.cutout WEIGHTS_DIR NETWORK raw|fine|fast (see `turns`)."""

import sys
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench import turns
from generations.images import refine, weights
from generations.images.matting import Matter, Pixels


def main() -> None:
    folder, network, recipe = sys.argv[1:]
    matter = Matter(weights_dir=Path(folder), network=weights.NETWORKS[network], keeps_planes=recipe == "fast")

    def cut_out(image: Path, matte: Path) -> float:
        with Image.open(image) as picture:
            rgb = np.asarray(picture.convert("RGB"))
        start = time.perf_counter()
        plane = matter.find(rgb).plane
        if recipe == "raw":
            found = enlarged(plane, rgb)
        else:
            found = refine.refine(plane, rgb=rgb, recipe=refine.RECIPES[recipe])
            refine.decontaminate(rgb, found, recipe=refine.RECIPES[recipe])
        took_ms = (time.perf_counter() - start) * 1000
        Image.fromarray(found).save(matte)
        return took_ms

    turns.serve(cut_out)


def enlarged(plane: np.ndarray, rgb: Pixels) -> Pixels:
    """The network's answer as it is, at the picture's size."""
    full = cv2.resize(plane, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full * 255 + 0.5, 0, 255), np.uint8)


if __name__ == "__main__":
    main()
