"""The room is placed by the subject's stand."""

import numpy as np
import pytest

from generations.engines.embedded import camera, footing
from tests.generations.engines.pictures import chair


def test_the_feet_of_a_chair_are_found_and_its_seat_is_not():
    _, alpha = chair()
    stand = footing.measure(alpha=alpha)
    seat = stand.touch[round(0.50 * 360) : round(0.55 * 360)]
    assert stand.touch[round(0.38 * 360)] > 0.5
    assert stand.touch[round(0.63 * 360)] > 0.5
    assert seat.max() < 0.1
    assert stand.cut == frozenset()


@pytest.mark.parametrize("side", [1, 2, 3])
def test_a_speck_of_the_matte_moves_neither_floor_nor_frame(side: int):
    _, alpha = chair()
    clean = footing.measure(alpha=alpha)
    alpha[290 : 290 + side, 20 : 20 + side] = 255
    alpha[0:side, 300 : 300 + side] = 40
    specked = footing.measure(alpha=alpha)
    assert (specked.bottom, specked.left, specked.rear) == (clean.bottom, clean.left, clean.rear)
    assert (specked.ground == clean.ground).all()
    assert specked.cut == frozenset()


def test_a_second_thing_is_no_speck():
    _, alpha = chair()
    alpha[240:270, 20:60] = 255
    assert footing.measure(alpha=alpha).bottom == 270


def test_a_faint_edge_of_the_subject_is_still_cut_by_the_frame():
    _, alpha = chair()
    alpha[100:110, :140] = 20
    assert footing.measure(alpha=alpha).cut == {"left"}


def test_the_wall_never_touches_the_rearmost_foot():
    _, alpha = chair()
    seen = camera.behind(alpha=alpha)
    assert seen.horizon < seen.wall <= seen.stand.rear - 0.06 * 300


def test_a_portrait_shows_no_floor():
    alpha = np.zeros((200, 160), np.uint8)
    alpha[40:, 40:120] = 255
    assert camera.behind(alpha=alpha).wall > 200


def test_a_point_on_the_floor_lands_where_its_depth_says():
    _, alpha = chair()
    seen = camera.behind(alpha=alpha)
    away = seen.depth_m(250.0)
    x, y = seen.project(np.array([[0.0, 0.0, away]], np.float32))[0]
    assert abs(x - 180) < 1e-3
    assert abs(y - 250) < 1e-2
