"""The deterministic twin of an inpainting engine: it sends back the whole picture, subject included.

It keeps the subject with a sliver round it and paints the rest as `fake` does. Beside that one's scenario words,
these make it misbehave as such servers do: `[[redraw]]` the subject is drawn anew, `[[shift]]` it is moved,
`[[grow]]` something larger of it stands behind, `[[noop]]` the photo comes back, `[[drop-mask]]` the subject is painted
over. These it may do: `[[jpeg]]` the answer was a lossy file, `[[grain]]` noise everywhere, `[[tone]]` the subject is a
little brighter and warmer.
"""

import time

import cv2
import numpy as np

from generations.engines import fake
from generations.engines.base import Done, EditRequest, EngineCaps, Health, Pixels

BAD = ("[[redraw]]", "[[shift]]", "[[grow]]", "[[noop]]", "[[drop-mask]]")
GOOD = ("", "[[jpeg]]", "[[grain]]", "[[tone]]")

SLIVER_SHARE, SLIVER_PX = 0.003, 2
SHIFT_PX = (3, 2)
WAVES, WAVE_SHARE = 2.5, 0.015
GROWN = 1.3
GRAIN, WARMER = 3.0, (1.05, 1.03, 1.0)


class FakeInpainting:
    """Paints prompt, seed and size only around the subject; the same request gives the same bytes."""

    caps = EngineCaps(
        name="fake_inpainting", revision="1", hosting="selfhosted", plate=False, redraws=True, seed=True
    )  # fmt: skip

    def submit(self, request: EditRequest) -> Done:
        """Answer with the whole picture; see the module for the scenario words."""
        started = time.monotonic()
        fake.play(request.prompt, engine=self.caps.name)
        raw = _finished(_painted(request), request)
        return Done(plate=raw, run_s=time.monotonic() - started, notes={})

    def health(self) -> Health:
        return Health(ok=True, detail="fake")


def _painted(request: EditRequest) -> Pixels:
    prompt, image, ground = request.prompt, request.image, fake.ramp(request)
    kept = _with_sliver(request.matte)
    if "[[noop]]" in prompt:
        return image.copy()
    if "[[drop-mask]]" in prompt:
        return ground
    if "[[redraw]]" in prompt:
        image, kept = (_wavy(plane) for plane in (image, kept))
    if "[[shift]]" in prompt:
        image, kept = (np.roll(plane, SHIFT_PX, axis=(0, 1)) for plane in (image, kept))
    if "[[grow]]" in prompt:
        ground = _pasted(_grown(image, kept), _grown(kept, kept), ground)
    return _pasted(image, kept, ground)


def _finished(raw: Pixels, request: EditRequest) -> Pixels:
    """What the way back may do to a faithful picture."""
    if "[[tone]]" in request.prompt:
        warm = np.clip(raw * np.array(WARMER, np.float32) + 0.5, 0, 255).astype(np.uint8)
        raw = np.where(request.matte[:, :, None] >= 8, warm, raw)
    if "[[grain]]" in request.prompt:
        noise = np.random.default_rng(request.seed).normal(0, GRAIN, raw.shape)
        raw = np.clip(raw + noise + 0.5, 0, 255).astype(np.uint8)
    if "[[jpeg]]" in request.prompt:
        _, file = cv2.imencode(".jpg", raw[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
        raw = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR_RGB), np.uint8)
    return raw


def _with_sliver(matte: Pixels) -> Pixels:
    """255 on the subject and a sliver round it, so that the painting does not begin at a ragged edge."""
    reach = max(SLIVER_PX, round(SLIVER_SHARE * max(matte.shape)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return np.asarray(cv2.dilate(np.where(matte >= 8, 255, 0).astype(np.uint8), disc), np.uint8)


def _pasted(image: Pixels, kept: Pixels, ground: Pixels) -> Pixels:
    return np.where(kept[:, :, None] > 127, image, ground)


def _wavy(plane: Pixels) -> Pixels:
    """Bend the plane by waves of one and a half percent of its long side."""
    height, width = plane.shape[:2]
    reach = WAVE_SHARE * max(height, width)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn = np.float32(2 * np.pi * WAVES)
    across, down = x + reach * np.sin(turn * y / height + 1), y + reach * np.cos(turn * x / width)
    return np.asarray(cv2.remap(plane, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8)


def _grown(plane: Pixels, kept: Pixels) -> Pixels:
    """Enlarge the plane round the middle of what is kept."""
    left, top, wide, high = cv2.boundingRect(kept)
    x, y = left + wide / 2, top + high / 2
    turn = np.array([[GROWN, 0, (1 - GROWN) * x], [0, GROWN, (1 - GROWN) * y]])
    return np.asarray(cv2.warpAffine(plane, turn, plane.shape[1::-1], flags=cv2.INTER_LINEAR), np.uint8)


def build() -> FakeInpainting:
    return FakeInpainting()
