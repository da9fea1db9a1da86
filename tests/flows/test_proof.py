"""The published verifier, as a stranger runs it against a running copy: `same`, or the first pixel that differs."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests import pictures

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_proof.py"
WAIT = {"Prefer": "wait=60"}
CANVAS = {"canvas.aspect": "1:1", "canvas.padding": "0.15", "canvas.anchor": "bottom"}


@pytest.fixture(scope="module")
def caller(live):
    """A customer of the copy: makes a result, and runs the script on it."""
    someone = live.person(tokens=9)
    headers = {"Authorization": f"Bearer {live.key_of(someone)}"}

    def made(**fields):
        answer = httpx.post(
            f"{live.url}/api/v1/generate",
            data={"model": "changebg", **fields},
            files={"image": ("chair.jpg", pictures.CHAIR.read_bytes())},
            headers=headers | WAIT,
            timeout=90,
        )
        assert answer.status_code == 200, answer.text
        return f"{live.url}/api/v1/generations/{answer.json()['result']['id']}"

    def verified(address):
        command = [sys.executable, str(SCRIPT), address, headers["Authorization"].removeprefix("Bearer ")]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return made, verified, headers


@pytest.mark.parametrize(
    "fields", [{"prompt": pictures.PROMPT}, CANVAS | {"prompt": "a beach"}], ids=["photo", "canvas"]
)
def test_a_png_is_the_same(caller, fields):
    made, verified, _ = caller
    done = verified(made(**fields))
    assert (done.returncode, done.stdout, done.stderr) == (0, "same\n", "")


def test_a_cut_out_is_the_same(caller):
    made, verified, _ = caller
    done = verified(made(model="removebg", format="webp"))
    assert (done.returncode, done.stdout) == (0, "same\n"), done.stderr


def test_a_jpeg_names_the_first_pixel_that_differs(caller):
    made, verified, headers = caller
    address = made(**{"background.color": "#d0d8e0"}, format="jpeg")
    done = verified(address)
    assert done.returncode == 1, done.stderr
    assert re.fullmatch(r"x \d+ y \d+: \[\d+, \d+, \d+\] became \[\d+, \d+, \d+\]\n", done.stdout)
    proof = httpx.get(f"{address}/proof", headers=headers).json()["proof"]
    assert proof["encoding"]["max_difference"] > 0
    assert (proof["equal"], proof["lossless"]) == (True, False)


def test_it_stays_short():
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 30
