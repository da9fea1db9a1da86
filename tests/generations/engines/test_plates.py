"""An operator's own photographs as backgrounds."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from generations.engines.base import Done, Pixels
from generations.engines.embedded import EmbeddedEngine, photograph, plates
from generations.engines.embedded.light import Light
from tests.generations.engines.pictures import request

GOOD = 'tags = ["beach", "sunset"]\nhorizon = 0.5\nlight = "left"\nlicence = "own, 2026"\n'


def decode(data: bytes) -> Pixels:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise ValueError("no picture")
    return np.asarray(picture, np.uint8)


def landscape(width: int = 800, height: int = 600, horizon: float = 0.5) -> Pixels:
    """Blue above the horizon, sand below; its left half brighter."""
    picture = np.full((height, width, 3), (90, 140, 210), np.uint8)
    picture[round(horizon * height) :] = (200, 180, 140)
    picture[:, width // 2 :] = picture[:, width // 2 :] // 2
    return picture


def put(folder: Path, name: str, note: str = GOOD, picture: Pixels | None = None) -> None:
    (folder / f"{name}.toml").write_text(note)
    cv2.imwrite(str(folder / f"{name}.png"), (landscape() if picture is None else picture)[..., ::-1])


def made(folder: Path, prompt: str, **changes: object) -> Done:
    engine = EmbeddedEngine(plates=plates.load(folder, decode=decode))
    return engine.submit(request(prompt, **changes))  # type: ignore[arg-type]


def test_a_photograph_that_shows_what_is_asked_for_becomes_the_plate(tmp_path: Path):
    put(tmp_path, "cove")
    done = made(tmp_path, "a sandy beach at sunset with parasols")
    assert done.notes["scene"] == {
        "family": "beach",
        "plate": "cove",
        "understood": ["sandy beach", "at sunset"],
        "not_understood": ["parasols"],
        "removed": [],
    }
    assert done.notes["plate_sha256"] == hashlib.sha256((tmp_path / "cove.png").read_bytes()).hexdigest()
    assert done.plate.shape == (300, 360, 3)
    assert np.abs(done.plate[5, 20].astype(int) - (90, 140, 210)).max() < 12


def test_without_a_photograph_of_the_family_the_scene_is_painted(tmp_path: Path):
    put(tmp_path, "cove")
    done = made(tmp_path, "a sunlit forest")
    assert done.notes["scene"]["plate"] == "painted"
    assert (done.plate == EmbeddedEngine().submit(request("a sunlit forest")).plate).all()


def test_the_photograph_with_most_of_the_words_wins_and_equals_are_drawn_by_the_seed(tmp_path: Path):
    put(tmp_path, "noon", GOOD.replace("sunset", "noon"))
    put(tmp_path, "evening")
    put(tmp_path, "another evening")
    assert made(tmp_path, "beach at noon").notes["scene"]["plate"] == "noon"
    drawn = {made(tmp_path, "beach at sunset", seed=seed).notes["scene"]["plate"] for seed in range(12)}
    assert drawn == {"evening", "another evening"}
    assert len({made(tmp_path, "beach at sunset", seed=5).notes["scene"]["plate"] for _ in range(3)}) == 1


def test_a_negated_tag_excludes_a_photograph(tmp_path: Path):
    put(tmp_path, "cove", GOOD.replace('"sunset"', '"greenery"'))
    assert made(tmp_path, "a beach").notes["scene"]["plate"] == "cove"
    assert made(tmp_path, "a beach, no greenery").notes["scene"]["plate"] == "painted"


def test_a_place_that_is_not_painted_may_be_photographed(tmp_path: Path):
    put(tmp_path, "alps", GOOD.replace('"beach", "sunset"', '"mountain"'))
    report = made(tmp_path, "a mountain").notes["scene"]
    assert (report["plate"], report["understood"], report["not_understood"]) == ("alps", ["mountain"], [])
    assert made(tmp_path, "a city").notes["scene"]["plate"] == "painted"


@pytest.mark.parametrize(
    ("note", "field"),
    [
        (GOOD.replace('licence = "own, 2026"\n', ""), "licence"),
        (GOOD.replace('"own, 2026"', '" "'), "licence"),
        (GOOD.replace("0.5", "1.5"), "horizon"),
        (GOOD.replace("0.5", "true"), "horizon"),
        (GOOD.replace('"left"', '"below"'), "light"),
        (GOOD.replace('"sunset"', '"zorblax"'), "zorblax"),
        (GOOD.replace('["beach", "sunset"]', '["sunset"]'), "family"),
        (GOOD.replace('["beach", "sunset"]', "[]"), "tags"),
        (GOOD + 'mirror = "no"\n', "mirror"),
        (GOOD + "colour = 1\n", "colour"),
        ("tags = [", "bad.toml"),
    ],
)  # fmt: skip
def test_a_bad_note_is_left_out_and_its_field_named(tmp_path: Path, note: str, field: str):
    put(tmp_path, "bad", note)
    put(tmp_path, "good")
    folder = plates.load(tmp_path, decode=decode)
    assert [photo.name for photo in folder.photos] == ["good"]
    assert field in folder.faults["bad"]


def test_what_is_missing_or_no_picture_is_named(tmp_path: Path):
    (tmp_path / "alone.toml").write_text(GOOD)
    put(tmp_path, "broken")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    put(tmp_path, "twice")
    (tmp_path / "twice.webp").write_bytes(b"")
    cv2.imwrite(str(tmp_path / "bare.jpg"), landscape())
    faults = plates.load(tmp_path, decode=decode).faults
    assert set(faults) == {"alone", "broken", "bare", "twice.webp"}
    assert "bare.toml is missing" in faults["bare"]
    assert set(plates.load(tmp_path / "nowhere", decode=decode).faults) == {str(tmp_path / "nowhere")}


def test_a_photograph_that_changed_since_the_start_is_not_shown(tmp_path: Path):
    put(tmp_path, "cove")
    engine = EmbeddedEngine(plates=plates.load(tmp_path, decode=decode))
    cv2.imwrite(str(tmp_path / "cove.png"), np.zeros((600, 800, 3), np.uint8))
    done = engine.submit(request("a beach"))
    assert done.notes["scene"]["plate"] == "painted"
    assert "cove.png has changed" in done.notes["plate_fault"]


def photo(**changes: object) -> plates.Photo:
    fields: dict[str, object] = {
        "name": "cove", "file": Path("cove.png"), "tags": frozenset({("family", "beach")}), "horizon": 0.5,
        "light": "left", "licence": "own", "mirror": True, "sha256": "",
    }  # fmt: skip
    return plates.Photo(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("horizon", [130.0, 150.0, 170.0])
def test_the_horizon_comes_to_lie_where_the_camera_has_it(horizon: float):
    plate = photograph.fit(landscape(), photo(), frame=(300, 360), horizon=horizon, light=Light())
    assert plate is not None
    assert abs(int(np.argmax(plate[:, 20, 0] > 150)) - horizon) <= 2


@pytest.mark.parametrize(("light", "side", "mirror", "is_left_bright"), [
    ("left", -0.7, True, True), ("left", 0.7, True, False), ("left", 0.7, False, True), ("top", 0.7, True, True),
])  # fmt: skip
def test_a_photograph_is_turned_over_for_its_light(light: str, side: float, mirror: bool, is_left_bright: bool):
    note = photo(light=light, mirror=mirror)
    plate = photograph.fit(landscape(), note, frame=(300, 360), horizon=150, light=Light(side=side))
    assert plate is not None
    assert (plate[:, 20].mean() > plate[:, -20].mean()) == is_left_bright


def test_a_photograph_too_small_for_the_frame_is_not_used():
    assert photograph.fit(landscape(240, 200), photo(), frame=(400, 400), horizon=150, light=Light()) is None
    barely = photograph.fit(landscape(270, 270), photo(), frame=(400, 400), horizon=150, light=Light())
    assert barely is not None
    assert barely.shape == (400, 400, 3)


@pytest.mark.parametrize("frame", [(16, 16), (16, 900), (900, 16), (333, 217)])
@pytest.mark.parametrize("horizon", [-500.0, 0.0, 5000.0])
def test_any_frame_is_filled(frame: tuple[int, int], horizon: float):
    plate = photograph.fit(landscape(1600, 1200), photo(), frame=frame, horizon=horizon, light=Light())
    assert plate is not None
    assert plate.shape == (*frame, 3)


def test_grain_is_added_and_the_same_twice():
    even = np.full((700, 900, 3), 128, np.uint8)
    first, second = (photograph.grained(even, sigma=0.01, rng=np.random.default_rng(4)) for _ in range(2))
    assert (first == second).all()
    assert 1.5 < first[..., 0].std() < 3.5
    assert photograph.grained(even, sigma=0, rng=np.random.default_rng(4)) is even
