"""Every family by day and by night looks as it did when people last looked at it."""

import time

import numpy as np
import pytest

from generations.engines import get_engine
from generations.engines.base import EditRequest
from generations.engines.embedded import families
from tests.generations.engines import golden
from tests.generations.engines.pictures import chair


def test_every_family_has_its_thumbnails():
    assert set(golden.PROMPTS) == set(families.every())


@pytest.mark.parametrize("column", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize("family", golden.PROMPTS)
def test_the_picture_is_the_one_that_was_looked_at(family: str, column: int):
    now = golden.thumbnail(golden.PROMPTS[family][column]).astype(int)
    assert np.abs(now - golden.kept(family, column)).max() <= 3


@pytest.mark.parametrize("family", sorted(set(golden.PROMPTS) - {"plain"}))
def test_night_is_darker_than_day(family: str):
    day, night = (golden.kept(family, column).mean() for column in (0, 1))
    assert night < 0.85 * day


@pytest.mark.parametrize("family", golden.PROMPTS)
def test_a_megapixel_is_painted_in_time(family: str):
    rgb, alpha = chair(1120, 900)
    engine = get_engine("embedded")
    took = []
    # The aim is .6 s on two quiet cores. Their processor time is counted, since other work on the machine is not ours.
    for _ in range(3):
        started = time.process_time()
        engine.submit(EditRequest(image=rgb, matte=alpha, prompt=golden.PROMPTS[family][0], seed=1))
        took.append(time.process_time() - started)
    assert min(took) < 1.2
