"""The subject over the plate or alone, by integers: what the matte keeps is the photo's own pixel, exactly."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

BAND_PX = 1 << 20


def compose(*, foreground: Pixels, matte: Pixels, plate: Pixels) -> Pixels:
    """Return (F*a + B*(255-a) + 127) // 255 per channel, HxWx3 uint8.

    foreground, plate: HxWx3; matte: HxW, 255 keeps. Where a is 255 the result is F, where it is 0 it is B. Only
    the pixels between the two are computed; 255*255 + 127 fits 16 bits.
    """
    out = plate.copy()
    cv2.copyTo(foreground, (matte == 255).astype(np.uint8), out)
    flat_f, flat_a, flat_out = foreground.reshape(-1, 3), matte.reshape(-1), out.reshape(-1, 3)
    for start in range(0, flat_a.size, BAND_PX):
        a = flat_a[start : start + BAND_PX]
        between = np.flatnonzero((a > 0) & (a < 255))
        weight = a[between].astype(np.uint16)[:, None]
        between += start
        blended = flat_f[between] * weight + flat_out[between] * (255 - weight) + 127
        flat_out[between] = blended // 255
    return out


def cut_out(*, foreground: Pixels, matte: Pixels) -> Pixels:
    """Return the subject alone, HxWx4: the foreground with the matte as alpha, black where that is 0."""
    out = cv2.merge((*cv2.split(foreground), matte))
    out[matte == 0] = 0
    return np.asarray(out, np.uint8)
