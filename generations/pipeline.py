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

import numpy as np
import structlog
from numpy.typing import NDArray

from generations import engines, gating
from generations.engines.base import EditRequest, Engine
from generations.engines.embedded import EmbeddedEngine, light, plates, shadow
from generations.images import (
    background,
    canvas,
    checks,
    compositing,
    encoding,
    gate,
    kept_pixels,
    matting,
    networks,
    provenance,
    refine,
    thumbnail,
    watermark,
)
from generations.images.canvas import Canvas
from generations.images.decoder import Decoded, Decoder, own_file
from generations.images.matting import Matter
from generations.parts import CutOut, Drawn, FoundMatte, KeptMatte, Plate
from generations.stages import Stage, StageClock
from generations.subject import SubjectFinder

log = structlog.get_logger(__name__)

Pixels = NDArray[np.uint8]

# What an engine says of a photograph it used, or could not use, instead of painting.
PLATE_NOTES = ("plate_sha256", "plate_fault")


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to make. Bytes are as received; without a background color or picture the prompt is painted.

    mask: a picture whose white keeps. kept_matte: what was found in this image before, under the pipeline's
    `matte_identity` of now: it is not looked for again. seed: 0..2147483647. watermark: draw TEST into the background.
    canvas: the frame of the result, None = the photo's own. result: the subject over a background, or alone on
    transparency. limit_bytes: the most one picture may weigh; more than usual only where one of them was ours before.
    """

    model: str
    image: bytes
    seed: int
    prompt: str | None = None
    mask: bytes | None = None
    kept_matte: KeptMatte | None = None
    background_color: tuple[int, int, int] | None = None
    background_image: bytes | None = None
    background_fit: Literal["cover", "contain"] = "cover"
    format: encoding.Format = "png"
    shadow: Literal["none", "contact"] = "contact"
    watermark: bool = False
    canvas: Canvas | None = None
    result: Literal["composite", "cutout"] = "composite"
    limit_bytes: int = gate.LIMIT_BYTES


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture and its evidence; every dict is JSON-able.

    subject, scene: as answered. engine: who painted, "none" where nobody did. clean_input_png, matte_png:
    what the result can be checked against; proof: the digests of both, and what encoding did. stage_ms:
    milliseconds of each stage. gates, network: for the record. small, small_photo: picture and photo for lists; None
    where whoever made it makes none.
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
    small: thumbnail.Thumbnail | None = None
    small_photo: thumbnail.Thumbnail | None = None


class Pipeline:
    """Makes pictures one after another. Built in a worker's own process, never before it forks."""

    def __init__(
        self, decoder: Decoder, matter: Matter, engine: Engine, *, recipe: refine.Recipe = refine.FINE
    ) -> None:
        self._subjects = SubjectFinder(decoder, matter, recipe)
        self._engine = engine
        # What is kept as evidence is encoded while the plate is painted: one core does each.
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evidence")

    @property
    def matte_identity(self) -> str:
        """What decides on a photo's matte besides its bytes: with the same, the matte is the same."""
        return self._subjects.identity

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        """Make one picture, calling on_stage as each stage begins; what on_stage raises ends the run.

        Raises ImageRefused and its branches for pictures and frames that cannot be used, EngineError when no plate
        was made, PixelsChanged when gate G1 finds a fault of ours; each a RoomAIError with the contract's code.
        """
        clock = StageClock(on_stage)
        clock.begin("finding_subject")
        photo = self._subjects.decoder.decode(request.image, limit_bytes=request.limit_bytes)
        whole = self._subjects.cut_out(photo, mask=self._mask(request, photo), kept=request.kept_matte)
        frame = canvas.frame(matte=whole.matte, canvas=request.canvas)
        clean = self._beside.submit(encoding.clean_png, photo.rgb, photo.alpha)
        matte = self._beside.submit(encoding.matte_png, whole.matte)
        small_photo = self._beside.submit(thumbnail.of_photo, photo.rgb, photo.alpha)
        cut = whole.framed(frame)
        drawn = self._composite(request, cut, clock) if request.result == "composite" else _alone(request, cut, clock)
        clock.begin("checking")
        figures = checks.kept(out=drawn.pixels, source=cut.source, matte=cut.matte)
        checks.require_unchanged(figures)
        proof = kept_pixels.evidence(photo=whole.source, matte=whole.matte, out=drawn.pixels, out_matte=cut.matte)
        clock.begin("saving")
        small = self._beside.submit(thumbnail.of, drawn.pixels)
        data = encoding.encode(drawn.pixels, file_format=request.format, made=drawn.made)
        return Picture(
            data=data,
            format=request.format,
            width_px=frame.width_px,
            height_px=frame.height_px,
            subject=checks.subject_report(matte=cut.matte, figures=figures, offset_px=frame.offset_px),
            scene=drawn.scene,
            engine=drawn.engine,
            clean_input_png=clean.result(),
            matte_png=matte.result(),
            proof=proof | {"offset_px": list(frame.offset_px)} | _of_file(data, drawn, cut),
            stage_ms=clock.end(),
            gates={"g1": {"max_difference": figures.max_difference, "passed": True}} | drawn.gates,
            network=cut.origin | drawn.origin,
            small=small.result(),
            small_photo=small_photo.result(),
        )

    def cut_out(self, image: bytes) -> FoundMatte:
        """Only find the subject of a received picture: its own alpha, else the network's; raises as `make` does."""
        # It passed the gate on its way in; one of our own may weigh more than a customer's.
        return self._subjects.find(self._subjects.decoder.decode(image, limit_bytes=gate.OWN_LIMIT_BYTES))

    def read_mask(self, mask: bytes, *, size_px: tuple[int, int] | None) -> Pixels:
        """Return a received mask as a matte, HxW, stretched to (width, height) or at its own size."""
        return self._subjects.read_mask(mask, size_px=size_px, limit_bytes=gate.LIMIT_BYTES)

    def close(self) -> None:
        """End the decode helper and the thread beside."""
        self._subjects.decoder.close()
        self._beside.shutdown()

    def _mask(self, request: PictureRequest, photo: Decoded) -> Pixels | None:
        if request.mask is None:
            return None
        height_px, width_px = photo.rgb.shape[:2]
        size_px = (width_px, height_px)
        return self._subjects.read_mask(request.mask, size_px=size_px, limit_bytes=request.limit_bytes)

    def _composite(self, request: PictureRequest, cut: CutOut, clock: StageClock) -> Drawn:
        clock.begin("painting")
        plate = self._plate(request, cut)
        clock.begin("compositing")
        out, seam = gating.composed(cut=cut, plate=plate, dress=lambda pixels: _dressed(pixels, plate, request, cut))
        return Drawn(out, plate.engine, plate.made, plate.scene, plate.origin, plate.gates | seam)

    def _plate(self, request: PictureRequest, cut: CutOut) -> Plate:
        height_px, width_px = cut.matte.shape
        scene = light.words(request.prompt) if request.prompt else None
        if request.background_color is not None:
            pixels = background.of_color(color=request.background_color, width_px=width_px, height_px=height_px)
            return Plate(pixels, "none", "given", scene)
        if request.background_image is not None:
            given = self._subjects.decode_part(
                request.background_image, what="background", limit_bytes=request.limit_bytes
            )
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
        """Let the engine paint, asking again where its gates say so; see `gating.painted` for what it raises."""
        caps = self._engine.caps
        asked = EditRequest(image=cut.source, matte=cut.matte, prompt=request.prompt or "", seed=request.seed)
        done, gates = gating.painted(engine=self._engine, asked=asked, photo=cut.photo, cut_out=self._subjects.matte_of)
        scene: Mapping[str, Any] | None = done.notes.get("scene")
        made: provenance.Made = "painted" if caps.hosting == "embedded" else "trained"
        origin = {name: str(done.notes[name]) for name in PLATE_NOTES if name in done.notes}
        if "plate_sha256" in origin:
            made = "given"
        return Plate(
            done.plate, caps.name, made, dict(scene) if scene else None, caps.plate, caps.redraws, origin, gates
        )


