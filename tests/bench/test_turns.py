"""Programs answer turn by turn, a fresh process's memory is its own, and one that dies is named."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.turns import ROOT, Program, peak_mb
from tests.generations.material import weights_dir

IMAGE = ROOT / "bench" / "evalset" / "image" / "syn_sofa_beige.jpg"


@pytest.mark.parametrize("recipe", ["raw", "fine", "fast"])
def test_our_program_cuts_out(tmp_path, recipe):
    program = Program("ours", [sys.executable, "-m", "bench.cutout", str(weights_dir()), "u2netp", recipe])
    try:
        turns = [program.take(image=IMAGE, matte=tmp_path / "matte.png") for _ in range(2)]
    finally:
        program.close()
    matte = cv2.imread(str(tmp_path / "matte.png"), cv2.IMREAD_GRAYSCALE)
    assert matte.shape == cv2.imread(str(IMAGE)).shape[:2]
    assert 0.1 < (matte > 127).mean() < 0.5
    assert all(turn.ms > 0 for turn in turns)
    assert 50 < turns[0].rss_mb <= turns[1].rss_mb < 900


def test_a_program_that_ends_is_named(tmp_path):
    program = Program("broken", [sys.executable, "-c", "raise SystemExit(3)"])
    try:
        with pytest.raises(RuntimeError, match="broken ended with status 3 at syn_sofa_beige"):
            program.take(image=IMAGE, matte=tmp_path / "matte.png")
    finally:
        program.close()


def test_a_fresh_process_does_not_inherit_our_peak():
    ballast = np.ones(40 * 2**20)  # 320 MB here, none of it the child's
    code = "from bench.turns import peak_mb; print(peak_mb())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ballast.sum() == ballast.size
    assert peak_mb() > 320
    assert float(done.stdout) < 100


def test_prints_of_a_library_are_no_answers(tmp_path):
    code = (
        "from bench import turns\n"
        "def cut_out(image, matte):\n    print('hello from a library')\n    return 1.5\n"
        "turns.serve(cut_out)"
    )
    program = Program("chatty", [sys.executable, "-c", code], variables={"PYTHONPATH": os.fspath(ROOT)})
    try:
        assert program.take(image=IMAGE, matte=Path(tmp_path, "matte.png")).ms == 1.5
    finally:
        program.close()
