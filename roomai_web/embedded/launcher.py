"""One running copy of Room AI: everything started in order, watched, and stopped in order."""

import json
import os
import subprocess
import threading
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from roomai_web.embedded import fake_stripe, output, places, ports, processes, secret_files, server, servers, supervisor
from roomai_web.embedded.errors import CannotStart
from roomai_web.embedded.postgres import OWNER
from roomai_web.embedded.servers import Servers
from roomai_web.embedded.state import RunState

READY = timedelta(seconds=60)


class Copy:
    """One copy: a data folder, a port, the servers and our processes."""

    def __init__(self, *, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.address = os.environ.get("PUBLIC_URL", "").rstrip("/") or f"http://localhost:{port}"
        self.children: list[processes.Child] = []
        self._servers: Servers | None = None
        self._socket_dir = data
        self._state = RunState(data)
        self._preparing: subprocess.Popen[str] | None = None
        # Only beside servers of this copy's own: with an operator's, nobody should wonder whose money it is.
        self._plays_stripe = not servers.are_given() and fake_stripe.is_wanted()

    def start(self) -> None:
        """Bring everything up; return when pages are served. Raises EmbeddedError with a sentence."""
        own_servers = servers.are_given()
        self._state.claim()
        self._clean_up()
        ports.refuse_taken(self.port)
        environment = self._environment()
        if not own_servers:
            self._socket_dir = self._sockets()
            self._servers = Servers(data=self.data, socket_dir=self._socket_dir)
            environment |= self._servers.environment()
        output.say("Room AI is starting ...")
        demo = self._prepare(environment)
        self._start_children(environment)
        self._wait_until_ready()
        self._announce(demo)

    def watch(self, stop: threading.Event) -> str | None:
        """Look after everything until `stop`; return the sentence why the run ended by itself, or None."""
        # A worker or the timer may always come back; a web server that cannot start ends the run.
        parts = self._servers.watched() if self._servers else []
        parts += [
            supervisor.Watched(child.name, child.ended, child.start, tries=5 if child.name == "web" else None)
            for child in self.children
        ]
        return supervisor.watch(parts, stop=stop, changed=self._record)

    def stop(self) -> None:
        """Stop our processes, then the broker, then the database; leave no process and no socket."""
        if self._preparing is not None and self._preparing.poll() is None:
            self._preparing.kill()
        processes.stop_all(self.children)
        if self._servers is not None:
            self._servers.stop()
        if self._socket_dir != self.data:
            places.remove(self._socket_dir)
        self._state.forget()

    def hurry(self) -> None:
        """Kill our processes now; the servers still get to write what they hold."""
        for child in self.children:
            child.kill()

    def _clean_up(self) -> None:
        if ended := self._state.end_orphans():
            output.say(f"Ended what an interrupted run had left: {', '.join(ended)}.")

    def _environment(self) -> dict[str, str]:
        environment = {**os.environ, "ROOMAI_DATA": str(self.data), "PORT": str(self.port)}
        environment |= {"PUBLIC_URL": self.address, "PYTHONUNBUFFERED": "1"}
        environment |= secret_files.prepare(self.data / "secrets")
        return environment | (fake_stripe.environment(self.data) if self._plays_stripe else {})

    def _sockets(self) -> Path:
        """Return the last run's socket folder while it is still there, else a new one, so that none pile up."""
        before = Path(self._state.read().get("socket_dir") or self.data)
        if before != self.data and before.is_dir() and before.stat().st_uid == os.geteuid():
            return before
        return places.socket_folder()

    def _prepare(self, environment: dict[str, str]) -> dict[str, str]:
        """Start the servers; make tables, static files and networks; return the demo sign-in, empty without one."""
        if self._servers is None:
            self._run_preparation(environment)
            return {}
        self._servers.start()
        self._record()
        said = self._run_preparation(environment | self._servers.environment(role=OWNER), "--demo")
        self._servers.protect_journal()
        demo: dict[str, str] = json.loads(said)
        return demo

    def _run_preparation(self, environment: dict[str, str], *arguments: str) -> str:
        """Return what it printed; raise CannotStart with the end of its complaint."""
        self._preparing = processes.run_module("roomai_web.embedded.prepare", *arguments, environment=environment)
        out, err = self._preparing.communicate()
        if status := self._preparing.returncode:
            said = "\n".join(err.strip().splitlines()[-12:])
            raise CannotStart(f"The preparation failed ({server.in_words(status)}). It said:\n{said}")
        return out

    def _start_children(self, environment: dict[str, str]) -> None:
        self.children = processes.ours(environment=environment, port=self.port)
        if self._plays_stripe:
            self.children.append(fake_stripe.child(data=self.data, environment=environment, port=self.port))
        for child in self.children:
            child.start()
        self._record()

    def _record(self) -> None:
        pids = self._servers.pids() if self._servers else {}
        pids |= {child.name: child.process.pid for child in self.children if child.process is not None}
        self._state.write(socket_dir=self._socket_dir, port=self.port, pids=pids)

    def _announce(self, demo: dict[str, str]) -> None:
        if demo:
            output.say(f"Demo sign-in: {demo['email']}  password: {demo['password']}")
            output.say(f"Mail that is sent can be read at {self.address}/dev/mail/")
        output.say(f"Room AI is at {self.address}")

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + READY.total_seconds()
        web = self.children[0]
        while not is_ready(self.port):
            if (how := web.ended()) is not None:
                raise CannotStart(f"The web process ended while starting ({how}); its lines above say why.")
            if time.monotonic() > end:
                raise CannotStart(f"http://localhost:{self.port}/readyz did not answer 200 within {READY.seconds} s.")
            time.sleep(0.1)


def is_ready(port: int) -> bool:
    """Tell whether the web process answers that database and broker are there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False
