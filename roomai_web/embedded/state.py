"""`run.json`: what a running copy consists of, so that the next start can clean up after a kill -9.

A process is known by its number and its start time together; a number alone may belong to somebody else by now.
The file `launcher.lock` is held as long as the launcher lives, however it ends.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from roomai_web.embedded.errors import AlreadyRunning
from roomai_web.embedded.places import explained

#: PostgreSQL ends by SIGINT within a moment; what is still there after this is killed.
ORPHANS = timedelta(seconds=10)


def started(pid: int) -> str | None:
    """Return a text that tells this process from any other that had or will have its number; None when it is gone."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else f"{_boot()}:{fields[19]}"
    said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return said.stdout.strip() or None


def command_line(pid: int) -> str:
    """Return the command line of a process, empty when it is gone."""
    said = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True)
    return said.stdout.strip()


def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    return ""


class RunState:
    """The file of one data folder; used by one launcher at a time."""

    def __init__(self, data: Path) -> None:
        self.path = data / "run.json"
        self._lock_path = data / "launcher.lock"
        self._lock: TextIOWrapper | None = None

    def claim(self) -> None:
        """Hold the data folder until this process ends. Raises AlreadyRunning, PlaceUnusable."""
        with explained(self._lock_path.parent):
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            lock = self._lock_path.open("a", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            port = self.read().get("port")
            where = f" at http://localhost:{port}" if port else ""
            raise AlreadyRunning(
                f"A copy of Room AI already runs on {self._lock_path.parent}{where}; "
                "stop it, or set ROOMAI_DATA (and PORT) for a second one."
            ) from error
        self._lock = lock

    def read(self) -> dict[str, Any]:
        """Return what the last launcher wrote, an empty dict when there is nothing to read."""
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
        return {}

    def write(self, *, socket_dir: Path, port: int, pids: dict[str, int]) -> None:
        """Record this run: sockets, port, and each process with its start time. Raises PlaceUnusable."""
        processes = {name: {"pid": pid, "started": started(pid)} for name, pid in sorted(pids.items())}
        record = {"socket_dir": str(socket_dir), "port": port, "launcher": os.getpid(), "processes": processes}
        unfinished = self.path.with_suffix(".new")
        with explained(self.path):
            unfinished.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
            unfinished.rename(self.path)

    def forget(self) -> None:
        """Take the record away after everything has been stopped, and let the data folder go, if it was ours."""
        if self._lock is not None:
            self.path.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def end_orphans(self) -> list[str]:
        """End what a killed launcher left running; return the names of what was ended."""
        found = [
            (name, known["pid"])
            for name, known in self.read().get("processes", {}).items()
            if known.get("started") and started(known["pid"]) == known["started"]
        ]
        for name, pid in found:
            # PostgreSQL is asked to shut down, so that its data need no recovery; a worker's children go with it.
            _signal_group(pid, signal.SIGINT if name == "postgres" else signal.SIGKILL, alone=name == "postgres")
        end = time.monotonic() + ORPHANS.total_seconds()
        while any(started(pid) for _name, pid in found) and time.monotonic() < end:
            time.sleep(0.05)
        for _name, pid in found:
            if started(pid):
                _signal_group(pid, signal.SIGKILL, alone=False)
        return [name for name, _pid in found]


def _signal_group(pid: int, number: signal.Signals, *, alone: bool) -> None:
    with contextlib.suppress(ProcessLookupError):
        if alone:
            os.kill(pid, number)
        else:
            os.killpg(pid, number)


def end_stale_postmaster(data_dir: Path) -> None:
    """End a PostgreSQL that still serves `data_dir` though no launcher does, or remove its stale lock file.

    Without this a number in `postmaster.pid` that another process has by now would refuse every start.
    The caller holds the data folder's lock.
    """
    lock = data_dir / "postmaster.pid"
    try:
        pid = int(lock.read_text(encoding="utf-8", errors="replace").split("\n")[0])
    except (OSError, ValueError):
        return
    if str(data_dir) not in command_line(pid):
        lock.unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    end = time.monotonic() + ORPHANS.total_seconds()
    while started(pid) and time.monotonic() < end:
        time.sleep(0.05)
    if started(pid):
        os.kill(pid, signal.SIGKILL)
