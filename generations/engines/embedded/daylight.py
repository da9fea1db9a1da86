"""How a room is lit: a window in the wall beside the camera, the sky's fill, and the sun through the panes.

The window is a lamp with the cosine law and inverse squares, so walls fall off as walls do. The sun's patch
is found by going back from each point along the sunbeam to the window: its perspective is right on every
surface.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.camera import EYE_M
from generations.engines.embedded.color import Floats, of_kelvin
from generations.engines.embedded.room import Room
from generations.engines.embedded.stage import Stage


@dataclass(frozen=True, slots=True)
class Daylight:
    """window: room point of the middle of all the glass. pane: of the part the sun comes through. key, fill:
    linear colors with their strength. sun: of its patch, 0 for none.

    beam: direction in which sunlight travels. shift: where in the leaf noise. scale: makes the key 1 at the
    subject.
    """

    window: tuple[float, float, float]
    pane: tuple[float, float, float]
    key: Floats
    fill: Floats
    sun: float
    beam: tuple[float, float, float]
    shift: tuple[float, float]
    scale: float

    def arriving(self, x: Floats, y: Floats | float, z: Floats, normal: Sequence[Floats | float]) -> Floats:
        """Cosine at the surface times cosine at the window over the squared distance."""
        dx, dy, dz = self.window[0] - x, self.window[1] - y, self.window[2] - z
        square = dx * dx + dy * dy + dz * dz + 4.0
        inverse = 1 / np.sqrt(square)
        # A window is wide: it still reaches what a lamp at its middle would leave dark.
        cosine = np.maximum((dx * normal[0] + dy * normal[1] + dz * normal[2]) * inverse, 0) * 0.75 + 0.25
        facing = np.abs(dx) * inverse * 0.7 + 0.3
        return np.asarray(cosine * facing / square * self.scale, np.float32)

    def patch(self, x: Floats, y: Floats | float, z: Floats) -> Floats:
        """The sun's share 0..1: through the panes, past the bars, between the leaves outside."""
        path = (x - self.pane[0]) / self.beam[0]
        height = y - path * self.beam[1] - self.pane[1]
        along = z - path * self.beam[2] - self.pane[2]
        soft = 0.02 + 0.012 * np.abs(path)
        first, second, third = (_between(along, left, left + 0.62, soft) for left in (-1.02, -0.31, 0.40))
        panes = (first + second + third) * (_between(height, -0.85, 0.18, soft) + _between(height, 0.27, 0.85, soft))
        leaves = noise.sample("leaves", along / 3.0 + self.shift[0], height / 3.0 + self.shift[1])
        return np.asarray(panes * (0.3 + 0.7 * leaves), np.float32)


def of(stage: Stage, room: Room) -> Daylight:
    """Set up the window beside the camera that gives this stage its light."""
    light, camera = stage.light, room.camera
    side = -1.0 if light.side < 0 else 1.0
    far = camera.depth_m(camera.wall)
    rng = stage.rng("daylight")
    # After dark the window gives little, and what it gives is the sky's.
    window_share = 1 - 0.85 * light.lamps
    key_share = light.ratio / (1 + light.ratio)
    wall_x = side * (0.5 * camera.width / camera.focal_px * far + 1.1)
    # The sun's patch is wanted on the wall behind the subject: the pane it comes through follows from that.
    middle = (camera.subject_x - camera.center) / camera.focal_px * far
    landing = (middle - side * (0.35 + 0.5 * float(rng.random())), 0.75 + 0.35 * float(rng.random()), far)
    path = abs(wall_x - landing[0])
    beam = (-side, -float(np.tan(np.radians(light.elevation_deg))) * 0.6, 0.75 + 0.25 * float(rng.random()))
    pane = (wall_x, landing[1] - path * beam[1], landing[2] - path * beam[2])
    day = Daylight(
        window=(wall_x, 1.7, far - 1.5),
        pane=pane,
        key=of_kelvin(light.kelvin) * np.float32(key_share * window_share),
        fill=of_kelvin(light.fill_kelvin) * np.float32(1 - key_share) * np.float32(1 - 0.45 * light.lamps),
        sun=(2.0 * key_share) if light.gobo else 0.0,
        beam=beam, shift=(float(rng.random()), float(rng.random())), scale=1.0,
    )  # fmt: skip
    x = np.full((1, 1), (camera.subject_x - camera.center) / camera.focal_px * far, np.float32)
    z = np.full((1, 1), far, np.float32)
    here = day.arriving(x, 1.0, z, (0.0, 0.0, -1.0)) + day.arriving(x, 0.0, z - 0.8, (0.0, 1.0, 0.0))
    return replace(day, scale=2.0 / float(here[0, 0]))


