"""Color arithmetic of the painter: sRGB, linear light, OKLCH and color temperature."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generations.images import oklab

# float32 by habit, so that pictures stay small; types do not insist where numpy widens a scalar on the way.
Floats = NDArray[np.floating[Any]]
# An sRGB color as three code values 0..255.
Color = tuple[int, int, int]

_FROM_LMS, _FROM_LAB = np.linalg.inv(oklab.TO_LMS), np.linalg.inv(oklab.TO_LAB)


def linear(code: Floats) -> Floats:
    """Turn sRGB 0..1 into linear light 0..1 (IEC 61966-2-1)."""
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


def encoded(light: Floats) -> Floats:
    """Turn linear light into sRGB 0..1; values outside are clipped."""
    clipped = np.clip(light, 0, 1)
    return np.where(clipped <= 0.0031308, clipped * 12.92, 1.055 * clipped ** (1 / 2.4) - 0.055).astype(np.float32)


def from_hex(code: str) -> Color:
    """Read `#rgb` or `#rrggbb`."""
    digits = code.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def light_of(color: Color) -> Floats:
    """Turn a color into linear light, shape (3,)."""
    return linear((np.array(color) / 255).astype(np.float32))


def to_oklab(light: Floats) -> Floats:
    """Turn linear light (..., 3) into OKLab."""
    return np.asarray(np.cbrt(light @ oklab.TO_LMS.T) @ oklab.TO_LAB.T, np.float32)


def from_oklab(lab: Floats) -> Floats:
    """Turn OKLab (..., 3) into linear light."""
    return np.asarray(((lab @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T, np.float32)


def shifted(color: Color, *, lightness: float = 0.0, chroma: float = 1.0) -> Color:
    """Move a color in OKLCH: lightness is added, chroma multiplied; the hue stays."""
    lab = to_oklab(light_of(color))
    lab[0] = np.clip(lab[0] + lightness, 0.02, 1.0)
    lab[1:] *= chroma
    red, green, blue = np.rint(encoded(from_oklab(lab)) * 255).astype(int).tolist()
    return red, green, blue


def lightness(color: Color) -> float:
    """Tell how light a color looks, 0..1 (the L of OKLab)."""
    return float(to_oklab(light_of(color))[0])


def of_kelvin(kelvin: float, *, white: float = 5600.0, adapted: float = 0.45) -> Floats:
    """Linear color of a light of that temperature, brightest channel about 1, as a camera set to `white` sees
    it.

    adapted: the share of the cast that a camera's white balance takes away. The curve is a fit to the black
    body.
    """
    cast = _black_body(kelvin) / _black_body(white)
    cast = cast ** (1 - adapted)
    return np.asarray(cast / float(cast @ np.array([0.2126, 0.7152, 0.0722])), np.float32)


def _black_body(kelvin: float) -> NDArray[np.float64]:
    """Approximate the linear sRGB color of a black body, 1500..15000 K, green about 1 (own fit to Planck's law)."""
    wavelengths_m = np.array([610e-9, 549e-9, 468e-9])
    energy = wavelengths_m**-5 / np.expm1(1.4388e-2 / (wavelengths_m * float(np.clip(kelvin, 1500, 15000))))
    return np.asarray(energy / energy[1])
