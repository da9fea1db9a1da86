"""The room is placed by the subject's stand."""

import numpy as np

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