def lit(
    stage: Stage,
    room: Room,
    *,
    wall: Floats,
    floor: Floats,
    gloss: float,
    lamp: float | None = None,
    ceiling: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Light the albedos of wall (h, w, 3) and floor (rows from first_floor_row) and put them together.

    gloss: 0 dull .. 1 polished, how much of the wall the floor mirrors at grazing angles. lamp: the column of a lamp
    that stands at the wall, lit where the light of the scene has lamps. ceiling: the
    light of lamps there on the walls (h, w), in the place of one beside the camera. Returns the picture
    and the light on the wall, which also falls on what stands before it.
    """
    day = of(stage, room)
    lamps = _lamp_on_wall(stage, room, lamp) if ceiling is None else ceiling[..., None] * of_kelvin(3000)
    shining = _on_wall(day, room) + lamps
    out = wall * (shining * _dimmed_wall(room)[..., None] + _bounced(room, floor))
    ground = floor * (_on_floor(day, room) + _lamp_on_floor(stage, room, lamp)) * _dimmed_floor(room)[..., None]
    if gloss > 0:
        ground = ground + _mirrored(out, room, gloss)
    mask = room.mask[room.first_floor_row :, :, None]
    out[room.first_floor_row :] = out[room.first_floor_row :] * (1 - mask) + ground * mask
    return np.asarray(out, np.float32), shining


def _dimmed_wall(room: Room) -> Floats:
    """Ambient occlusion on the walls, narrow and wide, along the floor and in the corner."""
    up = np.maximum(room.height, 0)
    foot = 0.20 * np.exp(-up / 0.10) + 0.12 * np.exp(-up / 0.5)
    if not room.is_side.any():
        return np.asarray(1 - foot, np.float32)
    aside = np.abs(room.along)
    corner = 0.15 * np.exp(-aside / 0.2) + 0.13 * np.exp(-aside / 0.9)
    return np.asarray((1 - foot) * (1 - corner)[None, :], np.float32)


def _dimmed_floor(room: Room) -> Floats:
    """The same on the floor, along the foot of the wall."""
    rows = np.arange(room.first_floor_row, room.camera.height, dtype=np.float32)[:, None]
    gap_px = np.maximum(rows - room.base[None, :], 0)
    gap_m = gap_px * (room.depth**2 / (room.camera.focal_px * EYE_M))[None, :]
    return np.asarray(1 - 0.34 * np.exp(-gap_m / 0.12) - 0.16 * np.exp(-gap_m / 0.6), np.float32)


def _bounced(room: Room, floor: Floats) -> Floats:
    """The floor's color thrown back at the foot of the wall."""
    color = floor.mean(axis=(0, 1))
    return np.asarray(0.10 * np.exp(-np.maximum(room.height, 0) / 0.7)[..., None] * color, np.float32)


def _on_wall(day: Daylight, room: Room) -> Floats:
    x, z = room.wall_x()[None, :], room.depth[None, :]
    toward = 1.0 if day.window[0] > 0 else -1.0
    across, facing = np.where(room.is_side, toward, 0.0)[None, :], np.where(room.is_side, 0.0, -1.0)[None, :]
    key = day.arriving(x, room.height, z, (across, 0.0, facing))
    # The sky reaches the middle of a wall best: the ceiling hides it above, the sill below.
    fill = 1.04 - 0.12 * (np.clip(room.height / 2.6, 0, 1.3) - 0.5) ** 2
    if day.sun:
        key = key + day.sun * 0.55 * day.patch(x, room.height, z)
    return np.asarray(day.fill * fill[..., None] + day.key * key[..., None], np.float32)


def _on_floor(day: Daylight, room: Room) -> Floats:
    x, z = room.floor_xz()
    key = day.arriving(x, 0.0, z, (0.0, 1.0, 0.0))
    if day.sun:
        key = key + day.sun * 0.8 * day.patch(x, 0.0, z)
    return np.asarray(day.fill * 0.96 + day.key * key[..., None], np.float32)


def _lamp_on_wall(stage: Stage, room: Room, column: float | None) -> Floats:
    return _glow(stage, room, column, room.wall_x()[None, :], room.height, room.depth[None, :])


def _lamp_on_floor(stage: Stage, room: Room, column: float | None) -> Floats:
    x, z = room.floor_xz()
    return _glow(stage, room, column, x, np.zeros_like(x), z)


def _glow(stage: Stage, room: Room, column: float | None, x: Floats, y: Floats, z: Floats) -> Floats:
    """A lamp's light by the square of the distance; with no lamp in view one shines from beside the camera."""
    if not stage.light.lamps:
        return np.zeros(3, np.float32)
    camera = room.camera
    far = camera.depth_m(camera.wall)
    if column is None:
        side = 1.0 if stage.light.side > 0 else -1.0
        at, strength = (side * (0.5 * camera.width / camera.focal_px * far + 0.2), 1.5, far - 0.9), 1.3
    else:
        at, strength = ((column - camera.center) / camera.focal_px * far, 1.32, far - 0.35), 1.05
    square = (x - at[0]) ** 2 + (y - at[1]) ** 2 + (z - at[2]) ** 2
    fall = strength / (0.40 + square) + 0.16
    return np.asarray(fall[..., None] * of_kelvin(2700) * stage.light.lamps, np.float32)


def _mirrored(wall: Floats, room: Room, gloss: float) -> Floats:
    """The wall seen in the floor: flipped at its foot, blurred, by Schlick's Fresnel term with F0 = .04."""
    camera = room.camera
    first = room.first_floor_row
    rows = np.arange(first, camera.height, dtype=np.float32)[:, None]
    flipped = np.broadcast_to(2 * room.base[None, :] - rows, (rows.size, camera.width)).astype(np.float32)
    columns = np.broadcast_to(np.arange(camera.width, dtype=np.float32)[None, :], flipped.shape)
    seen = cv2.remap(wall, columns.copy(), np.maximum(flipped, 0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.GaussianBlur(
        seen, (0, 0), sigmaX=1 + 0.006 * camera.width, sigmaY=1 + 0.03 * camera.height * (1.2 - gloss)
    )
    slope = (rows - camera.horizon) / camera.focal_px
    cosine = slope / np.sqrt(1 + slope**2)
    fresnel = 0.04 + 0.96 * (1 - cosine) ** 5
    return np.asarray(seen * (fresnel * gloss)[..., None], np.float32)


def _between(value: Floats, low: float, high: float, soft: Floats) -> Floats:
    return np.asarray(
        np.clip((value - low) / soft + 0.5, 0, 1) * np.clip((high - value) / soft + 0.5, 0, 1), np.float32
    )
