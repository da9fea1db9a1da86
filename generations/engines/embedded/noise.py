"""Noise that repeats without a seam, made once per process and looked up everywhere."""

import functools
from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from generations.engines.embedded.color import Floats

_TILE_PX = 512
Kind = Literal["clouds", "grain", "fibers", "veins", "leaves", "white", "dither", "chips", "blades"]


@functools.cache
def tile(kind: Kind) -> Floats:
    """A 512x512 tile, about zero mean and unit spread: always the same one, so seeds move it and never change
    it.

    clouds: five octaves. grain: wood, long along the rows. fibers: short cross-hatched threads.
    veins: thin ridges in wide wisps, 0..1. leaves: 1 in the open, less behind clusters of leaves. white: uncorrelated.
    blades: grass seen from the side, dark between the blades.
    dither: even between -.5 and .5. chips: splinters of stone, their tone -1..1, 0 between them.
    """
    makers: dict[Kind, Callable[[], Floats]] = {
        "clouds": lambda: _unit(_octaves(11, (4, 8, 16, 32, 64), 0.55)),
        "grain": _grain,
        "fibers": _fibers,
        "veins": _veins,
        "leaves": _leaves,
        "white": lambda: _unit(_white(17, _TILE_PX)),
        "chips": _chips,
        "blades": _blades,
        "dither": lambda: np.random.Generator(np.random.PCG64(18)).random((_TILE_PX, _TILE_PX), np.float32) - 0.5,
    }
    made: Floats = makers[kind]()
    made.setflags(write=False)
    return made


def sample(kind: Kind, u: Floats, v: Floats) -> Floats:
    """Look a tile up at (u, v), in tiles: whole numbers fall on the same point."""
    shape = np.broadcast_shapes(u.shape, v.shape)
    x = np.ascontiguousarray(np.broadcast_to((u % 1.0) * _TILE_PX, shape), np.float32)
    y = np.ascontiguousarray(np.broadcast_to((v % 1.0) * _TILE_PX, shape), np.float32)
    return np.asarray(cv2.remap(tile(kind), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32)


def field(shape: tuple[int, int], *, cells: float, rng: np.random.Generator) -> Floats:
    """A smooth random field of that shape with about `cells` hills along its longer side, unit spread."""
    height, width = shape
    scale = cells / max(shape)
    coarse = rng.standard_normal((max(2, round(height * scale) + 3), max(2, round(width * scale) + 3)))
    return np.asarray(cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _white(seed: int, size: int) -> Floats:
    return np.random.Generator(np.random.PCG64(seed)).standard_normal((size, size)).astype(np.float32)


def _octaves(seed: int, cells: tuple[int, ...], fall: float) -> Floats:
    total = np.zeros((_TILE_PX, _TILE_PX), np.float32)
    for n, count in enumerate(cells):
        coarse = np.pad(_white(seed + n, count), 2, mode="wrap")
        step = _TILE_PX // count
        fine = cv2.resize(coarse, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        total += fall**n * fine[2 * step : 2 * step + _TILE_PX, 2 * step : 2 * step + _TILE_PX]
    return total


def _unit(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() + 1e-6), np.float32)


def _smeared(values: Floats, sigma_x: float, sigma_y: float) -> Floats:
    """Blur a tile across its own seam."""
    margin = 128
    wide = np.pad(values, margin, mode="wrap")
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=max(sigma_x, 0.01), sigmaY=max(sigma_y, 0.01))
    return np.asarray(soft[margin:-margin, margin:-margin], np.float32)


def _grain() -> Floats:
    fine = _unit(_smeared(_white(31, _TILE_PX), 36, 0.7))
    broad = _unit(_smeared(_white(32, _TILE_PX), 40, 5))
    return _unit(0.6 * fine + broad)


def _fibers() -> Floats:
    return _unit(_smeared(_white(41, _TILE_PX), 3, 0.6) + _smeared(_white(42, _TILE_PX), 0.6, 3))


def _veins() -> Floats:
    ridge = 1 - np.abs(_unit(_octaves(51, (2, 4, 8, 16, 32, 64), 0.55)))
    strong = np.clip(_unit(_octaves(55, (4, 8), 0.5)) * 0.6 + 0.4, 0, 1)
    thin, broad = np.clip((ridge - 0.90) / 0.10, 0, 1), np.clip((ridge - 0.35) / 0.65, 0, 1)
    return np.asarray(strong * (0.75 * thin**1.5 + 0.4 * broad**2), np.float32)


def _chips() -> Floats:
    rng = np.random.Generator(np.random.PCG64(71))
    made = np.zeros((_TILE_PX, _TILE_PX), np.float32)
    for _ in range(1500):
        center, radius = rng.integers(0, _TILE_PX, 2), rng.uniform(1.5, 6.5) ** 1.1
        turns = np.sort(rng.uniform(0, 2 * np.pi, 6))
        shape = radius * rng.uniform(0.5, 1.1, 6)[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        tone = float(rng.choice((-1.0, -0.7, -0.4, 0.5)))
        for shift in np.ndindex(2, 2):
            # What crosses the seam is drawn again on the other side.
            moved = center - np.array(shift) * np.where(center > _TILE_PX / 2, _TILE_PX, -_TILE_PX)
            cv2.fillPoly(made, [np.rint((shape + moved) * 8).astype(np.int32)], [tone], shift=3)
    return made


def _leaves() -> Floats:
    fine = np.clip(_unit(_octaves(61, (16, 32, 64), 0.8)) * 0.9 + 0.5, 0, 1)
    cover = np.clip(_unit(_octaves(65, (4, 8), 0.5)) * 0.8 + 0.35, 0, 1)
    return np.asarray(1 - fine * cover, np.float32)


def _blades() -> Floats:
    """Grass drawn blade by blade from the back to the front, each darker at its root."""
    rng = np.random.Generator(np.random.PCG64(81))
    made = np.full((_TILE_PX, _TILE_PX), -1.2, np.float32)
    roots = np.sort(rng.uniform(0, _TILE_PX, 5200))
    # The first ones are drawn again above the tile, where the last ones of its upper neighbor would stand.
    for turn in (-1, 0, 1):
        part = np.random.Generator(np.random.PCG64(82))
        for root in roots + turn * _TILE_PX:
            x, long, lean = part.uniform(0, _TILE_PX), part.uniform(26, 74), part.normal(0, 0.35)
            half, bow, tone = part.uniform(1.0, 2.2), part.normal(0, 0.3), part.normal(0, 0.65)
            if not -1 < root < _TILE_PX + 80:
                continue
            t = np.array([0.0, 0.35, 0.7, 1.0])
            at = np.stack([x + long * (lean * t + bow * t**2), root - long * t], axis=1)
            for n, (low, high) in enumerate(((0.9, 0.8), (0.8, 0.55), (0.55, 0.0))):
                wide = np.array([[low * half, 0], [high * half, 0]])
                shape = np.concatenate([at[n : n + 2] - wide, (at[n : n + 2] + wide)[::-1]])
                for shift in (0,) if 100 < x < _TILE_PX - 100 else (-_TILE_PX, 0, _TILE_PX):
                    moved = np.rint((shape + np.array([shift, 0])) * 16).astype(np.int32)
                    cv2.fillPoly(made, [moved], [tone - 0.7 + 0.7 * n], shift=4, lineType=cv2.LINE_8)
    return _unit(np.asarray(cv2.GaussianBlur(made, (0, 0), 0.7), np.float32))
