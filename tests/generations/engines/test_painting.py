"""What the built-in engine paints: the same twice, in any size, under any matte, in time."""

import time

import numpy as np
import pytest

from generations.engines import errors, get_engine
from generations.engines.base import EditRequest, Pixels
from generations.engines.embedded import families, scene
from tests.generations.engines.pictures import chair, over, request

EVERY_FAMILY = {
    "showroom": "a bright showroom with natural light, a plant and art",
    "living_room": "a cozy living room with a lamp, a sideboard and curtains",
    "studio": "a light gray studio backdrop",
    "plain": "gradient from sage to cream",
    "softfocus": "a mountain at sunset",
    "bedroom": "a cozy bedroom at night",
    "tabletop": "a dark wooden table by natural light",
    "beach": "a tropical beach at sunset",
    "garden": "a garden patio in the morning",
    "forest": "a misty forest",
}
ENGINE = get_engine("embedded")


def plate(prompt: str, **changes: object) -> Pixels:
    return ENGINE.submit(request(prompt, **changes)).plate  # type: ignore[arg-type]


def test_every_family_has_a_prompt_here():
    assert set(EVERY_FAMILY) == set(families.every())


@pytest.mark.parametrize("prompt", EVERY_FAMILY.values(), ids=EVERY_FAMILY)
def test_the_same_seed_gives_the_same_bytes(prompt: str):
    assert plate(prompt).tobytes() == plate(prompt).tobytes()


@pytest.mark.parametrize(
    "family", ["showroom", "living_room", "softfocus", "bedroom", "tabletop", "beach", "garden", "forest"]
)
def test_another_seed_gives_another_picture(family: str):
    first, second = (plate(EVERY_FAMILY[family], seed=seed).astype(int) for seed in (1, 2))
    assert np.abs(first - second).mean() > 1


def test_asking_for_one_thing_moves_no_other():
    without = plate("showroom with art", seed=5)
    besides = plate("showroom with art and a plant", seed=5)
    rows, columns = slice(0, 90), slice(0, 130)
    art = without[rows, columns] if without[rows, columns].std() > 12 else without[rows, -130:]
    same = besides[rows, columns] if without[rows, columns].std() > 12 else besides[rows, -130:]
    assert np.abs(art.astype(int) - same.astype(int)).mean() < 2


@pytest.mark.parametrize("prompt", EVERY_FAMILY.values(), ids=EVERY_FAMILY)
@pytest.mark.parametrize("size", [(16, 16), (320, 16), (16, 320), (333, 217)])
def test_any_size_is_painted(prompt: str, size: tuple[int, int]):
    width, height = size
    matte = np.zeros((height, width), np.uint8)
    matte[height // 3 : height - 2, width // 3 : 2 * width // 3 + 1] = 255
    assert ENGINE.submit(over(matte, prompt)).plate.shape == (height, width, 3)


def bordering() -> dict[str, Pixels]:
    mattes = {"empty": np.zeros((120, 160), np.uint8), "full": np.full((120, 160), 255, np.uint8)}
    for name, part in {
        "left": np.s_[40:100, 0:60], "right": np.s_[40:100, 100:160], "top": np.s_[0:80, 50:110],
        "bottom": np.s_[50:120, 50:110], "wide bottom": np.s_[70:120, 5:150], "one pixel": np.s_[60:61, 80:81],
        "faint": np.s_[0:0, 0:0],
    }.items():  # fmt: skip
        mattes[name] = np.zeros((120, 160), np.uint8)
        mattes[name][part] = 255
    mattes["faint"][30:90, 40:120] = 90
    return mattes


@pytest.mark.parametrize("prompt", EVERY_FAMILY.values(), ids=EVERY_FAMILY)
@pytest.mark.parametrize("name", bordering())
def test_any_matte_is_painted(prompt: str, name: str):
    painted = ENGINE.submit(over(bordering()[name], prompt)).plate
    assert painted.shape == (120, 160, 3)
    assert painted.dtype == np.uint8


@pytest.mark.parametrize("prompt", ["a showroom", "a living room", "a studio backdrop"])
def test_the_brighter_side_of_the_scene_is_the_subjects(prompt: str):
    for lit_from, sign in (("left", 1), ("right", -1)):
        wall = plate(prompt, lit_from=lit_from)[:150].astype(float)
        assert sign * (wall[:, :60].mean() - wall[:, -60:].mean()) > 2


def test_the_light_from_the_prompt_outweighs_the_subjects():
    wall = plate("a showroom with light from the right", lit_from="left")[:150].astype(float)
    assert wall[:, -60:].mean() > wall[:, :60].mean()


def test_a_negation_takes_the_window_and_the_plant_away():
    assert np.abs(plate("a sunlit showroom").astype(int) - plate("a sunlit showroom, no window")).mean() > 1
    green = [np.count_nonzero(p[..., 1] > p[..., 0].astype(int) + 8) for p in (
        plate("living room with a plant, no art, sideboard, curtain, rug"),
        plate("living room, no plants, art, sideboard, curtain, rug"),
    )]  # fmt: skip
    assert green[0] > 10 * (green[1] + 1)


def test_the_floor_is_darker_wood_where_walnut_is_asked_for():
    oak, walnut = plate("living room with oak floor"), plate("living room with walnut floor")
    assert oak[-30:].mean() > walnut[-30:].mean() + 20


def test_one_megapixel_is_painted_in_time():
    rgb, alpha = chair(1120, 900)
    ENGINE.submit(EditRequest(image=rgb, matte=alpha, prompt="a sunlit living room", seed=1))
    started = time.monotonic()
    ENGINE.submit(EditRequest(image=rgb, matte=alpha, prompt="a sunlit living room", seed=2))
    assert time.monotonic() - started < 3


def test_the_answer_carries_report_and_revision():
    done = ENGINE.submit(request("a sunlit living room"))
    assert done.notes["scene"]["understood"] == ["sunlit", "living room"]
    assert done.notes["scene_revision"] == scene.REVISION == int(ENGINE.caps.revision)


def test_a_matte_of_another_size_is_our_bug():
    rgb, alpha = chair()
    with pytest.raises(errors.BadInput):
        ENGINE.submit(EditRequest(image=rgb, matte=alpha[:-1], prompt="studio", seed=1))
