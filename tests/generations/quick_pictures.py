"""A pipeline that makes no picture but keeps the whole protocol, so that jobs can be tested by the hundred.

Words in the prompt choose what happens: `[[slow:1.5]]` takes that many seconds, `[[no-subject]]` is refused,
`[[bad-background]]` too, `[[moderated]]` and `[[held-back]]` by the content rules, `[[engine-down]]` may pass later,
`[[bug]]` is a fault of ours, `[[die]]` kills the process.
"""

import os
import re
import signal
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

from generations.engines.errors import Moderated, ModeratedResult, Unavailable
from generations.images import gate
from generations.images.errors import ImageUnreadable, NoSubjectFound
from generations.pipeline import Picture, PictureRequest
from generations.stages import Stage

SLOW = re.compile(r"\[\[slow:(\d+(?:\.\d+)?)\]\]")
PATH = "tests.generations.quick_pictures.build"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*, side_px: int = 16, shade: int = 128) -> bytes:
    """Return a grey picture as PNG bytes."""
    head = struct.pack(">IIBBBBB", side_px, side_px, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * side_px) * side_px
    chunks = [_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class QuickPictures:
    """Answers with the photograph itself."""

    matte_identity = "quick"

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        gate.inspect(request.image, limit_bytes=request.limit_bytes)
        on_stage("finding_subject")
        self._play(request.prompt or "", on_stage)
        on_stage("saving")
        return Picture(
            data=request.image,
            format=request.format,
            width_px=16,
            height_px=16,
            subject={"unchanged_fraction": 1.0},
            scene={"family": "test", "understood": [request.prompt]},
            engine="quick",
            clean_input_png=request.image,
            matte_png=request.image,
            proof={},
            stage_ms={"finding_subject": 1, "saving": 1},
            gates={"g1": "ok"},
            network={"name": "none", "seed": request.seed, "watermark": request.watermark},
        )

    def _play(self, prompt: str, on_stage: Callable[[Stage], None]) -> None:
        if slow := SLOW.search(prompt):
            until = time.monotonic() + float(slow[1])
            while time.monotonic() < until:
                time.sleep(0.05)
            on_stage("painting")
        if "[[die]]" in prompt:
            os.kill(os.getpid(), signal.SIGKILL)
        if "[[no-subject]]" in prompt:
            raise NoSubjectFound(stage="matte")
        if "[[bad-background]]" in prompt:
            refusal = ImageUnreadable()
            refusal.about("background")
            raise refusal
        if "[[moderated]]" in prompt:
            raise Moderated(engine="quick", categories=("violence",))
        if "[[held-back]]" in prompt:
            raise ModeratedResult(engine="quick", categories=("violence",))
        if "[[engine-down]]" in prompt:
            raise Unavailable(engine="quick", detail="scenario")
        if "[[bug]]" in prompt:
            raise ZeroDivisionError("scenario")


def build(*, weights_dir: Path, threads: int) -> QuickPictures:
    return QuickPictures()
