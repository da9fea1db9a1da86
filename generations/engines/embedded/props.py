"""Things that stand or hang in a room, each drawn out of focus at the wall: art, sideboard, plant, curtain,
lamp.

A thing is placed in meters at a spot of the wall; nothing is drawn before the middle third of the subject's
box.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from generations.engines.embedded import showpieces
from generations.engines.embedded.color import Color, light_of
from generations.engines.embedded.layer import Layer, Spot
from generations.engines.embedded.stage import Stage

Draw = Callable[[Stage, Layer, Spot, np.random.Generator], None]

_SHADOW_M = 0.05


def art(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """One or two framed abstract prints, hung so that the camera sees at least a part of them."""
    visible = _visible_top(spot)
    middle = min(1.5, max(visible - 0.32, 0.85))
    sizes = [(0.62, 0.84)] if rng.random() < 0.5 else [(0.46, 0.62), (0.46, 0.62)]
    frame = light_of(((38, 34, 30), (150, 116, 80), (236, 233, 226))[int(rng.integers(3))])
    start = -sum(w for w, _ in sizes) / 2 - 0.07 * (len(sizes) - 1)
    for wide, tall in sizes:
        low, high = middle - tall / 2, middle + tall / 2
        side = -1 if stage.light.side > 0 else 1
        layer.darken(spot.box(start + 0.03 * side, start + wide + 0.04 * side, low - 0.05, high - 0.02), 0.34)
        layer.fill(spot.box(start, start + wide, low, high), frame)
        layer.fill(spot.box(start + 0.022, start + wide - 0.022, low + 0.022, high - 0.022), light_of((240, 237, 230)))
        _print(layer, spot, rng, (start + 0.09, start + wide - 0.09, low + 0.1, high - 0.1), stage)
        start += wide + 0.14


def _print(
    layer: Layer, spot: Spot, rng: np.random.Generator, area: tuple[float, float, float, float], stage: Stage
) -> None:
    palettes: tuple[tuple[Color, ...], ...] = (
        ((222, 205, 182), (183, 116, 84), (72, 84, 90), (214, 168, 120)),
        ((214, 219, 214), (104, 128, 118), (44, 62, 70), (190, 178, 152)),
        ((228, 220, 208), (60, 58, 56), (150, 140, 128), (196, 150, 110)),
        ((218, 210, 214), (128, 138, 164), (58, 66, 98), (204, 178, 168)),
    )
    colors = [light_of(c) for c in palettes[int(rng.integers(len(palettes)))]]
    if "art" in stage.plan.colors:
        colors[1] = stage.albedo("art", (0, 0, 0))
    a0, a1, h0, h1 = area
    layer.fill(spot.box(a0, a1, h0, h1), colors[0])
    t = np.linspace(0, 2 * np.pi, 24, dtype=np.float32)
    for n, color in enumerate(colors[1:]):
        center = (a0 + (a1 - a0) * rng.uniform(0.3, 0.7), h0 + (h1 - h0) * (0.25 + 0.22 * n))
        radius = (a1 - a0) * rng.uniform(0.2, 0.42)
        a = np.clip(center[0] + radius * np.cos(t), a0, a1)
        h = np.clip(center[1] + radius * rng.uniform(0.5, 1.0) * np.sin(t), h0, h1)
        layer.fill(spot.at(a, h), color)


def sideboard(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """A low cabinet on legs, with a vase and a few books on it."""
    half, deep, top, legs = 0.78, 0.42, 0.72, 0.16
    tones: dict[str, Color] = {"walnut": (128, 92, 66), "oak": (186, 154, 116), "pine": (196, 156, 110)}
    wood = stage.plan.materials.get("sideboard", "walnut" if rng.random() < 0.5 else "oak")
    body = stage.albedo("sideboard", tones.get(wood, (222, 219, 213)))
    a = np.array([-half, half, half, -half], np.float32)
    floor = spot.at(a * 1.03, np.zeros(4), np.array([0, 0, deep + 0.05, deep + 0.05], np.float32))
    layer.darken(floor, 0.62)
    side = -1 if stage.light.side > 0 else 1
    layer.darken(spot.box(-half + 0.06 * side, half + 0.14 * side, 0.1, top - 0.02), 0.30)
    for leg in (-half + 0.1, half - 0.14):
        layer.fill(spot.box(leg, leg + 0.035, 0, legs, deep - 0.04), body * 0.5)
    layer.fill(spot.at(a, np.full(4, top), np.array([0, 0, deep, deep], np.float32)), body * 1.15)
    end = half if spot.foot[0] < 0 else -half
    layer.fill(
        spot.at(np.full(4, end), np.array([legs, legs, top, top]), np.array([deep, 0, 0, deep], np.float32)),
        body * 0.62,
    )
    strips = np.linspace(-half, half, 13)
    for left, right in pairwise(strips):
        # Doors are brighter toward the light, as flat things beside a window are.
        layer.fill(spot.box(left, right + 0.004, legs, top, deep), body * float(0.86 - 0.14 * side * left))
    layer.fill(spot.box(-half, half, legs, legs + 0.06, deep), body * 0.76)
    for gap in (-half / 3, half / 3):
        layer.fill(spot.box(gap - 0.006, gap + 0.006, legs + 0.02, top - 0.025, deep), body * 0.4)
    layer.fill(spot.box(-half, half, top - 0.025, top, deep), body * 1.05)
    _on_top(layer, spot, rng, top, deep * 0.6, half)


def _on_top(layer: Layer, spot: Spot, rng: np.random.Generator, top: float, deep: float, half: float) -> None:
    place = float(rng.uniform(0.25, 0.6)) * half * (1 if rng.random() < 0.5 else -1)
    t = np.linspace(0, 1, 12, dtype=np.float32)
    belly = 0.04 + 0.055 * np.sin(np.pi * t**0.8)
    vase = light_of(((226, 220, 210), (92, 104, 100), (176, 120, 92))[int(rng.integers(3))])
    for share, tone in ((1.0, 0.72), (0.75, 0.9), (0.4, 1.05)):
        outline_a = np.concatenate([place - belly * share, (place + belly * share)[::-1]])
        layer.fill(spot.at(outline_a, top + 0.3 * np.concatenate([t, t[::-1]]), deep), vase * tone)
    for n in range(3):
        low = top + 0.03 * n
        tint = light_of(((198, 188, 172), (120, 96, 84), (84, 98, 110))[n])
        layer.fill(spot.box(-place - 0.14 + 0.01 * n, -place + 0.12, low, low + 0.028, deep), tint)


def plant(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """A leafy plant in a pot, a good meter high."""
    deep, brim, radius = 0.42, 0.34, 0.17
    pot = stage.albedo("plant", ((232, 228, 221), (186, 118, 88), (72, 74, 76))[int(rng.integers(3))])
    t = np.linspace(0, 2 * np.pi, 20, dtype=np.float32)
    layer.darken(spot.at(1.7 * radius * np.cos(t), np.zeros(20), deep + 1.3 * radius * np.sin(t)), 0.55)
    toward = 1.0 if stage.light.side > 0 else -1.0
    for n in range(9):
        left, right = -1 + 2 * n / 9, -1 + 2 * (n + 1) / 9
        round_ = 0.55 + 0.45 * np.sqrt(max(0.0, 1 - ((left + right) / 2 - 0.5 * toward) ** 2 * 0.8))
        a = np.array([left * 0.78, right * 0.78, right, left], np.float32) * radius
        layer.fill(spot.at(a, np.array([0, 0, brim, brim], np.float32), deep), pot * round_)
    tall = float(rng.uniform(0.85, 1.1))
    count = 110
    reach = np.sqrt(rng.random(count)) * 0.46
    turn = rng.uniform(0, 2 * np.pi, count)
    lift = brim + 0.16 + tall * rng.beta(1.6, 1.5, count)
    spread = np.sin(np.clip((lift - brim) / (tall + 0.2), 0, 1) * np.pi * 0.85 + 0.25)
    _stems(layer, spot, rng, brim, tall, deep)
    order = np.argsort(np.sin(turn))
    for n in order:
        _leaf(layer, spot, rng, (reach[n] * np.cos(turn[n]) * spread[n], lift[n]), deep, np.sin(turn[n]), toward)


def _stems(layer: Layer, spot: Spot, rng: np.random.Generator, brim: float, tall: float, deep: float) -> None:
    t = np.linspace(0, 1, 6, dtype=np.float32)
    wood = light_of((84, 72, 48))
    for _ in range(4):
        lean, half = rng.normal(0, 0.14), 0.009 * (1.2 - 0.6 * t)
        a = rng.normal(0, 0.03) + lean * t**1.5
        h = brim - 0.02 + (0.2 + 0.7 * tall) * t
        layer.fill(spot.at(np.concatenate([a - half, (a + half)[::-1]]), np.concatenate([h, h[::-1]]), deep), wood)


def _leaf(
    layer: Layer, spot: Spot, rng: np.random.Generator, at: tuple[float, float], deep: float, near: float, toward: float
) -> None:
    """One leaf: an almond pointing outward and down, lighter in front, on top and toward the light."""
    a, h = at
    angle = np.arctan2(0.35 + rng.normal(0, 0.5), a * 3 + rng.normal(0, 0.5))
    long, wide = rng.uniform(0.14, 0.24), rng.uniform(0.035, 0.07)
    t = np.linspace(0, 1, 7, dtype=np.float32)
    bow = wide * np.sin(np.pi * t)
    along = np.concatenate([t, t[::-1]]) * long
    across = np.concatenate([bow, -bow[::-1]])
    x = a + along * np.cos(angle) - across * np.sin(angle)
    y = h + along * np.sin(angle) + across * np.cos(angle) - 0.35 * along**2 / long
    tone = 0.55 + 0.25 * near + 0.35 * (a * toward) / 0.4 + 0.2 * (h - 0.8) + rng.normal(0, 0.13)
    base = light_of((76, 106, 62)) * (1 - 0.25 * rng.random()) + light_of((40, 62, 44)) * 0.3
    lit = base * float(np.clip(tone, 0.25, 1.5))
    layer.fill(spot.at(x, y, deep), lit)
    # The half beyond the midrib is turned another way and catches the sky.
    spine = np.stack([a + t * long * np.cos(angle), h + t * long * np.sin(angle) - 0.35 * (t * long) ** 2 / long])
    half = np.s_[:7] if np.cos(angle) < 0 else np.s_[7:]
    edge_x, edge_y = (v[half] if np.cos(angle) < 0 else v[half][::-1] for v in (x, y))
    layer.fill(
        spot.at(np.concatenate([edge_x, spine[0][::-1]]), np.concatenate([edge_y, spine[1][::-1]]), deep),
        lit * 1.22 + 0.012,
    )


def curtain(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """A hanging length of linen in soft folds, nearest to the window."""
    cloth = stage.albedo("curtain", (234, 230, 222))
    wide, folds = 0.85, int(rng.integers(8, 12))
    phase = rng.uniform(0, 6.28, 3)
    edges = np.linspace(-wide / 2, wide / 2, folds * 6 + 1, dtype=np.float32)
    layer.darken(spot.box(-wide / 2 - 0.04, wide / 2 + 0.06, 0.0, 3.4), 0.26)
    for left, right in pairwise(edges):
        u = (left / wide + 0.5) * folds * 2 * np.pi
        wave = np.sin(u + 0.8 * np.sin(u * 0.37 + phase[0]) + phase[1]) * 0.5 + 0.22 * np.sin(2.3 * u + phase[2])
        layer.fill(spot.box(left, right + 0.003, 0.015, 3.4, 0.06), cloth * float(0.86 + 0.2 * wave))


def lamp(stage: Stage, layer: Layer, spot: Spot, rng: np.random.Generator) -> None:
    """A floor lamp with a drum shade, which shines where the light of the scene has lamps."""
    high, deep = min(1.45, max(_visible_top(spot) - 0.1, 1.0)), 0.3
    t = np.linspace(0, 2 * np.pi, 16, dtype=np.float32)
    layer.darken(spot.at(0.2 * np.cos(t), np.zeros(16), deep + 0.16 * np.sin(t)), 0.5)
    dark = light_of((52, 48, 44))
    layer.fill(spot.at(0.13 * np.cos(t), np.full(16, 0.01), deep + 0.13 * np.sin(t)), dark)
    layer.fill(spot.box(-0.011, 0.011, 0.0, high, deep), dark)
    glow = 0.9 + 3.2 * stage.light.lamps
    shade = stage.albedo("lamp", (240, 226, 200))
    a = np.array([-0.2, 0.2, 0.16, -0.16], np.float32)
    layer.fill(spot.at(a, np.array([high - 0.28, high - 0.28, high, high], np.float32), deep), shade * glow)


def _visible_top(spot: Spot) -> float:
    """Meters above the floor of the highest point of the wall in the frame, here."""
    camera = spot.room.camera
    return float(1.25 + camera.horizon * spot.foot[2] / camera.focal_px)


DRAWN: dict[str, Draw] = {
    "art": art, "sideboard": sideboard, "plant": plant, "curtain": curtain, "lamp": lamp,
    "bed": showpieces.bed, "plinth": showpieces.plinth,
}  # fmt: skip
