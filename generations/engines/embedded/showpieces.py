"""What tells a bedroom and a showroom apart from other rooms: a made bed, a plinth with a vase on it.

Drawn at a wall as `props` are: meters along it, up, and out of it.
"""

from itertools import pairwise

import numpy as np

from generations.engines.embedded.color import Color, Floats, light_of
from generations.engines.embedded.layer import Layer, Spot
from generations.engines.embedded.stage import Stage


def bed(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """A made bed, its head at the wall: two pairs of pillows, and a duvet."""
    half, top = 0.84, 0.50
    camera = stage.camera
    room_m = float(spot.foot[2]) - camera.depth_m(camera.stand.rear)
    deep = float(np.clip(0.85 * room_m, 0.6, 1.5))
    toward = 1.0 if stage.light.side > 0 else -1.0
    sheets: tuple[Color, ...] = ((238, 235, 229), (230, 224, 214), (222, 224, 224))
    linen = stage.albedo("bed", sheets[int(rng.integers(3))]) * 1.25
    corners = np.array([-half, half, half, -half], np.float32)
    layer.darken(spot.at(1.05 * corners, np.zeros(4), np.array([0, 0, deep + 0.06, deep + 0.06], np.float32)), 0.6)
    _pillows(layer, spot, linen, top, toward)
    covers: tuple[Color, ...] = ((236, 232, 224), (198, 184, 164), (176, 182, 168), (206, 176, 156))
    cover = stage.albedo("cover", covers[int(rng.integers(4))]) * 1.2
    _duvet(layer, spot, cover, (half, top, deep), toward, rng)


def _pillows(layer: Layer, spot: Spot, linen: Floats, top: float, toward: float) -> None:
    t = np.linspace(0, 2 * np.pi, 32, dtype=np.float32)
    # A rounded square: pillows lean at the headboard, the rear pair higher.
    square = np.stack([np.cos(t), np.sin(t)]) / (np.abs(np.cos(t)) ** 4 + np.abs(np.sin(t)) ** 4) ** 0.25
    for deep, lift, tone in ((0.18, 0.26, 0.84), (0.36, 0.14, 0.97)):
        for side in (-1, 1):
            middle, wide, tall = 0.41 * side, 0.36, 0.20
            layer.darken(spot.at(middle + wide * square[0], top + lift - 0.03 + tall * square[1], deep - 0.02), 0.25)
            for n in range(12):
                inset = 1 - 0.075 * n
                a = middle + toward * 0.006 * n + wide * inset * square[0]
                h = top + lift + 0.004 * n + tall * inset * square[1]
                layer.fill(spot.at(a, h, deep), linen * (tone * (0.80 + 0.22 * float(np.sin(0.13 * n)))))


def _duvet(
    layer: Layer, spot: Spot, cloth: Floats, size: tuple[float, float, float], toward: float, rng: np.random.Generator
) -> None:
    """A puffed cover that rolls over the foot of the bed and hangs down in folds."""
    half, top, deep = size
    round_m = 0.15
    turn = np.linspace(0, np.pi / 2, 9)
    depths = np.concatenate([np.linspace(0.46, deep - round_m, 10), deep - round_m + round_m * np.sin(turn)[1:]])
    heights = np.concatenate([np.full(10, top + 0.06), top + 0.06 - round_m + round_m * np.cos(turn)[1:]])
    heights[:10] += 0.04 * np.sin(np.linspace(0.2, np.pi, 10))
    tones = np.concatenate([np.full(10, 1.02), 1.02 - 0.22 * np.sin(turn)[1:]])
    edges = np.linspace(-half, half, 25)
    phase = rng.uniform(0, 6.28, 3)
    hem = 0.10 + 0.02 * np.sin(7 * edges + phase[0])
    for n, (left, right) in enumerate(pairwise(edges)):
        fold = 0.05 * np.sin(9 * left + phase[1]) + 0.035 * np.sin(23 * left + phase[2]) + 0.05 * toward * left
        a = np.array([left, right + 0.004, right + 0.004, left], np.float32)
        for m in range(len(depths) - 1):
            rises = np.array([heights[m], heights[m], heights[m + 1], heights[m + 1]], np.float32)
            outs = np.array([depths[m], depths[m], depths[m + 1], depths[m + 1] + 0.004], np.float32)
            layer.fill(spot.at(a, rises, outs), cloth * float(tones[m] + fold * (0.4 if m < 10 else 1.0)))
        fall = np.array([hem[n], hem[n + 1], heights[-1] + 0.01, heights[-1] + 0.01], np.float32)
        layer.fill(spot.at(a, fall, deep), cloth * float(0.78 + 1.2 * fold))


def plinth(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """A white plinth as high as a table, a turned vase on it."""
    half, deep, out = 0.19, 0.38, 0.35
    high = float(rng.uniform(0.62, 0.92))
    white = stage.albedo("plinth", (232, 229, 224))
    toward = 1.0 if stage.light.side > 0 else -1.0
    near = out + deep
    corners = np.array([-half, half, half, -half], np.float32)
    floor = np.array([out, out, near + 0.03, near + 0.03], np.float32)
    layer.darken(spot.at(corners * 1.1 - 0.10 * toward, np.zeros(4), floor), 0.55)
    layer.darken(spot.box(-half - 0.18 * toward, half - 0.18 * toward, 0.1, high, 0.0), 0.22)
    side = half if spot.foot[0] < 0 else -half
    heights = np.array([0, 0, high, high], np.float32)
    layer.fill(spot.at(np.full(4, side), heights, np.array([near, out, out, near])), white * 0.66)
    layer.fill(spot.at(corners, np.full(4, high), np.array([out, out, near, near], np.float32)), white * 1.08)
    strips = 8
    for n in range(strips):
        h0, h1 = high * n / strips, high * (n + 1) / strips + 0.004
        layer.fill(spot.box(-half, half, h0, h1, near), white * (0.80 + 0.10 * (n + 0.5) / strips))
    vase(layer, spot, rng, (0.0, high, out + deep / 2), toward)


def vase(layer: Layer, spot: Spot, rng: np.random.Generator, at: tuple[float, float, float], toward: float) -> None:
    """A vase turned on a wheel: upright strips from its shaded to its lit side."""
    middle, foot, deep = at
    t = np.linspace(0, 1, 16, dtype=np.float32)
    belly = 0.045 + 0.075 * np.sin(np.pi * t**0.75) * float(rng.uniform(0.8, 1.15))
    tall = float(rng.uniform(0.26, 0.36))
    colors: tuple[Color, ...] = ((196, 150, 120), (92, 104, 100), (206, 196, 180), (58, 60, 64))
    clay = light_of(colors[int(rng.integers(4))])
    edges = np.linspace(-1, 1, 11)
    for left, right in pairwise(edges):
        turn = 0.5 * (left + right)
        tone = 0.45 + 0.65 * float(np.clip(np.sqrt(1 - turn**2) * 0.6 + 0.6 * toward * turn, 0, 1))
        a = middle + np.concatenate([left * belly, (right * belly)[::-1]])
        layer.fill(spot.at(a, foot + tall * np.concatenate([t, t[::-1]]), deep), clay * tone)
