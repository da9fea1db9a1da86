"""An engine that costs nothing and a task that does nothing, to measure what everything around them costs."""

from collections.abc import Callable
from pathlib import Path

from celery import shared_task
from django.conf import settings
from redis import Redis

from generations.pipeline import Picture, PictureRequest
from generations.stages import Stage

COUNTER = "bench:done"
PIPELINE = "bench.null_pictures.build"


class NullPictures:
    """Answers with the photograph itself, through the stages of a real picture."""

    matte_identity = "null"

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        for stage in ("finding_subject", "painting", "compositing", "checking", "saving"):
            on_stage(stage)  # type: ignore[arg-type]
        return Picture(
            data=request.image,
            format=request.format,
            width_px=16,
            height_px=16,
            subject={},
            scene=None,
            engine="null",
            clean_input_png=request.image,
            matte_png=request.image,
            proof={},
            stage_ms={},
            gates={},
            network={},
        )


def build(*, weights_dir: Path, threads: int) -> NullPictures:
    return NullPictures()


@shared_task(ignore_result=True)
def nothing() -> None:
    """Do nothing but say that it was done."""
    _redis().incr(COUNTER)


def _redis() -> "Redis":
    global _client
    if _client is None:
        _client = Redis.from_url(settings.REDIS_URL)
    return _client


_client: "Redis | None" = None
