"""From received bytes to a finished picture: the steps in order. No database, no queue, no settings.

    decode -> matte -> plate (an engine's, a color, a photograph) -> shadow, watermark -> composite -> checks -> file

An engine makes a background; the picture is made here. The subject's own pixels are pasted over the plate by
integer arithmetic, and that they came through is measured, never assumed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from generations import engines
from generations.engines.base import EditRequest, Engine
from generations.engines.embedded import light, shadow
from generations.engines.errors import BadOutput
from generations.images import (
    background,
    checks,
    compositing,
    encoding,
    provenance,
    refine,
    watermark,
    weights,
)
from generations.images.decoder import Decoded, Decoder
from generations.images.errors import ImageRefused
from generations.images.matting import Matter

Pixels = NDArray[np.uint8]
Stage = Literal["finding_subject", "painting", "compositing", "checking", "saving"]

OWN_ALPHA_BELOW, OWN_ALPHA_SHARE = 250, 0.01


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to make. Bytes are as received; without a background color or picture the prompt is painted.

    mask: a picture whose white keeps. seed: 0..2147483647. watermark: draw TEST into the background.
    """

    model: str
    image: bytes
    seed: int
    prompt: str | None = None
    mask: bytes | None = None
    background_color: tuple[int, int, int] | None = None
    background_image: bytes | None = None
    background_fit: Literal["cover", "contain"] = "cover"
    format: encoding.Format = "png"
    shadow: Literal["none", "contact"] = "contact"
    watermark: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture and its evidence; every dict is JSON-able.

    subject, scene: as answered. engine: who painted, "none" for a given background. clean_input_png, matte_png:
    what the result can be checked against. stage_ms: milliseconds of each stage. gates, network: for the record.
    """

    data: bytes
    format: encoding.Format
    width_px: int
    height_px: int
    subject: dict[str, Any]
    scene: dict[str, Any] | None
    engine: str
    clean_input_png: bytes
    matte_png: bytes
    stage_ms: dict[str, int]
    gates: dict[str, Any]
    network: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CutOut:
    """The photo taken apart. source: the reference of "unchanged". foreground: source without the old background
    shining through half-transparent pixels. origin: where the matte came from, for the record."""

    source: Pixels
    matte: Pixels
    foreground: Pixels
    origin: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plate:
    """A background without the subject, HxWx3, and who made it."""

    pixels: Pixels
    engine: str
    made: provenance.Made
    scene: dict[str, Any] | None
    wants_shadow: bool = True


class Pipeline:
    """Makes pictures one after another. Built in a worker's own process, never before it forks."""

    def __init__(self, decoder: Decoder, matter: Matter, engine: Engine) -> None:
        self._decoder = decoder
        self._matter = matter
        self._engine = engine

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        """Make one picture, calling on_stage as each stage begins; what on_stage raises ends the run.

        Raises ImageRefused and its branches for pictures that cannot be used, EngineError when no plate was made,
        PixelsChanged when gate G1 finds a fault of ours; each a RoomAIError with the contract's code.
        """
        clock = StageClock(on_stage)
        clock.begin("finding_subject")
        photo = self._decoder.decode(request.image)
        cut = self._cut_out(photo, request.mask)
        clock.begin("painting")
        plate = self._plate(request, cut)
        clock.begin("compositing")
        out = compositing.compose(foreground=cut.foreground, matte=cut.matte, plate=_dressed(plate, request, cut))
        clock.begin("checking")
        figures = checks.kept(out=out, source=cut.source, matte=cut.matte)
        checks.require_unchanged(figures)
        subject = checks.subject_report(matte=cut.matte, figures=figures, offset_px=(0, 0))
        clock.begin("saving")
        data = encoding.encode(out, file_format=request.format, made=plate.made)
        clean, matte = encoding.clean_png(photo.rgb, photo.alpha), encoding.matte_png(cut.matte)
        height_px, width_px = cut.matte.shape
        return Picture(
            data=data,
            format=request.format,
            width_px=width_px,
            height_px=height_px,
            subject=subject,
            scene=plate.scene,
            engine=plate.engine,
            clean_input_png=clean,
            matte_png=matte,
            stage_ms=clock.end(),
            gates={"g1": {"max_difference": figures.max_difference, "passed": True}},
            network=cut.origin,
        )

    def close(self) -> None:
        """End the decode helper."""
        self._decoder.close()

    def _cut_out(self, photo: Decoded, mask: bytes | None) -> CutOut:
        """The caller's mask, else the photo's own alpha, else the network."""
        rgb = photo.rgb
        if mask is not None:
            matte = _mask_matte(self._decode_part(mask, "mask"), like=rgb)
            checks.require_mask(matte)
            return CutOut(rgb, matte, refine.decontaminate(rgb, matte), {"matte": "mask"})
        if photo.alpha is not None and (photo.alpha < OWN_ALPHA_BELOW).mean() >= OWN_ALPHA_SHARE:
            checks.require_own_alpha(photo.alpha)
            # A cut-out's half-transparent pixels carry the subject's color already; nothing shines through.
            return CutOut(rgb, photo.alpha, rgb, {"matte": "alpha"})
        coarse = self._matter.find(rgb)
        matte = refine.refine(coarse.plane, rgb=rgb)
        checks.require_subject(coarse=coarse, matte=matte)
        origin = {
            "matte": "network",
            "name": self._matter.network.name,
            "sha256": self._matter.network.sha256,
            "runtime": self._matter.runtime,
            "recipe": f"{refine.FINE.name}-{refine.FINE.revision}",
            "raw_max": round(coarse.raw_max, 4),
            "raw_share": round(coarse.raw_share, 4),
        }
        return CutOut(rgb, matte, refine.decontaminate(rgb, matte), origin)

    def _plate(self, request: PictureRequest, cut: CutOut) -> Plate:
        height_px, width_px = cut.matte.shape
        scene = light.words(request.prompt) if request.prompt else None
        if request.background_color is not None:
            pixels = background.of_color(color=request.background_color, width_px=width_px, height_px=height_px)
            return Plate(pixels, "none", "given", scene)
        if request.background_image is not None:
            given = self._decode_part(request.background_image, "background")
            pixels = background.of_picture(
                rgb=given.rgb,
                alpha=given.alpha,
                width_px=width_px,
                height_px=height_px,
                fit=request.background_fit,
            )
            return Plate(pixels, "none", "given", scene)
        return self._painted(request, cut)

    def _painted(self, request: PictureRequest, cut: CutOut) -> Plate:
        """Let the engine paint; BadOutput when what it answers is not a plate of the picture's size."""
        caps = self._engine.caps
        done = self._engine.submit(
            EditRequest(image=cut.source, matte=cut.matte, prompt=request.prompt or "", seed=request.seed)
        )
        if done.plate.shape != cut.source.shape or done.plate.dtype != np.uint8:
            raise BadOutput(engine=caps.name, detail=f"plate is {done.plate.dtype} {done.plate.shape}")
        scene: Mapping[str, Any] | None = done.notes.get("scene")
        made: provenance.Made = "painted" if caps.hosting == "embedded" else "trained"
        return Plate(done.plate, caps.name, made, dict(scene) if scene else None, wants_shadow=caps.plate)

    def _decode_part(self, data: bytes, what: Literal["mask", "background"]) -> Decoded:
        """Decode a second picture of the call; a refusal says which of them it is about."""
        try:
            return self._decoder.decode(data)
        except ImageRefused as refusal:
            refusal.message = f"In the {what}: {refusal.message}"
            raise


