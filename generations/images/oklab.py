"""OKLab, in which equal distances look equally far: how gates tell one color from another."""

import functools

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

# Björn Ottosson, "A perceptual color space for image processing" (2020), the published matrices.
TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929],
     [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468],
     [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip


def of_srgb(pixels: Pixels) -> Plane:
    """Turn sRGB code values (..., 3) into OKLab: lightness 0..1, two axes of color around 0."""
    lms = _linear()[pixels] @ TO_LMS.T.astype(np.float32)
    return np.asarray(np.cbrt(lms) @ TO_LAB.T.astype(np.float32), np.float32)


def distance(one: Plane, other: Plane) -> Plane:
    """Euclidean distance of OKLab colors (..., 3)."""
    return np.asarray(np.sqrt(((one - other) ** 2).sum(axis=-1)), np.float32)


@functools.cache
def _linear() -> Plane:
    """Linear light of every code value (IEC 61966-2-1)."""
    code = np.arange(256) / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)
