"""Start one server program in the background, without root, and stop it again."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from roomai_web.embedded.errors import CannotStart
from roomai_web.embedded.places import ServerUser

START = timedelta(seconds=30)
STOP = timedelta(seconds=20)
#: Servers get no variable of ours: PGDATA and its like would change what they do.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def start(*, command: list[str], log: Path, user: ServerUser | None) -> subprocess.Popen[bytes]:
    """Start `command` as `user`, its output in `log`; return the process, not yet ready.

    It has a session of its own: Ctrl-C reaches only the launcher, which stops things in order.
    """
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **in_folder_as(user),
        )


def in_folder_as(user: ServerUser | None) -> dict[str, Any]:
    """Return subprocess arguments that drop root, leave our folder and clean the environment."""
    arguments: dict[str, Any] = {"cwd": "/", "env": ENVIRONMENT}
    if user is not None:
        arguments |= {"user": user.uid, "group": user.gid, "extra_groups": []}
    return arguments


def wait_until(is_ready: Callable[[], bool], *, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    """Return when `is_ready()`; raise CannotStart with its log's end when it died or START has passed."""
    end = time.monotonic() + START.total_seconds()
    while not is_ready():
        if process.poll() is not None:
            raise CannotStart(f"{name} ended while starting (status {process.returncode}). Its log says:\n{tail(log)}")
        if time.monotonic() > end:
            stop(process, signal.SIGKILL)
            raise CannotStart(f"{name} was not ready after {START.seconds} s. Its log says:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, *, lines: int = 8) -> str:
    """Return the last lines of a log, or an empty text when there is none."""
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    return ""


def stop(process: subprocess.Popen[bytes] | None, politely: signal.Signals) -> None:
    """Send `politely`, wait STOP, then kill; return when the process is gone, as it may be already."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(politely)
    try:
        process.wait(STOP.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ended(process: subprocess.Popen[bytes] | None) -> str | None:
    """Return how the process ended, in words, or None while it runs."""
    if process is None or (status := process.poll()) is None:
        return None
    return in_words(status)


def in_words(status: int) -> str:
    """Return an exit status as a person reads it: `status 3`, `killed by SIGKILL`."""
    if status >= 0:
        return f"status {status}"
    with contextlib.suppress(ValueError):
        return f"killed by {signal.Signals(-status).name}"
    return f"killed by signal {-status}"