class StageClock:
    """Tells each stage as it begins and keeps how many milliseconds it took."""

    def __init__(self, on_stage: Callable[[Stage], None]) -> None:
        self._on_stage = on_stage
        self._took_ms: dict[str, int] = {}
        self._current: Stage | None = None
        self._since = 0.0

    def begin(self, stage: Stage) -> None:
        self.end()
        self._on_stage(stage)
        self._current, self._since = stage, time.monotonic()

    def end(self) -> dict[str, int]:
        if self._current is not None:
            self._took_ms[self._current] = round(1000 * (time.monotonic() - self._since))
            self._current = None
        return self._took_ms


def default_pipeline(*, weights_dir: Path, network: str = "u2netp", threads: int = 2) -> Pipeline:
    """The pipeline of an installation without any engine of its own: the built-in painter on this machine."""
    matter = Matter(weights_dir=weights_dir, network=weights.NETWORKS[network], threads=threads)
    return Pipeline(Decoder(), matter, engines.get_engine("embedded"))


def _dressed(plate: Plate, request: PictureRequest, cut: CutOut) -> Pixels:
    """What is drawn on the plate, so that no pixel of the subject is ever touched: shadow, then watermark."""
    pixels = plate.pixels
    if plate.wants_shadow and request.shadow != "none":
        falls = light.for_prompt(prompt=request.prompt, rgb=cut.source, alpha=cut.matte)
        pixels = shadow.draw(plate=pixels, alpha=cut.matte, light=falls, shadow=request.shadow)
    return watermark.draw(pixels) if request.watermark else pixels


def _mask_matte(mask: Decoded, *, like: Pixels) -> Pixels:
    """The mask's luminance at the photo's size; where the mask is transparent it keeps nothing."""
    grey = cv2.cvtColor(mask.rgb, cv2.COLOR_RGB2GRAY)
    if mask.alpha is not None:
        grey = cv2.multiply(grey, mask.alpha, scale=1 / 255)
    size = (like.shape[1], like.shape[0])
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), np.uint8)
