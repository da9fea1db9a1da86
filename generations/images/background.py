"""Plates nobody has to paint: one color, or a photograph of the caller's fitted to the frame."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generations.images import compositing

Pixels = NDArray[np.uint8]


def of_color(*, color: tuple[int, int, int], width_px: int, height_px: int) -> Pixels:
    """Every pixel exactly this color: no grain, no vignette."""
    plate = np.empty((height_px, width_px, 3), np.uint8)
    plate[:] = color
    return plate


def of_picture(
    *, rgb: Pixels, alpha: Pixels | None, width_px: int, height_px: int, fit: Literal["cover", "contain"]
) -> Pixels:
    """Fit a picture to the frame; transparency lies over white. A picture of the right size is not resampled.

    cover: fills the frame, centered, the rest is cut off. contain: lies inside it, centered, surrounded by the
    mean color of its own outermost pixels.
    """
    picture = flattened(rgb, alpha)
    if picture.shape[:2] == (height_px, width_px):
        return picture
    if fit == "cover":
        return _cover(picture, width_px, height_px)
    return _contain(picture, width_px, height_px)


def flattened(rgb: Pixels, alpha: Pixels | None) -> Pixels:
    """The picture over white, by the compositor's own integers."""
    if alpha is None:
        return rgb
    return compositing.compose(foreground=rgb, matte=alpha, plate=np.full_like(rgb, 255))


def _cover(picture: Pixels, width: int, height: int) -> Pixels:
    """Scale to at least the frame, then cut the middle out. Only what remains is ever computed: the scaled
    whole of a long, narrow picture could be a hundred times the frame."""
    bh, bw = picture.shape[:2]
    if bw * height >= bh * width:
        new_width, new_height = -(-bw * height // bh), height
    else:
        new_width, new_height = width, -(-bh * width // bw)
    left, top = (new_width - width) // 2, (new_height - height) // 2
    across, down = bw / new_width, bh / new_height
    box = (left * across, top * down, min(bw, (left + width) * across), min(bh, (top + height) * down))
    image = Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS, box=box)
    return np.asarray(image)


def _contain(picture: Pixels, width: int, height: int) -> Pixels:
    bh, bw = picture.shape[:2]
    if bw * height >= bh * width:
        new_width, new_height = width, max(1, bh * width // bw)
    else:
        new_width, new_height = max(1, bw * height // bh), height
    left, top = (width - new_width) // 2, (height - new_height) // 2
    plate = of_color(color=_rim_color(picture), width_px=width, height_px=height)
    inner = Image.fromarray(picture).resize((new_width, new_height), Image.Resampling.LANCZOS)
    plate[top : top + new_height, left : left + new_width] = np.asarray(inner)
    return plate


def _rim_color(picture: Pixels) -> tuple[int, int, int]:
    """Rounded mean of the outermost pixels, each counted once."""
    rim = np.concatenate((picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]))
    red, green, blue = np.floor(rim.mean(axis=0) + 0.5).astype(int).tolist()
    return red, green, blue
