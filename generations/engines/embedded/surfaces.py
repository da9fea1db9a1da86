"""Floors and walls as albedo: what they are made of, before any light falls on them.

Floor coordinates are meters (a right, b away), wall coordinates meters (s along, h up); `pixel` is what one
pixel covers. Whatever is finer than a pixel fades out instead of shimmering.
"""

import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.color import Color, Floats, light_of
from generations.engines.embedded.stage import Stage

# Wood tones are the color of the oiled board; gloss is how much a floor mirrors at grazing angles.
WOODS: dict[str, Color] = {
    "oak": (206, 176, 138), "pine": (200, 158, 108), "walnut": (122, 84, 58),
    "parquet": (186, 146, 102), "herringbone": (196, 162, 122),
}  # fmt: skip
GLOSS = {"marble": 0.75, "tile": 0.55, "concrete": 0.5, "terrazzo": 0.5, "walnut": 0.4, "carpet": 0.0}
STONES: dict[str, Color] = {
    "concrete": (172, 170, 166), "tile": (214, 211, 205), "marble": (232, 230, 226), "terrazzo": (222, 217, 208),
    "carpet": (196, 188, 176),
}  # fmt: skip
_TONES = 1024


def floor(stage: Stage, material: str, coordinates: tuple[Floats, Floats, Floats]) -> Floats:
    """The albedo (h, w, 3) of a floor of that material, in the color the plan asks for or its own."""
    a, b, pixel = coordinates
    own = WOODS.get(material) or STONES[material]
    base = stage.albedo("floor", own)
    rng = stage.rng("floor")
    if material == "herringbone":
        return _herringbone(base, a, b, pixel, rng)
    if material in WOODS:
        return _planks(base, a, b, pixel, rng, size_m=(0.165, 1.9))
    if material == "carpet":
        return woven(base, a, b, pixel)
    return _slabs(base, a, b, pixel, rng, material)


def wall(stage: Stage, material: str, s: Floats, h: Floats, base: Floats) -> Floats:
    """The albedo (h, w, 3) of a wall: paint, plaster or brick. s: per column; h: per pixel."""
    along = np.broadcast_to(s[None, :], h.shape)
    if material == "brick":
        return _bricks(base, along, h, stage.rng("wall"), is_painted="wall" in stage.plan.colors)
    depth = {"plaster": 0.045, "concrete": 0.06}.get(material, 0.012)
    mottle = noise.sample("clouds", along / 5.3 + 0.17, h / 5.3 + 0.4)
    if material == "concrete":
        mottle = mottle + 0.35 * noise.sample("clouds", along / 1.1, h / 1.1)
    tone = 1 + depth * mottle
    out = base * tone[..., None]
    if material == "concrete":
        out = out * (1 - 0.16 * _joints(along, 1.6, 0.008) - 0.16 * _joints(h, 1.3, 0.008))[..., None]
    return np.asarray(out, np.float32)


def boards(stage: Stage, material: str, coordinates: tuple[Floats, Floats, Floats]) -> Floats:
    """The albedo (h, w, 3) of a table's top: boards as long as the table, joined without gaps."""
    a, b, pixel = coordinates
    base = stage.albedo("floor", WOODS[material])
    return _planks(base, a, b, pixel, stage.rng("floor"), size_m=(0.21, 40.0))


def _planks(
    base: Floats, a: Floats, b: Floats, pixel: Floats, rng: np.random.Generator, *, size_m: tuple[float, float]
) -> Floats:
    """Boards along the view, staggered, each of its own tone and cut from its own place in the log."""
    width, length = size_m
    row = np.floor(a / width)
    starts = rng.random(_TONES).astype(np.float32)
    shifted = b / length + starts[row.astype(int) % _TONES]
    board = (row * 37 + np.floor(shifted) * 113).astype(int) % _TONES
    across = pixel * _slant(pixel)
    seam = _line(a / width, width, across, 0.004) + 0.8 * _line(shifted, length, pixel, 0.005)
    return _wood(base, board, a, b, seam, pixel, rng)


