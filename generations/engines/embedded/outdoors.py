"""What scenes under the open sky share: the camera with a horizon in the frame, the ground's plane, focus."""

from dataclasses import replace

import cv2
import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.camera import EYE_M, Camera
from generations.engines.embedded.color import Floats, of_kelvin

# Nothing farther away than this is told apart.
_FAR_M = 300.0


def view(camera: Camera, *, horizon: tuple[float, float], reach: float, eye_m: float = EYE_M) -> Camera:
    """Move the horizon into the frame, between two shares of its height, as one expects of a landscape.

    reach: where the near ground ends, as a share of the way from the horizon to the subject's rearmost foot; that
    row becomes the camera's `wall`. eye_m: how high the eye is. Nobody who is cut off by the lower border is followed:
    the ground ends at .86.
    """
    low, high = (share * camera.height for share in horizon)
    if not camera.stand.is_grounded:
        row = float(np.clip(camera.horizon, 0.36 * camera.height, 0.52 * camera.height))
        return replace(camera, horizon=row, wall=max(0.86 * camera.height, row + 4), eye_m=eye_m)
    row = float(np.clip(camera.horizon, low, high))
    row = min(row, camera.stand.rear - 0.16 * camera.height)
    wall = max(row + reach * (camera.stand.rear - row), row + 2)
    return replace(camera, horizon=row, wall=wall, eye_m=eye_m)


def plane(camera: Camera, first_row: int) -> tuple[Floats, Floats, Floats]:
    """Meters right (h, w) and away (h, 1) of the ground in the rows from first_row, and what a row covers (h, 1)."""
    rows = np.arange(first_row, camera.height, dtype=np.float32)[:, None] + 0.5
    away = np.minimum(camera.focal_px * camera.eye_m / np.maximum(rows - camera.horizon, 0.3), _FAR_M).astype(
        np.float32
    )
    ray = (np.arange(camera.width, dtype=np.float32)[None, :] + 0.5 - camera.center) / camera.focal_px
    return ray * away, away, np.asarray(away * away / (camera.focal_px * camera.eye_m), np.float32)


def seen(pixel: Floats, size_m: float) -> Floats:
    """How much of a texture of that grain is left where a row covers `pixel` meters, 0..1."""
    return np.asarray(np.clip(size_m / np.maximum(pixel, 1e-5), 0, 1), np.float32)


def bumps(kind: noise.Kind, a: Floats, b: Floats, *, period_m: float, side: float, reach_m: float) -> Floats:
    """Light and shade of an uneven ground: how much its height falls toward the light, about zero mean."""
    here = noise.sample(kind, a / period_m, b / period_m)
    step = reach_m / period_m * (1.0 if side > 0 else -1.0)
    return np.asarray(here - noise.sample(kind, a / period_m + step, b / period_m + 0.4 * abs(step)), np.float32)


def melted(picture: Floats, sigma_px: float) -> Floats:
    """A wide blur, worked out at a quarter of the size."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(4, width // 4), max(4, height // 4)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma_px / 4))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def focused(picture: Floats, camera: Camera, *, blur: float) -> Floats:
    """Keep the ground sharp at the subject's feet and melt it with distance. blur: share of the longer side."""
    unit = max(camera.width, camera.height)
    if not camera.stand.is_grounded:
        return melted(picture, 1.8 * blur * unit)
    soft, half = melted(picture, blur * unit), cv2.GaussianBlur(picture, (0, 0), max(0.4, 0.22 * blur * unit))
    rows = np.arange(camera.height, dtype=np.float32)[:, None, None]
    far = np.clip((camera.stand.rear - 0.02 * unit - rows) / max(camera.stand.rear - camera.horizon, 1.0), 0, 1)
    first, second = np.clip(far * 3.2, 0, 1), np.clip(far * 2.2 - 0.7, 0, 1)
    near = picture + (half - picture) * first
    return np.asarray(near + (soft - near) * second, np.float32)


def lantern(camera: Camera, ground: tuple[Floats, Floats, Floats], lamps: float) -> Floats:
    """The light of a lamp beside the camera on the ground (h, w, 3): the subject is lit by it as well.

    A photograph brought into the night shows a well lit subject; ground as dark as the rest would not carry it.
    """
    a, away, _ = ground
    at = camera.depth_m(0.5 * (camera.stand.rear + camera.stand.bottom))
    right = (camera.subject_x - camera.center) / camera.focal_px * at
    reach = max(0.9, 0.9 * camera.stand.width_px / camera.focal_px * at)
    # Nearer to the camera than the subject it falls off more slowly: the lamp is there.
    deep = np.where(away > at, (away - at) / (1.3 * reach), (away - at) / (2.2 * reach))
    square = ((a - right) / (1.5 * reach)) ** 2 + deep**2
    return np.asarray((0.62 * lamps / (1 + square) ** 2)[..., None] * of_kelvin(3900, adapted=0.6), np.float32)