def default_pipeline(
    *,
    weights_dir: Path,
    threads: int = 2,
    plates_dir: Path | None = None,
    choice: networks.Choice = networks.USUAL,
) -> Pipeline:
    """The pipeline of an installation without any engine of its own: the built-in painter on this machine.

    plates_dir: an operator's photographs (`engines.embedded.plates`), each decoded once here to be checked.
    choice: the cut-out's network and recipe; WeightsUnavailable when the network's record cannot be used.
    """
    matter = matting.installed(weights_dir=weights_dir, choice=choice, threads=threads)
    recipe = refine.RECIPES[choice.recipe]
    decoder = Decoder()
    if plates_dir is None:
        return Pipeline(decoder, matter, engines.get_engine("embedded"), recipe=recipe)
    folder = load_plates(plates_dir=plates_dir, decoder=decoder)
    for name, fault in folder.faults.items():
        log.warning("plate_skipped", plate=name, fault=fault)
    return Pipeline(decoder, matter, EmbeddedEngine(plates=folder), recipe=recipe)


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


def _dressed(pixels: Pixels, plate: Plate, request: PictureRequest, cut: CutOut) -> Pixels:
    """What is drawn on the plate, so that no pixel of the subject is ever touched: shadow, then watermark."""
    if plate.wants_shadow and request.shadow != "none":
        falls = light.for_prompt(prompt=request.prompt, rgb=cut.source, alpha=cut.matte)
        pixels = shadow.draw(plate=pixels, alpha=cut.matte, light=falls, shadow=request.shadow)
    return watermark.draw(pixels) if request.watermark else pixels
