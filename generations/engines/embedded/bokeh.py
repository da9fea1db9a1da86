"""What a lens far out of focus makes of a place: sky, leaves, lights, hills, blocks, in linear light."""

import cv2
import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.color import Color, Floats, light_of
from generations.engines.embedded.light import Light


def ramp(shape: tuple[int, int], top: Color, bottom: Color, horizon: float) -> Floats:
    """A sky: from the top color down to the one at the horizon, which it keeps below."""
    height, width = shape
    t = np.clip(np.arange(height, dtype=np.float32) / max(horizon, 1.0), 0, 1)[:, None] ** 1.3
    rows = light_of(top) * (1 - t) + light_of(bottom) * t
    return np.repeat(rows[:, None, :], width, axis=1).astype(np.float32)


def discs(
    picture: Floats, rng: np.random.Generator, *, colors: tuple[Color, ...], count: int, radius_px:
    tuple[float, float], rows: tuple[float, float], strength: tuple[float, float], hard: float,
) -> Floats:  # fmt: skip
    """Lay soft discs over a picture, as points of light become; hard: 0 melted .. 1 with an edge."""
    height, width = picture.shape[:2]
    out = picture.copy()
    for _ in range(count):
        radius = float(rng.uniform(*radius_px))
        cx, cy = float(rng.uniform(-radius, width + radius)), float(rng.uniform(*rows))
        color = light_of(colors[int(rng.integers(len(colors)))]) * float(rng.uniform(0.75, 1.3))
        alpha = float(rng.uniform(*strength))
        x0, x1 = int(max(0, cx - radius - 1)), int(min(width, cx + radius + 2))
        y0, y1 = int(max(0, cy - radius - 1)), int(min(height, cy + radius + 2))
        if x0 >= x1 or y0 >= y1:
            continue
        y, x = np.ogrid[y0:y1, x0:x1]
        distance = np.sqrt((x - cx) ** 2 + (y - cy) ** 2).astype(np.float32) / radius
        edge = 0.08 + 0.9 * (1 - hard)
        mask = np.clip((1 - distance) / edge, 0, 1)[..., None] * alpha
        out[y0:y1, x0:x1] = out[y0:y1, x0:x1] * (1 - mask) + color * mask
    return out


def foliage(shape: tuple[int, int], rng: np.random.Generator, greens: tuple[Color, ...], sky: Color) -> Floats:
    """A wall of leaves: masses of shade, leaf-sized blurs, and gaps of sky that open upward."""
    height, unit = shape[0], max(shape)
    mass = noise.field(shape, cells=5, rng=rng)[..., None]
    dark, bright = light_of(greens[0]), light_of(greens[-1])
    t = np.clip(0.45 + 0.28 * mass, 0, 1)
    picture = np.asarray(dark * (1 - t) + bright * t, np.float32)
    for size, count, strength in ((0.075, 70, 0.4), (0.045, 130, 0.45), (0.022, 160, 0.4)):
        picture = discs(
            picture, rng, colors=greens, count=count, radius_px=(size * unit * 0.5, size * unit),
            rows=(0, height), strength=(0.15, strength), hard=0.25,
        )  # fmt: skip
    return discs(
        picture, rng, colors=(sky,), count=46, radius_px=(0.008 * unit, 0.028 * unit),
        rows=(-0.1 * height, 0.5 * height),
        strength=(0.15, 0.6), hard=0.55,
    )  # fmt: skip


def lights(
    picture: Floats, rng: np.random.Generator, colors: tuple[Color, ...], *, rows: tuple[float, float]
) -> Floats:
    """Lamps far away, each a disc with a faint edge."""
    unit = max(picture.shape[:2])
    return discs(
        picture, rng, colors=colors, count=34, radius_px=(0.012 * unit, 0.034 * unit), rows=rows,
        strength=(0.15, 0.65), hard=0.85,
    )  # fmt: skip


def hills(picture: Floats, rng: np.random.Generator, horizon: float, near: Color, far: Color) -> Floats:
    """Three ridges, each nearer one darker and less blue."""
    height, width = picture.shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None]
    out = picture
    for n in range(3):
        wave = noise.field((4, width), cells=3 + 2 * n, rng=rng)[1]
        crest = horizon - (0.17 - 0.06 * n) * height * (1 + 0.45 * wave)
        mask = np.clip((y - crest[None, :]) / (0.012 * height) + 0.5, 0, 1)[..., None]
        t = n / 2
        out = out * (1 - mask) + (light_of(far) * (1 - t) + light_of(near) * t) * mask
    return np.asarray(out, np.float32)


def blocks(picture: Floats, rng: np.random.Generator, horizon: float, tones: tuple[Color, ...]) -> Floats:
    """Upright masses standing on the horizon: houses in a street, furniture in a room."""
    height, width = picture.shape[:2]
    out = picture.copy()
    x = -0.05 * width
    while x < width:
        wide = float(rng.uniform(0.06, 0.2)) * width
        top = horizon - float(rng.uniform(0.12, 0.75)) * height
        tone = light_of(tones[int(rng.integers(len(tones)))]) * float(rng.uniform(0.8, 1.15))
        cv2.rectangle(out, (int(x), int(top)), (int(x + wide), int(horizon) + 2), [float(c) for c in tone], -1)
        x += wide * float(rng.uniform(0.8, 1.6))
    return out


def sun(picture: Floats, light: Light, horizon: float, color: Color) -> Floats:
    """The glow of a low sun beside the subject, wide and veiling, brightest at the horizon."""
    height, width = picture.shape[:2]
    unit = max(height, width)
    cx, cy = width * (0.5 + 0.36 * np.sign(light.side)), horizon - 0.05 * height
    y, x = np.ogrid[0:height, 0:width]
    distance = np.sqrt(((x - cx) / unit) ** 2 + ((y - cy) / unit * 1.2) ** 2).astype(np.float32)
    glow = 0.55 * np.exp(-distance / 0.18) + 0.9 * np.exp(-((distance / 0.05) ** 2))
    return np.asarray(picture + glow[..., None] * light_of(color), np.float32)
