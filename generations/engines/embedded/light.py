"""The light of a scene: one record that paints it and throws its shadows."""

from dataclasses import dataclass

import cv2
import numpy as np

from generations.engines.base import Pixels


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from and what it is like.

    side: -1 from the left .. 1 from the right. elevation_deg: height of the key above the floor.
    kelvin, fill_kelvin: color temperature of key and fill. ratio: key to fill, 1 is shadowless.
    ev: exposure. gobo: a window throws its shape. haze: 0..1. lamps: 0..1, lamps lit in the room.
    is_behind: the key stands behind the subject, so shadows fall toward the camera.
    """

    side: float = -0.7
    elevation_deg: float = 50.0
    kelvin: float = 5600.0
    fill_kelvin: float = 7200.0
    ratio: float = 2.6
    ev: float = 0.0
    gobo: bool = False
    haze: float = 0.0
    lamps: float = 0.0
    is_behind: bool = False


def for_prompt(*, prompt: str | None, rgb: Pixels, alpha: Pixels) -> Light:
    """Read the light words of a prompt; where none tells the side, take the one the subject is lit from.

    rgb: HxWx3 sRGB photograph. alpha: HxW matte, 255 keeps. Without words: a clear noon.
    """
    return Light(side=brighter_side(rgb=rgb, alpha=alpha))


def brighter_side(*, rgb: Pixels, alpha: Pixels) -> float:
    """Tell which side of the subject is brighter: about -0.8 left .. 0.8 right; left when in doubt."""
    step = max(1, round(max(alpha.shape) / 256))
    gray = cv2.cvtColor(np.ascontiguousarray(rgb[::step, ::step]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    core = alpha[::step, ::step] > 250
    columns = np.flatnonzero(core.any(axis=0))
    if columns.size < 2:
        return -0.7
    middle = (int(columns[0]) + int(columns[-1]) + 1) // 2
    left, right = core.copy(), core.copy()
    left[:, middle:] = False
    right[:, :middle] = False
    if not left.any() or not right.any():
        return -0.7
    lean = float(gray[right].mean() - gray[left].mean())
    return 0.7 if lean > 2.0 else -0.7
