"""The light of a scene agrees with the subject and with the words."""

import numpy as np
import pytest

from generations.engines.embedded import light
from tests.generations.engines.pictures import chair


@pytest.mark.parametrize(("lit_from", "sign"), [("left", -1), ("right", 1)])
def test_without_words_it_comes_from_the_subjects_brighter_side(lit_from: str, sign: int):
    rgb, alpha = chair(lit_from=lit_from)
    assert np.sign(light.for_prompt(prompt=None, rgb=rgb, alpha=alpha).side) == sign


def test_the_words_decide_where_they_speak():
    rgb, alpha = chair(lit_from="left")
    read = light.for_prompt(prompt="beach at sunset, light from the right", rgb=rgb, alpha=alpha)
    assert read.side > 0
    assert (read.kelvin < 4000, read.elevation_deg < 25) == (True, True)


def test_night_and_overcast_let_no_sun_through_the_window():
    assert light.from_words(words=["sunlit"], side=0.7).gobo
    assert not light.from_words(words=["sunlit", "night"], side=0.7).gobo
    assert not light.from_words(words=["natural", "overcast"], side=0.7).gobo


@pytest.mark.parametrize("value", [0, 90, 255])
def test_a_matte_without_a_core_still_has_a_side(value: int):
    alpha = np.full((40, 40), value, np.uint8)
    rgb = np.full((40, 40, 3), 90, np.uint8)
    assert light.for_prompt(prompt=None, rgb=rgb, alpha=alpha).side == -0.7
