"""A network of one's own is measured as ours are, without a peer and without bars."""

import subprocess
import sys

import pytest

from bench import eval as measured
from bench.turns import ROOT
from tests.generations.material import weights_dir
from tests.generations.onnx_files import bright, put

ONE = "name,category\nsyn_sofa_beige,furniture\n"


@pytest.fixture
def evalset(tmp_path):
    """One picture of our set."""
    folder = tmp_path / "set"
    for kind, suffix in (("image", "jpg"), ("alpha", "png")):
        (folder / kind).mkdir(parents=True)
        name = f"{kind}/syn_sofa_beige.{suffix}"
        (folder / name).symlink_to(ROOT / "bench" / "evalset" / name)
    (folder / "manifest.csv").write_text(ONE)
    return folder


def test_the_table_has_its_three_rows(tmp_path, evalset):
    put(tmp_path, bright(64, 48), normalize='"minmax"')
    done = subprocess.run(
        [
            *(sys.executable, "-m", "bench.eval", "--model", "bright", "--networks", str(tmp_path)),
            *("--evalset", str(evalset), "--turns", "1", "--json", str(tmp_path / "out.json")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table = done.stdout.partition("total:")[2]
    assert [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| bright")] == [
        "| bright raw",
        "| bright fine",
        "| bright fast",
    ]
    assert "rembg" not in done.stdout
    assert "no bar is set for a network of one's own" in done.stdout


def test_one_that_cannot_be_used_is_told(tmp_path):
    put(tmp_path, bright(64, 48), sha256=f'"{"0" * 64}"')
    with pytest.raises(SystemExit, match=r"^sha256: bright\.onnx has "):
        measured.fetch("bright", weights_dir(), tmp_path)
    with pytest.raises(SystemExit, match=r"other\.toml cannot be read"):
        measured.fetch("other", weights_dir(), tmp_path)
    with pytest.raises(SystemExit, match="no folder of networks is given"):
        measured.fetch("bright", weights_dir(), None)
    measured.fetch("u2netp", weights_dir(), None)
