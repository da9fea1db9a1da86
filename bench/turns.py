"""Programs measured turn by turn, each in a fresh process of its own: under a load that changes, all see the same.

Standard library only, since a peer's environment runs the child's side too. A child answers every line
`{"image": path, "matte": path}` by writing the matte and a line `{"ms": ..., "rss_mb": ...}`.
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Turn:
    """ms: the work itself, without reading and writing files. rss_mb: the process's peak up to now."""

    ms: float
    rss_mb: float


class Program:
    """One measured program, alive between its turns."""

    def __init__(self, name: str, command: list[str], *, variables: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def take(self, *, image: Path, matte: Path) -> Turn:
        """Have one picture cut out; RuntimeError when the program has ended."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps({"image": str(image), "matte": str(matte)}) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self._child.wait()} at {image.name}")
        return Turn(**json.loads(line))

    def close(self) -> None:
        """Let the program end; one that does not within ten seconds is killed."""
        if self._child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # what was written to a program that has ended
                self._child.stdin.close()
        if self._child.stdout is not None:
            self._child.stdout.close()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def serve(cut_out: Callable[[Path, Path], float]) -> None:
    """The child's side: cut_out(image, matte) writes the matte and returns its milliseconds."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr  # what a library prints must not be taken for an answer
    for line in sys.stdin:
        task = json.loads(line)
        ms = cut_out(Path(task["image"]), Path(task["matte"]))
        print(json.dumps({"ms": ms, "rss_mb": peak_mb()}), file=answers, flush=True)


def peak_mb() -> float:
    """Peak resident memory of this process; getrusage alone would count the parent's before the start."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        per_mb = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
