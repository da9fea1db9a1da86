"""The worker's side of a generation: claim it, make the picture, store it, end the row.

A message is only a hint, so running an id twice, late or for nothing changes nothing: the claim decides.
"""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, Protocol, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from generations import cutting_out, dispatching, finishing, heartbeats, leases, processes, remembering, storage
from generations.errors import EngineFailed
from generations.finishing import Outcome
from generations.heartbeats import LeaseLost, Pulse
from generations.images import gate
from generations.images.framing import Canvas
from generations.images.networks import USUAL
from generations.images.thumbnail import Thumbnail
from generations.leases import Lease
from generations.mattes import Known
from generations.models import Generation
from generations.parts import FoundMatte, Pixels
from generations.pipeline import Picture, PictureRequest
from generations.stages import Stage
from roomai_web.errors import RoomAIError

log = structlog.get_logger(__name__)

RETRY = timedelta(seconds=2)
# An installation with engines of its own, or a test, names another function in settings.PICTURE_PIPELINE.
PIPELINE = "generations.pipeline.default_pipeline"


class PictureMaker(Protocol):
    """What the worker needs of a pipeline."""

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        """Make one picture; raise a RoomAIError where that is not possible."""
        ...

    @property
    def matte_identity(self) -> str:
        """What decides on a photo's matte besides its bytes."""
        ...

    def cut_out(self, image: bytes) -> FoundMatte:
        """Only find the subject; raise a RoomAIError where that is not possible."""
        ...

    def read_mask(self, mask: bytes, *, size_px: tuple[int, int] | None) -> Pixels:
        """Return a received mask as a matte, at this size or its own."""
        ...


@cache
def worker_pipeline() -> PictureMaker:
    """Return this process's pipeline, built on first use: a child must not inherit a network over a fork."""
    build = import_string(getattr(settings, "PICTURE_PIPELINE", PIPELINE))
    own: dict[str, Any] = {"plates_dir": settings.PLATES_DIR} if settings.PLATES_DIR else {}
    if (choice := cutting_out.choice()) != USUAL:
        own["choice"] = choice
    return cast(PictureMaker, build(weights_dir=settings.WEIGHTS_DIR, threads=settings.PICTURE_THREADS, **own))


def run(*, generation_id: UUID) -> None:
    """Work on a generation if it is to be had; otherwise do nothing.

    1. Claim it: a lease and a fence. 2. Make and store the picture under a heartbeat. 3. End the row by fence, and
    spend or release its hold, in one transaction. 4. Send the workspace's next message.
    A refusal ends it `failed` with the refusal's code; what may pass is tried again, at most three times in all.
    """
    lease = leases.claim(generation_id=generation_id, worker=processes.own_name())
    if lease is None:
        return
    row = lease.row
    with heartbeats.kept(lease) as pulse, structlog.contextvars.bound_contextvars(generation_id=str(row.id)):
        _work(row, lease, pulse)
    dispatching.send_due(workspace_id=row.workspace_id)


def _work(row: Generation, lease: Lease, pulse: Pulse) -> None:
    written: list[str] = []
    try:
        picture, outcome = _make(row, pulse, written)
    except LeaseLost:
        _discard(written)
        return
    except RoomAIError as error:
        _discard(written)
        pulse.settle()
        _refuse(lease, error)
        return
    except Exception:
        # The border of the process: a bug of ours, or a machine in trouble. Neither costs the customer anything.
        log.exception("generation_broke", attempt=lease.attempt)
        _discard(written)
        pulse.settle()
        _refuse(lease, None)
        return
    received = [stored["object_key"] for stored in row.inputs.values() if stored["object_key"].startswith("in/")]
    # Should this fail half-way, nobody knows which files the row names: then the daily sweep decides, not we.
    if finishing.succeed(row=row, fence=lease.fence, outcome=outcome):
        _discard(received)
        _remember(row, picture)
    else:
        _discard(written)


def _make(row: Generation, pulse: Pulse, written: list[str]) -> tuple[Picture, Outcome]:
    """Make the picture and store its files, noting their names in `written`; return it and what the row is to say."""
    started = time.monotonic()
    picture = worker_pipeline().make(_request(row), on_stage=pulse.enter_stage)
    pulse.check()

    def keep(data: bytes, format: str) -> str:
        key = storage.made_key(generation_id=row.id, fence=pulse.lease.fence, format=format)
        written.append(key)
        return storage.write(key=key, data=data)

    inputs = {
        # What a customer sent is served to nobody; from here on the clean picture stands for it.
        "image": row.inputs["image"] | {"object_key": keep(picture.clean_input_png, "png"), "format": "png"},
        "matte": {"object_key": keep(picture.matte_png, "png")},
        **{name: {"object_key": keep(small.webp, "webp")} for name, small in _small(picture).items()},
        # Named still, so that they are deleted with the picture.
        **{name: row.inputs[name] for name in ("mask", "background") if name in row.inputs and _is_upload(row, name)},
    }
    result_key = keep(picture.data, picture.format)
    took_ms = round((time.monotonic() - started) * 1000)
    return picture, Outcome(result_key=result_key, inputs=inputs, result=_figures(row, picture, took_ms))