def _herringbone(base: Floats, a: Floats, b: Floats, pixel: Floats, rng: np.random.Generator) -> Floats:
    """Blocks of 10 x 50 cm laid at right angles to each other, turned by 45 degrees to the walls."""
    width, ratio = 0.10, 5
    u, v = (a + b) / (np.sqrt(2) * width), (b - a) / (np.sqrt(2) * width)
    column, line = np.floor(u), np.floor(v)
    phase = np.mod(column - line, 2 * ratio)
    lies = phase < ratio
    long = np.where(lies, u - column + phase, v - line + (2 * ratio - 1 - phase))
    short = np.where(lies, v - line, u - column)
    block = np.where(lies, (column - phase) * 17 + line * 71, column * 131 + (line - (2 * ratio - 1 - phase)) * 43)
    soft = pixel * _slant(pixel)
    seam = _line(short, width, soft, 0.003) + _line(long / ratio, width * ratio, soft, 0.003)
    grain_a, grain_b = short * width, long * width
    tilt = np.where(lies, 1.05, 0.95)[..., None].astype(np.float32)
    return np.asarray(_wood(base, block.astype(int) % _TONES, grain_a, grain_b, seam, pixel, rng) * tilt, np.float32)


def _wood(
    base: Floats, board: np.ndarray, a: Floats, b: Floats, seam: Floats, pixel: Floats, rng: np.random.Generator
) -> Floats:
    tones = (1 + 0.08 * rng.standard_normal(_TONES)).clip(0.76, 1.2).astype(np.float32)
    warmth = (0.035 * rng.standard_normal(_TONES)).astype(np.float32)
    places = rng.random((2, _TONES)).astype(np.float32)
    grain = noise.sample("grain", b / 2.6 + places[0][board], a / 0.9 + places[1][board])
    broad = noise.sample("clouds", b / 3.1 + places[1][board], a / 0.8 + places[0][board])
    seen = np.clip(0.02 / np.maximum(pixel, 1e-4), 0.25, 1)
    pores = noise.sample("grain", b / 0.85 + places[1][board], a / 0.21 + places[0][board])
    near = np.clip(0.0016 / np.maximum(pixel, 1e-4) - 0.35, 0, 1)
    tone = (
        tones[board]
        * (1 + (0.065 * grain + 0.04 * broad) * seen + 0.055 * pores * near)
        * (1 - 0.5 * np.clip(seam, 0, 1))
    )
    hue = warmth[board]
    tint = np.stack([1 + hue, np.ones_like(hue), 1 - 1.6 * hue], axis=-1)
    return np.asarray(base * tone[..., None] * tint, np.float32)


def _slabs(base: Floats, a: Floats, b: Floats, pixel: Floats, rng: np.random.Generator, material: str) -> Floats:
    """Large square slabs with thin joints; concrete is cast in wide fields, marble is veined."""
    size = {"concrete": 2.6, "terrazzo": 1.2}.get(material, 0.9)
    i, j = np.floor(a / size), np.floor(b / size + 0.3)
    slab = (i * 61 + j * 151).astype(int) % _TONES
    spread = 0.012 if material == "concrete" else 0.022
    tones = (1 + spread * rng.standard_normal(_TONES)).astype(np.float32)
    joint = _line(a / size, size, pixel * _slant(pixel), 0.004) + _line(b / size + 0.3, size, pixel, 0.004)
    jointed = tones[slab] * (1 - 0.28 * np.clip(joint, 0, 1))
    return np.asarray(_stone(base, a, b, pixel, slab, rng, material) * jointed[..., None], np.float32)


def slab(stage: Stage, material: str, coordinates: tuple[Floats, Floats, Floats]) -> Floats:
    """The albedo (h, w, 3) of one piece of stone, as a table's or counter's top is."""
    a, b, pixel = coordinates
    base = stage.albedo("floor", STONES[material])
    if material == "carpet":
        return woven(base, a, b, pixel)
    return _stone(base, a, b, pixel, np.zeros(a.shape, int), stage.rng("floor"), material)


