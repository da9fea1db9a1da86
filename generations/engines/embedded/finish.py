"""From linear light to the finished plate: exposure, shoulder, bloom, vignette, size, grain."""

from dataclasses import dataclass

import cv2
import numpy as np

from generations.engines.base import Pixels
from generations.engines.embedded import color, noise
from generations.engines.embedded.color import Floats

# Below this display-linear value light passes unchanged; above, it bends toward white and never clips hard.
_KNEE = 0.72


@dataclass(frozen=True, slots=True)
class Look:
    """How a family is finished. grain: shares of the measured noise. vignette: darkening in the corners, at most .2."""

    ev: float = 0.0
    bloom: float = 0.0
    vignette: float = 0.0
    grain: float = 0.0
    shoulder: bool = False


def develop(
    light: Floats, *, look: Look, size: tuple[int, int], noise_sigma: float, rng: np.random.Generator
) -> Pixels:
    """Turn a linear work picture (h, w, 3) into sRGB of `size` (width, height).

    noise_sigma: grain of the photograph, 0..1. Without grain the result is dithered by half a code value, so
    that gradients do not band; an even color stays exactly itself.
    """
    picture = light * (2.0**look.ev) if look.ev else light
    if look.bloom:
        picture = picture + look.bloom * _glow(picture)
    if look.vignette:
        picture = picture * _vignette(picture.shape[:2], look.vignette)[..., None]
    if look.shoulder:
        picture = _shoulder(picture)
    code = color.encoded(picture) * 255
    if look.grain:
        texture, amount = noise.tile("white"), 255 * noise_sigma * look.grain
    else:
        is_even = bool(np.ptp(code, axis=(0, 1)).max() < 0.5)
        texture, amount = noise.tile("dither"), 0.0 if is_even else 1.0
    return _enlarged(code, size, np.roll(texture, tuple(rng.integers(0, 512, 2).tolist()), axis=(0, 1)) * amount)


def _enlarged(code: Floats, size: tuple[int, int], texture: Floats) -> Pixels:
    """Bring code values to their size and add the texture, in bands, so that 25 megapixels stay affordable."""
    width, height = size
    # Sixteen bits keep 1/256 of a code value through the enlargement at half the memory of floats.
    fine = np.rint(code * 256).astype(np.uint16)
    if (fine.shape[1], fine.shape[0]) != size:
        fine = np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_CUBIC), np.uint16)
    out = np.empty((height, width, 3), np.uint8)
    tall = texture.shape[0]
    wide = np.tile(texture, (1, -(-width // texture.shape[1])))[:, :width, None].astype(np.float32)
    for top in range(0, height, tall):
        band = fine[top : top + tall].astype(np.float32) / 256 + wide[: height - top]
        out[top : top + tall] = np.clip(np.rint(band), 0, 255)
    return out


def measured_noise(rgb: Pixels, alpha: Pixels) -> float:
    """Estimate the grain of a photograph's subject as sigma 0..1, from the median absolute Laplacian, .2 to 1.5 %."""
    step = max(1, min(rgb.shape[:2]) // 700)
    gray = cv2.cvtColor(np.ascontiguousarray(rgb[::step, ::step]), cv2.COLOR_RGB2GRAY)
    edges = np.abs(cv2.Laplacian(gray, cv2.CV_32F))
    core = alpha[::step, ::step] > 250
    values = edges[core] if core.any() else edges
    # The kernel (0 1 0; 1 -4 1; 0 1 0) multiplies a white noise's sigma by sqrt(20); the median is .6745
    # sigma.
    sigma = float(np.median(values)) / (0.6745 * np.sqrt(20.0)) / 255
    return float(np.clip(sigma, 0.002, 0.015))


def _glow(picture: Floats) -> Floats:
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    bright = np.maximum(small - 0.8, 0)
    soft = cv2.GaussianBlur(bright, (0, 0), max(0.5, 0.03 * max(small.shape[:2])))
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _vignette(shape: tuple[int, int], strength: float) -> Floats:
    height, width = shape
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    return np.asarray(1 - min(strength, 0.2) * ((x * x + y * y) / 2) ** 1.5, np.float32)


def _shoulder(picture: Floats) -> Floats:
    over = np.maximum(picture - _KNEE, 0)
    room = 1 - _KNEE
    return np.asarray(np.minimum(picture, _KNEE) + room * (1 - np.exp(-over / room)), np.float32)
