"""Our own processes (web, workers, timer): start with a prefixed log, notice an end, stop with patience.

What is restarted and what ends the whole run: docs/decisions/0001-who-restarts-what.md.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roomai_web.embedded import output, server

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Child:
    """One process of ours. stop_s: how long it may take to finish its work before it is killed."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    stop_s: float = 20
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches only the launcher, and its children can be ended with it."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if self.process.stdout is not None:
            output.follow_pipe(self.name, self.process.stdout)

    def ended(self) -> str | None:
        """Return how it ended, in words, or None while it runs. What it left behind is killed."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.kill()
        return server.in_words(status)

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the main process, which ends its own children."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self) -> None:
        """Wait up to `stop_s`, then kill it with everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.stop_s)
        self.kill()
        self.process.wait()

    def kill(self) -> None:
        """Kill it now, with everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def stop_all(children: list[Child]) -> None:
    """Ask all at once, so that their patience runs together, then wait for each."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_or_kill()


def ours(*, environment: Mapping[str, str], port: int) -> list[Child]:
    """Return web, both workers and the timer, not yet started."""
    python = [sys.executable, "-m"]
    web = ["granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    # A process holds 1,000 waiting calls and must still answer everybody else.
    web += ["--no-ws", "--backlog", "2048", "--backpressure", "2048", "--log-level", "warning"]
    celery = ["celery", "-q", "-A", "roomai_web", "worker", "--without-gossip", "--without-mingle"]
    # SIGTERM then means: finish what runs, take nothing new.
    worker = {**environment, "REMAP_SIGTERM": "SIGQUIT"}
    # Whoever runs the launcher as root knows it; ten lines at each start tell nothing new.
    worker["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    # A network's planes come and go with every picture; on huge pages they take a third less of its time.
    painter = {**worker, "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    pictures = "2" if (os.cpu_count() or 1) >= 4 else "1"
    return [
        Child("web", [*python, *web, "roomai_web.asgi:application"], environment, stop_s=25),
        Child(
            "pictures", [*python, *celery, "-Q", "pictures", "-c", pictures, "-n", "pictures@%h"], painter, stop_s=40
        ),
        # Threads: it waits for other people's servers, and a slow one must not hold up the next.
        Child(
            "default",
            [*python, *celery, "-Q", "default", "-P", "threads", "-c", "64", "-n", "default@%h"],
            worker,
            stop_s=40,
        ),
        Child("timer", [sys.executable, "manage.py", "timer"], environment, stop_s=8),
    ]


def run_module(name: str, *arguments: str, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start one of our modules, which ends by itself; its output is kept for the caller."""
    return subprocess.Popen(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