def _small(picture: Picture) -> dict[str, Thumbnail]:
    """Return what lists show of a picture, by the name it is kept under."""
    made = {"thumbnail": picture.small, "photo_thumbnail": picture.small_photo}
    return {name: small for name, small in made.items() if small}


def _known(row: Generation) -> Known:
    """Return what this picture's matte is known by."""
    digest, identity = bytes.fromhex(row.inputs["image"]["sha256"]), worker_pipeline().matte_identity
    return Known(workspace_id=row.workspace_id, sha256=digest, identity=identity)


def _remember(row: Generation, picture: Picture) -> None:
    """Keep what the network found, for the next picture of this photo; a mask and a photo's own alpha are at hand."""
    said = picture.network
    if said.get("matte") == "network" and not said["kept"]:
        remembering.remember(known=_known(row), png=picture.matte_png, origin=said)


def _is_upload(row: Generation, name: str) -> bool:
    return bool(row.inputs[name]["object_key"].startswith("up/"))


def _request(row: Generation) -> PictureRequest:
    """Return what the pipeline is asked for: the row's parameters and the bytes behind its inputs."""

    def data(name: str) -> bytes | None:
        return storage.read(row.inputs[name]["object_key"]) if name in row.inputs else None

    background = row.params.get("background") or {}
    return PictureRequest(
        model=row.model,
        image=storage.read(row.inputs["image"]["object_key"]),
        mask=data("mask"),
        kept_matte=None if "mask" in row.inputs else remembering.recall(known=_known(row)),
        background_color=_rgb(background.get("color")),
        background_image=data("background"),
        background_fit=background.get("fit", "cover"),
        prompt=row.params.get("prompt"),
        seed=row.params["seed"],
        format=row.params["format"],
        shadow=row.params.get("shadow", "none"),
        watermark=not row.livemode,
        canvas=Canvas.of(row.params["canvas"]) if row.params.get("canvas") else None,
        result=row.params.get("result", "composite"),
        # What lies here larger than a caller may send was let in because it was ours already.
        limit_bytes=max(gate.LIMIT_BYTES, *(stored.get("size_bytes", 0) for stored in row.inputs.values())),
    )


def _rgb(color: str | None) -> tuple[int, int, int] | None:
    """Return `#rrggbb` as three numbers."""
    if color is None:
        return None
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def _figures(row: Generation, picture: Picture, took_ms: int) -> dict[str, Any]:
    return {
        "subject": dict(picture.subject),
        "proof": dict(picture.proof),
        "scene": picture.scene,
        "width": picture.width_px,
        "height": picture.height_px,
        "format": picture.format,
        # Where nobody painted, the seed decided nothing and is not reported.
        "seed": None if picture.engine == "none" else row.params["seed"],
        "engine": picture.engine,
        "processing_time_ms": took_ms,
        "stage_ms": dict(picture.stage_ms),
        "gates": dict(picture.gates),
        "network": dict(picture.network),
        **({"tone": picture.small.tone} if picture.small else {}),
    }


def _refuse(lease: Lease, error: RoomAIError | None) -> None:
    """Try again later what may pass, while attempts remain; otherwise end the generation with the error's code.

    error: None for a bug of ours, which may pass on another worker and is answered as ENGINE_FAILED.
    """
    may_pass = error is None or getattr(error, "is_retryable", False)
    if may_pass and not lease.is_last_attempt:
        asked = timedelta(seconds=getattr(error, "retry_after_s", 0))
        leases.release(lease=lease, delay=max(asked, RETRY * lease.attempt * random.uniform(0.8, 1.2)))
        return
    finishing.fail(generation_id=lease.generation_id, fence=lease.fence, error=error or EngineFailed())


def _discard(keys: list[str]) -> None:
    for key in keys:
        try:
            storage.delete(key)
        except OSError as error:
            log.warning("object_not_deleted", error=type(error).__name__)  # the daily sweep finds it
