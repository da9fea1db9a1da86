"""A whole copy as `make run` starts it, in a process of its own, with its terminal read line by line."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from roomai_web.embedded.state import RunState
from tests.embedded.ordinary import ROOT

#: Set for the tests themselves; a copy must not see them.
OURS = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "ROOMAI_DATA", "PUBLIC_URL", "PORT"}


def environment(**variables: str) -> dict[str, str]:
    """Return what a person's shell would give the launcher, and `variables`."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Copy:
    """One launcher on one data folder."""

    def __init__(self, data: Path, port: int, **variables: str) -> None:
        self.data, self.port = data, port
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "roomai_web.embedded"],
            cwd=ROOT,
            env=environment(ROOMAI_DATA=str(data), PORT=str(port), **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as terminal:
            for line in terminal:
                self._coming.put(line.rstrip())
        self._coming.put(None)

    def wait_for(self, words: str, *, within_s: float) -> str:
        """Return the first line to come that holds `words`."""
        end = time.monotonic() + within_s
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._coming.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"no line with {words!r}; there were:\n" + "\n".join(self.lines))

    def record(self) -> dict[str, Any]:
        return RunState(self.data).read()

    def pid(self, name: str) -> int:
        pid: int = self.record()["processes"][name]["pid"]
        return pid

    def kill(self, name: str) -> None:
        os.kill(self.pid(name), signal.SIGKILL)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int:
        """Send what Ctrl-C sends; return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)
