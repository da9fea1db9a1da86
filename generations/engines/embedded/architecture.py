"""What is built into a showroom's wall: an arched niche, slats of wood, or nothing; and the lamps above it."""

import numpy as np

from generations.engines.embedded.color import Floats
from generations.engines.embedded.room import Room
from generations.engines.embedded.stage import Stage

_ARCH_M, _SPRING_M = 0.56, 1.32
_SLAT_M, _PANEL_M = 0.062, 1.5
# Lamps that wash a wall hang this high and this far apart.
_LAMP_M, _APART_M = 2.75, 1.15


def built(stage: Stage, space: Room, walls: Floats) -> Floats:
    """Build into the far wall (h, w, 3) what the seed says; plain where the prompt names a wall's material."""
    camera = stage.camera
    if "wall" in stage.plan.materials or not camera.stand.is_grounded or stage.plan.styles[:1] == ("industrial",):
        return walls
    kind = ("niche", "slats", "")[int(stage.rng("architecture").integers(3))]
    left, right = camera.stand.left, camera.width - camera.stand.right
    column = 0.5 * left if left >= right else camera.width - 0.5 * right
    far = np.flatnonzero(~space.is_side)
    s = space.along - float(space.along[int(np.clip(round(column), far[0], far[-1]))])
    # The far wall ends at the corner.
    s = np.where(space.is_side, 99.0, s).astype(np.float32)
    pixel = (space.depth / camera.focal_px)[None, :]
    if kind == "niche":
        return _niche(stage, space, walls, s, pixel)
    return _slats(stage, space, walls, s, pixel) if kind == "slats" else walls


def _niche(stage: Stage, space: Room, walls: Floats, s: Floats, pixel: Floats) -> Floats:
    """A recess with a round head: dim within, darkest along the edge the light passes, its far reveal lit."""
    above = np.maximum(space.height - _SPRING_M, 0)
    inside = _ARCH_M - np.hypot(s[None, :], above)
    mask = np.clip(inside / pixel + 0.5, 0, 1)
    toward = 1.0 if stage.light.side > 0 else -1.0
    # How far a point lies from the edge on the light's side, and from the other.
    half = np.sqrt(np.maximum(_ARCH_M**2 - above**2, 0))
    near, far = half - toward * s[None, :], half + toward * s[None, :]
    shade = 0.86 - 0.34 * np.exp(-np.maximum(near, 0) / 0.16) - 0.12 * np.exp(-np.maximum(half - above, 0) / 0.10)
    reveal = np.clip((0.11 - far) / pixel + 0.5, 0, 1)
    tone = shade * (1 - reveal) + 1.06 * reveal
    return np.asarray(walls * (1 - mask + mask * tone)[..., None], np.float32)


def _slats(stage: Stage, space: Room, walls: Floats, s: Floats, pixel: Floats) -> Floats:
    """Upright slats of wood on a dark felt, as high as the wall."""
    mask = np.clip((_PANEL_M / 2 - np.abs(s)) / pixel[0] + 0.5, 0, 1)[None, :, None]
    across = np.mod(s / _SLAT_M, 1.0)[None, :]
    number = np.floor(s / _SLAT_M).astype(int) % 64
    tones = (1 + 0.07 * stage.rng("slats").standard_normal(64)).astype(np.float32)
    toward = 1.0 if stage.light.side > 0 else -1.0
    lit = np.where(toward > 0, across, 1 - across)
    # Slats narrower than two pixels run together into their mean.
    seen = np.clip(_SLAT_M / (3 * pixel), 0, 1)
    bar = np.clip((0.68 - across) / 0.06 + 0.5, 0, 1) * np.clip(across / 0.06 + 0.5, 0, 1)
    tone = bar * (0.86 + 0.20 * lit) * tones[number][None, :] + (1 - bar) * 0.10
    tone = tone * seen + 0.62 * (1 - seen)
    wood = stage.albedo("panel", (176, 136, 96))
    panel = wood * np.broadcast_to(tone, space.height.shape)[..., None]
    return np.asarray(walls * (1 - mask) + panel * mask, np.float32)


def washed(stage: Stage, space: Room) -> Floats:
    """Light of lamps in the ceiling on the walls, (h, w): each draws an arch that widens downward."""
    if not stage.light.lamps:
        return np.zeros((1, 1), np.float32)
    down = np.maximum(_LAMP_M - space.height, 0.05)
    start = float(stage.rng("washers").random())
    offset = (np.mod(space.along / _APART_M + start, 1.0) - 0.5)[None, :] * _APART_M
    wide = 0.06 + 0.26 * down
    cone = sum(np.exp(-(((offset + turn * _APART_M) / wide) ** 2)) for turn in (-1, 0, 1))
    return np.asarray(2.1 * stage.light.lamps * cone / (0.45 + down) ** 1.5, np.float32)
