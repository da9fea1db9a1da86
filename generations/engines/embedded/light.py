"""The light of a scene: one record that paints it and throws its shadows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from generations.engines.base import Pixels
from generations.engines.embedded import grammar
from generations.engines.embedded.grammar import LIGHT_KINDS


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
    fill_kelvin: float = 6500.0
    ratio: float = 2.6
    ev: float = 0.0
    gobo: bool = False
    haze: float = 0.0
    lamps: float = 0.0
    is_behind: bool = False


# What each light, time, weather and season word sets; later words win, `ev` adds up.
_WORDS: dict[str, dict[str, Any]] = {
    "natural": {"gobo": True, "elevation_deg": 42.0},
    "sunlit": {"gobo": True, "elevation_deg": 38.0, "kelvin": 5000.0, "ratio": 3.2},
    "bright": {"ev": 0.22},
    "dark": {"ev": -0.8, "ratio": 5.0},
    "soft": {"ratio": 1.7},
    "hard": {"ratio": 4.5},
    "warm": {"kelvin": 4300.0, "fill_kelvin": 5600.0},
    "cool": {"kelvin": 7000.0, "fill_kelvin": 8600.0},
    "cozy": {"kelvin": 3600.0, "fill_kelvin": 4600.0, "ev": -0.15, "lamps": 0.6, "ratio": 2.4},
    "studio": {"kelvin": 5500.0, "fill_kelvin": 5600.0, "ratio": 2.0},
    "backlit": {"is_behind": True, "elevation_deg": 35.0},
    "left": {"side": -0.8},
    "right": {"side": 0.8},
    "neon": {"kelvin": 9000.0, "fill_kelvin": 9000.0, "ev": -1.0, "lamps": 0.5},
    "plainlight": {},
    "dawn": {"kelvin": 4300.0, "fill_kelvin": 8200.0, "elevation_deg": 12.0, "gobo": True, "haze": 0.3},
    "morning": {"kelvin": 4900.0, "elevation_deg": 28.0, "gobo": True},
    "noon": {"kelvin": 5600.0, "elevation_deg": 58.0},
    "afternoon": {"kelvin": 4800.0, "elevation_deg": 30.0, "gobo": True},
    "sunset": {"kelvin": 3300.0, "fill_kelvin": 6200.0, "elevation_deg": 16.0, "gobo": True, "ratio": 3.6, "ev": -0.15},
    "dusk": {"kelvin": 9000.0, "fill_kelvin": 9500.0, "ev": -0.4, "lamps": 0.6, "ratio": 1.7},
    "night": {"kelvin": 4000.0, "fill_kelvin": 8800.0, "ev": -0.6, "lamps": 1.0, "ratio": 2.0},
    "overcast": {"kelvin": 6500.0, "ratio": 1.3, "elevation_deg": 70.0},
    "haze": {"haze": 0.5, "ratio": 1.7},
    "summer": {"kelvin": 5200.0},
    "winter": {"kelvin": 6500.0},
    "autumn": {"kelvin": 4600.0},
    "spring": {"ev": 0.1},
}  # fmt: skip
# Words after which no window throws its shape any more.
_SUNLESS = frozenset({"dark", "dusk", "night", "overcast", "haze", "neon"})


def for_prompt(*, prompt: str | None, rgb: Pixels, alpha: Pixels) -> Light:
    """Read the light words of a prompt; where none tells the side, take the one the subject is lit from.

    rgb: HxWx3 sRGB photograph. alpha: HxW matte, 255 keeps. Without words: a clear noon.
    """
    said = [p.meaning.value for p in grammar.read(prompt).said if p.meaning.kind in LIGHT_KINDS] if prompt else []
    return from_words(words=said, side=brighter_side(rgb=rgb, alpha=alpha))


def from_words(*, words: Sequence[str], side: float) -> Light:
    """Combine the values of light words, in the order said, over a clear noon from `side`."""
    light = Light(side=side)
    for word in words:
        change = dict(_WORDS[word])
        change["ev"] = light.ev + change.get("ev", 0.0)
        light = replace(light, **change)
    if _SUNLESS & set(words):
        light = replace(light, gobo=False)
    return light


def words(prompt: str) -> dict[str, Any]:
    """Report which words of a prompt this light was read from, in the shape of a scene report without a family."""
    return {"family": None, "plate": "own", **grammar.light_report(prompt)}


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
