"""An operator's photographs, from the folder to the pipeline and the checks."""

import io
from pathlib import Path

from PIL import Image

from generations import plate_checks
from generations.images.decoder import Decoder
from generations.pipeline import load_plates

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
