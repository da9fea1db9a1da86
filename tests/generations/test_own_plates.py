"""An operator's photographs, from the folder to the pipeline and the checks."""

import hashlib
import io
from pathlib import Path

from PIL import Image

from generations import plate_checks
from generations.images.decoder import Decoder
from generations.pipeline import PictureRequest, default_pipeline, load_plates
from tests.generations.material import photo, weights_dir

NOTE = 'tags = ["beach"]\nhorizon = 0.5\nlight = "top"\nlicence = "own"\n'


def put(folder: Path, name: str, note: str = NOTE) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (64, 48), (200, 0, 0, 0)).save(file, "PNG")
    (folder / f"{name}.png").write_bytes(file.getvalue())
    (folder / f"{name}.toml").write_text(note)


def test_photographs_are_read_by_the_helper_and_lie_over_white(tmp_path: Path):
    put(tmp_path, "cove")
    with Decoder() as decoder:
        folder = load_plates(plates_dir=tmp_path, decoder=decoder)
        pixels = folder.pixels(folder.photos[0])
    assert pixels.shape == (48, 64, 3)
    assert (pixels == 255).all()


def test_a_picture_is_made_before_an_operators_photograph(tmp_path: Path):
    file = io.BytesIO()
    Image.new("RGB", (800, 600), (30, 90, 200)).save(file, "PNG")
    put(tmp_path, "cove")
    (tmp_path / "cove.png").write_bytes(file.getvalue())
    maker = default_pipeline(weights_dir=weights_dir(), plates_dir=tmp_path)
    request = PictureRequest(model="changebg", image=photo("syn_sofa_beige"), prompt="a beach", seed=7)
    picture = maker.make(request, on_stage=lambda _stage: None)
    maker.close()
    assert picture.scene is not None
    assert picture.scene["plate"] == "cove"
    assert picture.network["plate_sha256"] == hashlib.sha256(file.getvalue()).hexdigest()
    with Image.open(io.BytesIO(picture.data)) as made:
        corner = made.convert("RGB").getpixel((3, 3))
    assert max(abs(a - b) for a, b in zip(corner, (30, 90, 200), strict=True)) < 12


def test_a_hostile_file_is_named_and_stops_nothing(tmp_path: Path):
    put(tmp_path, "cove")
    put(tmp_path, "trap")
    (tmp_path / "trap.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    with Decoder() as decoder:
        folder = load_plates(plates_dir=tmp_path, decoder=decoder)
    assert [photo.name for photo in folder.photos] == ["cove"]
    assert "trap.png cannot be used" in folder.faults["trap"]


def test_the_checks_name_what_will_be_skipped(tmp_path: Path, settings):
    settings.PLATES_DIR = None
    assert plate_checks.plates_are_usable() == []
    put(tmp_path, "cove")
    put(tmp_path, "bad", NOTE.replace('licence = "own"', 'licence = ""'))
    settings.PLATES_DIR = tmp_path
    found = plate_checks.plates_are_usable()
    assert [message.id for message in found] == ["generations.W001"]
    assert "bad" in found[0].msg
    assert "licence" in found[0].msg