def _stone(
    base: Floats, a: Floats, b: Floats, pixel: Floats, slab: np.ndarray, rng: np.random.Generator, material: str
) -> Floats:
    places = rng.random((2, _TONES)).astype(np.float32) if material == "marble" else np.zeros((2, _TONES), np.float32)
    cloud = noise.sample("clouds", a / 3.7 + places[0][slab], b / 3.7 + places[1][slab])
    fine = noise.sample("clouds", a / 0.7, b / 0.7) * np.clip(0.03 / np.maximum(pixel, 1e-4), 0, 1)
    mottle = {"concrete": 0.055, "tile": 0.014, "marble": 0.02, "terrazzo": 0.008}[material]
    tone = 1 + mottle * cloud + 0.6 * mottle * fine
    out = base * tone[..., None]
    if material == "marble":
        veins = noise.sample("veins", a / 2.2 + places[0][slab], b / 2.2 + places[1][slab])
        out = out * (1 - 0.42 * veins[..., None] * np.array([1.0, 0.97, 0.92], np.float32))
    if material == "terrazzo":
        chips = (
            noise.sample("chips", a / 0.9, b / 0.9)[..., None]
            * np.clip(0.012 / np.maximum(pixel, 1e-4), 0, 1)[..., None]
        )
        out = out * (1 + 0.5 * chips * np.array([0.85, 1.0, 1.05], np.float32))
    return np.asarray(out, np.float32)


def woven(base: Floats, a: Floats, b: Floats, pixel: Floats) -> Floats:
    """Carpet and rugs: short threads, trodden a little unevenly."""
    pile = noise.sample("fibers", a / 0.9, b / 0.9) * np.clip(0.012 / np.maximum(pixel, 1e-4), 0.1, 1)
    trodden = noise.sample("clouds", a / 2.4, b / 2.4)
    return np.asarray(base * (1 + 0.085 * pile + 0.035 * trodden)[..., None], np.float32)


def _bricks(base: Floats, s: Floats, h: Floats, rng: np.random.Generator, *, is_painted: bool) -> Floats:
    """Running bond of 24 x 7 cm; painted over, or of fired clay with pale mortar."""
    course = np.floor(h / 0.075)
    u = s / 0.25 + 0.5 * np.mod(course, 2)
    brick = (course * 89 + np.floor(u) * 31).astype(int) % _TONES
    fu, fv = u - np.floor(u), h / 0.075 - course
    edge = np.minimum(np.minimum(fu, 1 - fu) * 0.25, np.minimum(fv, 1 - fv) * 0.075)
    mortar = np.clip((0.0085 - edge) / 0.004, 0, 1)[..., None]
    spread = 0.03 if is_painted else 0.20
    tones = (1 + spread * rng.standard_normal(_TONES)).clip(0.55, 1.4).astype(np.float32)
    rough = 1 + (0.02 if is_painted else 0.05) * (
        noise.sample("clouds", s / 0.6, h / 0.6) + noise.sample("clouds", s / 4.1, h / 4.1)
    )
    face = base * (tones[brick] * rough)[..., None]
    joint = base * 0.86 if is_painted else light_of((168, 154, 140)) * rough[..., None]
    return np.asarray(face * (1 - mortar) + joint * mortar, np.float32)


def _slant(pixel: Floats) -> Floats:
    """Pixels cover less across the view than away from us; at our heights roughly the square root of it."""
    return np.asarray(np.sqrt(np.maximum(pixel, 1e-5)) * 0.12 / np.maximum(pixel, 1e-5), np.float32).clip(0.02, 1.0)


def _line(cell: Floats, size_m: float, pixel: Floats, line_m: float) -> Floats:
    """How much of a pixel the line between two cells covers, 0..1."""
    offset = cell - np.floor(cell)
    distance = np.minimum(offset, 1 - offset) * size_m
    reach = np.maximum(pixel * 0.75, line_m * 0.5)
    return np.asarray(np.clip(1.5 - distance / reach, 0, 1) * np.minimum(1, line_m / (2 * reach)), np.float32)


def _joints(value: Floats, every_m: float, line_m: float) -> Floats:
    offset = np.mod(value, every_m)
    return np.asarray(np.clip(1.5 - np.minimum(offset, every_m - offset) / line_m, 0, 1), np.float32)
