"""What a lens far out of focus makes of a place: sky, leaves, lights, hills, blocks, in linear light."""

import cv2
import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Color, Floats, light_of


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


def ridges(
    picture: Floats, rng: np.random.Generator, foot: float, *, tones: tuple[Color, Color], lit: tuple[Floats, Floats],
    air: Floats, side: float,
) -> Floats:  # fmt: skip
    """Four mountain ridges that rise above row `foot`: each nearer one lower, darker and less of the color of the air.

    tones: near and far. lit: the sun's and the sky's light, side: where the sun stands. Slopes toward it are bright.
    """
    height, width = picture.shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None]
    out = picture
    for n in range(4):
        near = n / 3
        crest = np.zeros(width, np.float32)
        for octave, cells in enumerate((2.5 + n, 7, 17, 41)):
            wave = noise.field((4, width), cells=cells, rng=rng)[1]
            # Folded noise has the sharp crests and wide valleys of mountains.
            crest += (0.9 - np.abs(wave)) * (0.55**octave) if octave else 0.8 * wave
        top = foot - (0.15 - 0.036 * n) * height * (1 + 0.34 * crest)
        mask = (np.clip((y - top[None, :]) / 2 + 0.5, 0, 1) * np.clip((foot - y) / 2 + 0.5, 0, 1))[..., None]
        down = np.clip((y - top[None, :]) / (0.25 * height), 0, 1)
        facet = noise.field((height, width), cells=14 + 5 * n, rng=rng)
        facet += 0.5 * noise.field((height, width), cells=37 + 9 * n, rng=rng)
        step = max(2, round(0.012 * width)) * (1 if side > 0 else -1)
        bright = np.clip(0.6 + 0.30 * (facet - np.roll(facet, step, axis=1)), 0.1, 1.3)[..., None]
        color = light_of(tones[1]) * (1 - near) + light_of(tones[0]) * near
        rock = color * (lit[0] * bright * 1.1 + lit[1])
        # Haze gathers in the valleys.
        veil = np.clip((0.62 * (1 - near) + 0.30 * down)[..., None], 0, 0.85)
        out = out * (1 - mask) + (rock * (1 - veil) + 0.8 * air * veil) * mask
    return np.asarray(out, np.float32)


def houses(
    picture: Floats, rng: np.random.Generator, camera: Camera, tones: tuple[Color, ...], lit: Floats, *, lamps: float
) -> Floats:
    """The fronts of a street on both sides, in perspective to its far end, with windows, lit where there are lamps."""
    out = picture.copy()
    warm = light_of((255, 206, 140))
    for n in range(8, -1, -1):
        near, far = 7.0 + 5.5 * n, 12.2 + 5.5 * n
        for side in (-1, 1):
            high, tone = float(rng.uniform(9, 19)), light_of(tones[int(rng.integers(len(tones)))])
            front = tone * lit * float(rng.uniform(0.75, 1.1)) * (1.05 if side * camera.center < 0 else 0.8)
            x = side * 8.5
            _wall(out, camera, (x, near, far), (0.0, high), front)
            for floor in range(int(high // 3)):
                for at in np.linspace(near + 0.7, far - 1.7, 3):
                    is_lit = rng.random() < 0.55 * min(lamps, 1)
                    glass = warm * float(rng.uniform(0.3, 0.8)) if is_lit else front * 0.55
                    _wall(out, camera, (x, at, at + 1.1), (1.0 + 3 * floor, 2.6 + 3 * floor), glass)
    return out


def _wall(
    out: Floats, camera: Camera, along: tuple[float, float, float], up: tuple[float, float], color: Floats
) -> None:
    x, near, far = along
    corners = np.array([[x, up[0], near], [x, up[0], far], [x, up[1], far], [x, up[1], near]], np.float32)
    cv2.fillPoly(out, [np.rint(camera.project(corners)).astype(np.int32)], [float(c) for c in color])


def glows(
    picture: Floats, points: Floats, radii_px: Floats, color: Floats, rng: np.random.Generator, *, strength: float
) -> Floats:
    """Add the light of lamps far out of focus at points (n, 2): soft discs, each in its halo."""
    height, width = picture.shape[:2]
    added = np.zeros((height, width), np.float32)
    for (cx, cy), radius in zip(points, radii_px, strict=True):
        power = strength * float(rng.uniform(0.6, 1.2))
        margin = 2.4 * radius + 2
        x0, x1 = int(np.clip(cx - margin, 0, width)), int(np.clip(cx + margin, 0, width))
        y0, y1 = int(np.clip(cy - margin, 0, height)), int(np.clip(cy + margin, 0, height))
        if x0 >= x1 or y0 >= y1:
            continue
        y, x = np.ogrid[y0:y1, x0:x1]
        distance = (np.hypot(x - cx, y - cy) / radius).astype(np.float32)
        disc = np.clip((1 - distance) / 0.30 + 0.5, 0, 1) * (1.0 - 0.25 * np.minimum(distance, 1) ** 2)
        halo = 0.20 * np.clip(1 - distance / 2.4, 0, 1) ** 2
        added[y0:y1, x0:x1] += power * (disc + halo)
    return np.asarray(picture + added[..., None] * color, np.float32)
