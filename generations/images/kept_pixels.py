"""The evidence for the kept pixels: digests anybody can take again from the input, the matte and the result."""

import hashlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

BAND_ROWS = 256


def evidence(*, photo: Pixels, matte: Pixels, out: Pixels, out_matte: Pixels) -> dict[str, Any]:
    """Take both digests before encoding, JSON-able: of the photo in its own geometry, of `out` in the frame's.

    A frame moves whole pixels and shows all of the subject, so both list the same pixels in the same order.
    equal: None where no pixel is kept in full.
    """
    kept = int(np.count_nonzero(matte == 255))
    before, after = digest(photo, matte=matte), digest(out, matte=out_matte)
    return {
        "kept_pixels": kept,
        "input_sha256": before,
        "result_sha256": after,
        "equal": before == after if kept else None,
    }


def digest(pixels: Pixels, *, matte: Pixels) -> str:
    """Return SHA-256 in hex over R, G, B of every pixel whose matte is 255, row by row.

    pixels: HxWx3, or HxWx4 whose alpha does not count. matte: HxW.
    """
    sha = hashlib.sha256()
    for top in range(0, matte.shape[0], BAND_ROWS):
        band = np.s_[top : top + BAND_ROWS]
        sha.update(pixels[band][matte[band] == 255][:, :3].tobytes())
    return sha.hexdigest()


def of_file(*, read_back: Pixels, out: Pixels, matte: Pixels) -> dict[str, Any]:
    """Say what encoding did, JSON-able: `lossless` when the file decodes to exactly the finished pixels, and in
    `encoding` how far the kept ones are from them: largest and mean difference of a channel, 0..255; None where no
    pixel is kept in full.

    read_back, out: the same HxWx3 or HxWx4. matte: HxW.
    """
    core = np.asarray(matte == 255)
    histogram = np.zeros(256, np.int64)
    for one, other in zip(cv2.split(read_back)[:3], cv2.split(out)[:3], strict=True):
        histogram += np.bincount(cv2.absdiff(one, other)[core], minlength=256)
    total = int(histogram.sum())
    encoding = {
        "max_difference": int(np.flatnonzero(histogram)[-1]) if total else None,
        "mean_difference": round(float(histogram @ np.arange(256)) / total, 3) if total else None,
    }
    return {"lossless": np.array_equal(read_back, out), "encoding": encoding}
