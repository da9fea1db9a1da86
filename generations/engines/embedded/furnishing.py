"""Which things a room gets and where they stand."""

import numpy as np

from generations.engines.embedded import outdoors, props, surfaces
from generations.engines.embedded.color import Floats
from generations.engines.embedded.layer import Layer, spot
from generations.engines.embedded.room import Room
from generations.engines.embedded.stage import Stage

_MOST = 3
_BACK_TO_FRONT = ("rug", "art", "curtain", "bed", "sideboard", "plinth", "lamp", "plant")


def chosen(stage: Stage, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The things to draw: those asked for first, then the usual ones, never a removed one, three at most."""
    plan = stage.plan
    wanted = [thing for thing in plan.things if thing in props.DRAWN or thing == "rug"]
    most = 2 if "minimalist" in plan.styles else _MOST
    for thing in usual:
        if len(wanted) < most and thing not in wanted:
            wanted.append(thing)
    return tuple(thing for thing in wanted[:_MOST] if thing not in plan.removed)


def furnish(stage: Stage, room: Room, picture: Floats, shining: Floats, things: tuple[str, ...]) -> Floats:
    """Draw the things at the wall, out of focus, those on the wall before those that stand in front of it."""
    unit = max(stage.shape) / 1000
    # The window's pattern lies on the wall; on what stands before it, it would lie in the wall's plane.
    even = outdoors.melted(shining, 45 * unit)
    for thing in sorted(things, key=_BACK_TO_FRONT.index):
        column = _column(stage, thing, things)
        if thing not in props.DRAWN or column is None:
            continue
        layer = Layer.empty(stage.shape)
        props.DRAWN[thing](stage, layer, spot(room, column), stage.rng(thing))
        picture = layer.over(
            picture,
            shining if thing in ("art", "curtain") else even,
            blur_px=(3.0 if stage.camera.stand.is_grounded else 7.0) * unit,
            shade_px=14 * unit,
        )
    return picture


def lamp_column(stage: Stage, things: tuple[str, ...]) -> float | None:
    """Where the lamp among these things stands, None for no lamp or no place for one."""
    return _column(stage, "lamp", things) if "lamp" in things else None


def rug(stage: Stage, room: Room, floor: Floats) -> Floats:
    """Lay a rug under the subject, in the perspective of the floor; a lighter border, woven threads."""
    a, b, pixel = room.floor()
    camera = room.camera
    stand = camera.stand
    near, far = camera.depth_m(stand.bottom + 0.05 * camera.height), camera.depth_m(stand.rear)
    turn = float(np.hypot(1, room.yaw))
    ax, az = (camera.subject_x - camera.center) / camera.focal_px * (near + far) / 2, (near + far) / 2
    center_a, center_b = (ax + room.yaw * az) / turn, (az - room.yaw * ax) / turn
    half_a = 0.75 * stand.width_px / camera.focal_px * far + 0.35
    half_b = (far - near) / 2 + 0.42
    inside = np.minimum(half_a - np.abs(a - center_a), half_b - np.abs(b - center_b))
    soft = np.maximum(pixel, 0.008)
    mask = np.clip(inside / soft + 0.5, 0, 1)
    colors = ((216, 206, 190), (188, 176, 160), (150, 152, 150), (206, 190, 176))
    base = stage.albedo("rug", colors[int(stage.rng("rug").integers(len(colors)))])
    border = np.clip((0.07 - inside) / soft + 0.5, 0, 1) * np.clip((inside - 0.035) / soft + 0.5, 0, 1)
    cloth = surfaces.woven(base, a, b, pixel) * (1 - 0.22 * border)[..., None]
    around = 0.22 * np.exp(-np.maximum(-inside, 0) / 0.025) * (1 - mask)
    return np.asarray(floor * (1 - around - mask)[..., None] + cloth * mask[..., None], np.float32)


def _column(stage: Stage, thing: str, things: tuple[str, ...]) -> float | None:
    """The column for a thing: art and sideboard share the wider side, the plant takes the other, the curtain
    the window's; None where the subject is cut by that border or leaves no room beside its middle third.
    """
    camera = stage.camera
    stand = camera.stand
    left, right = stand.left, camera.width - stand.right
    wide_side = "left" if left >= right else "right"
    side = {"curtain": "left" if stage.light.side < 0 else "right"}.get(thing, wide_side)
    if thing in ("plant", "lamp") and {"sideboard", "art", "bed"} & set(things):
        side = "right" if wide_side == "left" else "left"
        if thing == "lamp" and "plant" in things:
            side = wide_side
    elif thing == "lamp" and "plant" in things:
        side = "right" if wide_side == "left" else "left"
    if side in stand.cut:
        return None
    gap = left if side == "left" else right
    inset = {
        "curtain": 0.05 * camera.width,
        "plant": 0.5 * gap,
        "lamp": 0.4 * gap,
        "bed": 0.30 * gap,
        "plinth": 0.42 * gap,
    }.get(thing, 0.48 * gap)
    if "lamp" in things and side == wide_side and thing in ("art", "lamp") and "bed" not in things:
        inset = (0.68 if thing == "art" else 0.2) * gap
    inset = max(inset, 0.03 * camera.width)
    return inset if side == "left" else camera.width - inset
