"""From received bytes to a finished picture: the steps in order. No database, no queue, no settings.

    decode -> matte -> canvas -> plate (an engine's, a color, a photograph) -> shadow, watermark -> composite
           -> checks -> file

An engine makes a background; the picture is made here. The subject's own pixels are pasted over the plate by
integer arithmetic, and that they came through is measured, never assumed.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import structlog
from numpy.typing import NDArray

from generations import engines
from generations.engines.base import EditRequest, Engine
from generations.engines.embedded import EmbeddedEngine, light, plates, shadow
from generations.engines.errors import BadOutput
from generations.images import (
    background,
    canvas,
    checks,
    compositing,
    encoding,
    kept_pixels,
    provenance,
    refine,
    watermark,
    weights,
)
from generations.images.canvas import Canvas
from generations.images.decoder import Decoded, Decoder, own_file
from generations.images.errors import ImageRefused
from generations.images.matting import Matter
from generations.parts import CutOut, Drawn, Plate
from generations.stages import Stage, StageClock

log = structlog.get_logger(__name__)

Pixels = NDArray[np.uint8]

# What an engine says of a photograph it used, or could not use, instead of painting.
PLATE_NOTES = ("plate_sha256", "plate_fault")
OWN_ALPHA_BELOW, OWN_ALPHA_SHARE = 250, 0.01


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to make. Bytes are as received; without a background color or picture the prompt is painted.

    mask: a picture whose white keeps. seed: 0..2147483647. watermark: draw TEST into the background. canvas: the
    frame of the result, None = the photo's own. result: the subject over a background, or alone on transparency.
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
    canvas: Canvas | None = None
    result: Literal["composite", "cutout"] = "composite"


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture and its evidence; every dict is JSON-able.

    subject, scene: as answered. engine: who painted, "none" where nobody did. clean_input_png, matte_png:
    what the result can be checked against; proof: the digests of both, and what encoding did. stage_ms:
    milliseconds of each stage. gates, network: for the record.
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
    proof: dict[str, Any]
    stage_ms: dict[str, int]
    gates: dict[str, Any]
    network: dict[str, Any]


class Pipeline:
    """Makes pictures one after another. Built in a worker's own process, never before it forks."""

    def __init__(self, decoder: Decoder, matter: Matter, engine: Engine) -> None:
        self._decoder = decoder
        self._matter = matter
        self._engine = engine
        # What is kept as evidence is encoded while the plate is painted: one core does each.
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evidence")

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        """Make one picture, calling on_stage as each stage begins; what on_stage raises ends the run.

        Raises ImageRefused and its branches for pictures and frames that cannot be used, EngineError when no plate
        was made, PixelsChanged when gate G1 finds a fault of ours; each a RoomAIError with the contract's code.
        """
        clock = StageClock(on_stage)
        clock.begin("finding_subject")
        photo = self._decoder.decode(request.image)
        whole = self._cut_out(photo, request.mask)
        frame = canvas.frame(matte=whole.matte, canvas=request.canvas)
        clean = self._beside.submit(encoding.clean_png, photo.rgb, photo.alpha)
        matte = self._beside.submit(encoding.matte_png, whole.matte)
        cut = whole.framed(frame)
        drawn = self._composite(request, cut, clock) if request.result == "composite" else _alone(request, cut, clock)
        clock.begin("checking")
        figures = checks.kept(out=drawn.pixels, source=cut.source, matte=cut.matte)
        checks.require_unchanged(figures)
        proof = kept_pixels.evidence(photo=whole.source, matte=whole.matte, out=drawn.pixels, out_matte=cut.matte)
        subject = checks.subject_report(matte=cut.matte, figures=figures, offset_px=frame.offset_px)
        clock.begin("saving")
        data = encoding.encode(drawn.pixels, file_format=request.format, made=drawn.made)
        return Picture(
            data=data,
            format=request.format,
            width_px=frame.width_px,
            height_px=frame.height_px,
            subject=subject,
            scene=drawn.scene,
            engine=drawn.engine,
            clean_input_png=clean.result(),
            matte_png=matte.result(),
            proof=proof | {"offset_px": subject["offset_px"]} | _of_file(data, drawn, cut),
            stage_ms=clock.end(),
            gates={"g1": {"max_difference": figures.max_difference, "passed": True}},
            network=cut.origin | drawn.origin,
        )

    def close(self) -> None:
        """End the decode helper and the thread beside."""
        self._decoder.close()
        self._beside.shutdown()

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
        refined = refine.refined(coarse.plane, rgb=rgb)
        matte = refined.matte
        checks.require_subject(coarse=coarse, matte=matte)
        origin = {
            "matte": "network",
            "name": self._matter.network.name,
            "sha256": self._matter.network.sha256,
            "runtime": self._matter.runtime,
            "recipe": f"{refine.FINE.name}-{refine.FINE.revision}",
            "refinement": refined.refinement,
            "raw_max": round(coarse.raw_max, 4),
            "raw_share": round(coarse.raw_share, 4),
        }
        return CutOut(rgb, matte, refine.decontaminate(rgb, matte), origin)

    def _composite(self, request: PictureRequest, cut: CutOut, clock: StageClock) -> Drawn:
        clock.begin("painting")
        plate = self._plate(request, cut)
        clock.begin("compositing")
        out = compositing.compose(foreground=cut.foreground, matte=cut.matte, plate=_dressed(plate, request, cut))
        return Drawn(out, plate.engine, plate.made, plate.scene, plate.origin)

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
        origin = {name: str(done.notes[name]) for name in PLATE_NOTES if name in done.notes}
        if "plate_sha256" in origin:
            made = "given"
        return Plate(done.plate, caps.name, made, dict(scene) if scene else None, caps.plate, origin)

    def _decode_part(self, data: bytes, what: Literal["mask", "background"]) -> Decoded:
        """Decode a second picture of the call; a refusal says which of them it is about."""
        try:
            return self._decoder.decode(data)
        except ImageRefused as refusal:
            refusal.message = f"In the {what}: {refusal.message}"
            raise


