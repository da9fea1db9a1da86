"""Hostile bytes to pixels, in a helper process that may die.

A long-lived process per `Decoder`, started as its own interpreter (never forked, no environment of ours, no
files, no new descriptors, bounded memory and time) runs `decode_worker.py`. What kills it is one refused
picture; the next one gets a new helper.
"""

import io
import os
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generations.images import gate
from generations.images.decode_worker import ANSWER, OK, READY, REQUEST, SEVERAL_FRAMES
from generations.images.errors import DecoderUnavailable, ImageUnreadable

Pixels = NDArray[np.uint8]

WALL = timedelta(seconds=8)
START = timedelta(seconds=30)
PICTURES_PER_HELPER = 200
WORKER = Path(__file__).with_name("decode_worker.py")
# One malloc arena and one BLAS thread: both reserve address space by the core, which the limit would count.
ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """rgb: HxWx3, upright 8-bit sRGB, black where alpha is 0. alpha: HxW, or None where all is opaque."""

    rgb: Pixels
    alpha: Pixels | None


def own_file(data: bytes, *, channels: int) -> Pixels:
    """Decode a file this process has just written to HxWxchannels (3 or 4); nobody else's bytes may come here."""
    mode = "RGBA" if channels == 4 else "RGB"
    with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as image:
        return np.asarray(image if image.mode == mode else image.convert(mode))  # converting to itself is a copy


def own_matte(data: bytes) -> Pixels:
    """Decode a matte we have written ourselves (`encoding.matte_png`) to HxW; nobody else's bytes may come here."""
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        return np.asarray(image.convert("L"))


class HelperDied(Exception):
    """The helper ended or took too long in the middle of a picture."""


class Decoder:
    """Decodes one picture at a time; safe to share between threads. Close it, or let its owner end.

    wall: the longest one picture may take. pictures_per_helper: after so many the helper is replaced.
    """

    def __init__(self, *, wall: timedelta = WALL, pictures_per_helper: int = PICTURES_PER_HELPER) -> None:
        self._wall_s = wall.total_seconds()
        self._pictures_per_helper = pictures_per_helper
        self._helper: subprocess.Popen[bytes] | None = None
        self._decoded = 0
        self._turn = threading.Lock()

    def decode(self, data: bytes, *, limit_bytes: int = gate.LIMIT_BYTES) -> Decoded:
        """Pass the gate, which takes so many bytes, then decode in the helper.

        Raises ImageTooLarge, ImageFormatNotAllowed, ImageUnreadable; DecoderUnavailable: no helper starts.
        """
        header = gate.inspect(data, limit_bytes=limit_bytes)
        request = REQUEST.pack(header.format.ljust(4).encode(), header.width_px, header.height_px, len(data))
        with self._turn:
            helper = self._ready_helper()
            deadline = time.monotonic() + self._wall_s
            try:
                _send(helper, request, deadline)
                _send(helper, data, deadline)
                decoded = _receive_picture(helper, deadline)
            except (HelperDied, OSError) as error:
                self._stop()
                raise ImageUnreadable from error
            self._decoded += 1
            if self._decoded >= self._pictures_per_helper:
                self._stop()
        # The sides the gate saw were before cropping properties; what came out must pass as well.
        gate.check_size(width_px=decoded.rgb.shape[1], height_px=decoded.rgb.shape[0])
        return decoded

    @property
    def helper_pid(self) -> int | None:
        return self._helper.pid if self._helper else None

    def close(self) -> None:
        with self._turn:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready_helper(self) -> subprocess.Popen[bytes]:
        if self._helper and self._helper.poll() is None:
            return self._helper
        self._stop()
        # A session of its own: Ctrl-C in the terminal must reach the worker, not the picture in its hands.
        self._helper = subprocess.Popen(
            [sys.executable, "-I", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
            bufsize=0,
            pipesize=256 * 1024,
            start_new_session=True,
        )
        self._decoded = 0
        for pipe in (self._helper.stdin, self._helper.stdout):
            os.set_blocking(_fd(pipe), False)
        try:
            _receive(self._helper, memoryview(bytearray(len(READY))), time.monotonic() + START.total_seconds())
        except (HelperDied, OSError) as error:
            self._stop()
            raise DecoderUnavailable from error
        return self._helper

    def _stop(self) -> None:
        helper, self._helper = self._helper, None
        if helper is not None:
            helper.kill()
            with helper:  # closes both pipes and waits for the end
                pass


def _receive_picture(helper: subprocess.Popen[bytes], deadline: float) -> Decoded:
    head = bytearray(ANSWER.size)
    _receive(helper, memoryview(head), deadline)
    code, width, height, has_alpha = ANSWER.unpack(head)
    if code == SEVERAL_FRAMES:
        raise ImageUnreadable("This file holds several frames. Send a still picture.")
    if code != OK:
        raise ImageUnreadable
    if width * height > gate.LIMIT_PIXELS:
        raise HelperDied("answered with more pixels than the gate let in")
    rgb = np.empty((height, width, 3), np.uint8)
    _receive(helper, rgb.data.cast("B"), deadline)
    alpha = np.empty((height, width), np.uint8) if has_alpha else None
    if alpha is not None:
        _receive(helper, alpha.data.cast("B"), deadline)
    return Decoded(rgb, alpha)


def _send(helper: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
    fd, left = _fd(helper.stdin), memoryview(data)
    while left:
        _wait(fd, select.POLLOUT, deadline)
        left = left[os.write(fd, left) :]


def _receive(helper: subprocess.Popen[bytes], into: memoryview, deadline: float) -> None:
    """Fill the buffer; HelperDied when the pipe closes or the deadline (monotonic seconds) passes first."""
    fd = _fd(helper.stdout)
    while into:
        _wait(fd, select.POLLIN, deadline)
        count = os.readv(fd, [into])
        if count == 0:
            raise HelperDied("closed its end")
        into = into[count:]


def _wait(fd: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(fd, event)
    left_ms = max(0, int(1000 * (deadline - time.monotonic())))
    if not poll.poll(left_ms):
        raise HelperDied("took too long")


def _fd(pipe: object) -> int:
    """The descriptor of one of the two pipes Popen was asked for."""
    return pipe.fileno()  # type: ignore[attr-defined, no-any-return]  # Popen types its pipes as optional
