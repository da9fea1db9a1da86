"""Shadows ground the subject, fall away from the light and stay off the border that cuts it."""

from dataclasses import replace

import numpy as np
import pytest

from generations.engines.base import Pixels
from generations.engines.embedded import light, shadow
from generations.engines.embedded.light import Light
from tests.generations.engines.pictures import chair
from tests.generations.engines.test_painting import bordering

WHITE = 230


def darkness(alpha: Pixels, lit: Light | None = None) -> np.ndarray:
    plate = np.full((*alpha.shape, 3), WHITE, np.uint8)
    drawn = shadow.draw(plate=plate, alpha=alpha, light=lit or Light(), shadow="contact")
    return WHITE - drawn.astype(int)


def test_none_draws_nothing_and_returns_a_new_plate():
    plate = np.full((50, 60, 3), 9, np.uint8)
    alpha = np.full((50, 60), 255, np.uint8)
    drawn = shadow.draw(plate=plate, alpha=alpha, light=Light(), shadow="none")
    assert (drawn == plate).all()
    assert drawn is not plate


def test_the_given_plate_is_left_alone():
    _, alpha = chair()
    plate = np.full((*alpha.shape, 3), WHITE, np.uint8)
    shadow.draw(plate=plate, alpha=alpha, light=Light(), shadow="contact")
    assert (plate == WHITE).all()


def test_it_is_darkest_at_the_feet_and_never_black():
    _, alpha = chair()
    dark = darkness(alpha)[..., 1]
    foot = dark[round(0.82 * 300) - 4 : round(0.82 * 300) + 6, round(0.60 * 360) : round(0.66 * 360)]
    assert foot.max() > 0.3 * WHITE
    assert dark.max() <= 0.83 * WHITE
    assert dark[: round(0.25 * 300)].max() == 0


@pytest.mark.parametrize("side", [-0.7, 0.7])
def test_it_falls_away_from_the_light(side: float):
    _, alpha = chair()
    dark = darkness(alpha, Light(side=side, elevation_deg=40))[..., 1]
    left, right = dark[:, :120].sum(), dark[:, 250:].sum()
    assert (right > 2 * left) if side < 0 else (left > 2 * right)


def test_an_overcast_sky_throws_less_than_the_sun():
    _, alpha = chair()
    sun, cloud = Light(ratio=3.2), light.from_words(words=["overcast"], side=-0.7)
    beside = np.s_[:, 250:, 1]
    assert darkness(alpha, sun)[beside].sum() > darkness(alpha, replace(cloud, elevation_deg=50))[beside].sum()


def test_a_portrait_cut_by_the_lower_border_has_none():
    alpha = np.zeros((200, 200), np.uint8)
    alpha[40:, 60:140] = 255
    assert darkness(alpha).max() == 0


@pytest.mark.parametrize(("side", "edge"), [("left", np.s_[:, 0]), ("right", np.s_[:, -1])])
def test_it_fades_out_at_the_border_that_cuts_the_subject(side: str, edge: tuple[slice, int]):
    alpha = np.zeros((200, 300), np.uint8)
    columns = slice(0, 150) if side == "left" else slice(150, 300)
    alpha[60:150, columns] = 255
    dark = darkness(alpha, Light(side=0.7 if side == "left" else -0.7))
    assert dark[edge].max() == 0
    assert dark.max() > 20


def test_a_bed_cut_in_part_keeps_its_shadow_but_not_at_the_border():
    alpha = np.zeros((200, 300), np.uint8)
    for column in range(40, 300):
        alpha[60 : min(200, 120 + column // 2), column] = 255
    dark = darkness(alpha)
    assert dark.max() > 20
    assert dark[-1].max() == 0


def test_the_shadow_is_tinted_against_the_light():
    _, alpha = chair()
    warm = darkness(alpha, light.from_words(words=["sunset"], side=-0.7)).reshape(-1, 3).max(axis=0)
    # Under a warm light less of the blue is taken away than of the red.
    assert warm[2] < warm[0]


@pytest.mark.parametrize("name", bordering())
def test_any_matte_can_be_drawn(name: str):
    assert darkness(bordering()[name]).shape == (120, 160, 3)


@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16)])
def test_any_size_can_be_drawn(size: tuple[int, int]):
    alpha = np.zeros(size, np.uint8)
    alpha[2 : size[0] - 3, 2 : size[1] - 3] = 255
    assert darkness(alpha).shape == (*size, 3)