def default_pipeline(
    *, weights_dir: Path, network: str = "u2netp", threads: int = 2, plates_dir: Path | None = None
) -> Pipeline:
    """The pipeline of an installation without any engine of its own: the built-in painter on this machine.

    plates_dir: an operator's photographs (`engines.embedded.plates`), each decoded once here to be checked.
    """
    matter = Matter(weights_dir=weights_dir, network=weights.NETWORKS[network], threads=threads)
    decoder = Decoder()
    if plates_dir is None:
        return Pipeline(decoder, matter, engines.get_engine("embedded"))
    folder = load_plates(plates_dir=plates_dir, decoder=decoder)
    for name, fault in folder.faults.items():
        log.warning("plate_skipped", plate=name, fault=fault)
    return Pipeline(decoder, matter, EmbeddedEngine(plates=folder))


def load_plates(*, plates_dir: Path, decoder: Decoder) -> plates.Folder:
    """Check an operator's photographs, each decoded once in the helper process."""
    return plates.load(plates_dir, decode=lambda data: _opaque(decoder.decode(data)))


def _opaque(photo: Decoded) -> Pixels:
    return background.flattened(photo.rgb, photo.alpha)


def _of_file(data: bytes, drawn: Drawn, cut: CutOut) -> dict[str, Any]:
    """Read the file again that is about to be delivered, and say what encoding did to the kept pixels."""
    read_back = own_file(data, channels=drawn.pixels.shape[2])
    return kept_pixels.of_file(read_back=read_back, out=drawn.pixels, matte=cut.matte)


def _alone(request: PictureRequest, cut: CutOut, clock: StageClock) -> Drawn:
    """The subject on transparency; nobody paints, so that stage is left out."""
    clock.begin("compositing")
    pixels = compositing.cut_out(foreground=cut.foreground, matte=cut.matte)
    return Drawn(watermark.draw_behind(pixels) if request.watermark else pixels, "none", "cut", None)


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
