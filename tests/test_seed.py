"""The three examples everybody copies run as they stand, but for host, key and picture: curl, Node.js, Python."""

import json
from pathlib import Path

import httpx
import pytest

from tests import pictures
from tests.programs import COMMANDS, run_program

SEED = Path(__file__).parent / "fixtures" / "seed"
HOST, KEY, PICTURE = "https://roomai.com", "rai_live_your_api_key", "https://example.com/furniture-photo.jpg"


def run(name, tmp_path, *, site, key, photo):
    """Run one example with another host, key and picture; return what it printed."""
    text = (SEED / f"{name}.txt").read_text(encoding="utf-8")
    for shown, ours in ((HOST, site), (KEY, key), (PICTURE, f"http://{photo}/furniture-photo.jpg")):
        assert text.count(shown) == 1, f"{name}: {shown}"
        text = text.replace(shown, ours)
    done = run_program(name, text, tmp_path)
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
