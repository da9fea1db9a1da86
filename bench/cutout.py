"""Our side of the comparison, a program of `turns`:

python -m bench.cutout WEIGHTS_DIR NETWORK raw|fine|fast [--networks DIR] [--runtime openvino]
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench import turns
from generations.images import matting, refine
from generations.images.matting import Pixels
from generations.images.networks import Choice


def main() -> None:
    options = _options()
    recipe = options.recipe
    # One runtime unless told otherwise: figures of two are not to be compared.
    choice = Choice(options.network, networks_dir=options.networks, recipe=recipe, runtime=options.runtime)
    matter = matting.installed(weights_dir=options.weights_dir, choice=choice)

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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("weights_dir", type=Path)
    parser.add_argument("network")
    parser.add_argument("recipe", choices=["raw", *refine.RECIPES])
    parser.add_argument("--networks", type=Path)
    parser.add_argument("--runtime", default="onnxruntime")
    return parser.parse_args()


def enlarged(plane: np.ndarray, rgb: Pixels) -> Pixels:
    """The network's answer as it is, at the picture's size."""
    full = cv2.resize(plane, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(full * 255 + 0.5, 0, 255), np.uint8)


if __name__ == "__main__":
    main()
