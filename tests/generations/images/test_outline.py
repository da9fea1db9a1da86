"""The outline of a matte: where it runs, what a hole is, and that no mask makes it long."""

import re
import time

import cv2
import numpy as np
import pytest

from generations.images import outline
from tests.generations.material import noise, true_alpha

PATH = re.compile(r"(M\d+ \d+L\d+ \d+( \d+ \d+)+Z)*")


def polygons(path):
    return [np.array(re.findall(r"\d+", part), int).reshape(-1, 2) for part in path.split("Z")[:-1]]


def filled(path, *, like):
    """Draw the path as a browser does with fill-rule evenodd."""
    drawn = np.zeros(like.shape, np.uint8)
    cv2.fillPoly(drawn, [one.astype(np.int32) for one in polygons(path)], 255)
    return drawn


def overlap(one, other):
    return np.count_nonzero((one >= 128) & (other >= 128)) / np.count_nonzero((one >= 128) | (other >= 128))


def ring(width, height, *, radius, hole):
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - width / 2, y - height / 2)
    return np.where((distance < radius) & (distance >= hole), 255, 0).astype(np.uint8)


@pytest.mark.parametrize("name", ["syn_sofa_beige", "syn_armchair_blue", "syn_white_armchair_on_white"])
def test_it_runs_round_what_is_kept(name):
    matte = true_alpha(name)
    path = outline.trace(matte)
    assert PATH.fullmatch(path)
    assert len(path) <= outline.LIMIT_BYTES
    assert overlap(filled(path, like=matte), matte) > 0.98


@pytest.mark.parametrize(("width", "height"), [(400, 300), (1500, 4000), (5000, 5000)])
def test_a_hole_is_a_hole_at_every_size(width, height):
    side = min(width, height)
    matte = ring(width, height, radius=side * 0.4, hole=side * 0.2)
    path = outline.trace(matte)
    assert len(polygons(path)) == 2
    assert overlap(filled(path, like=matte), matte) > 0.97
    assert filled(path, like=matte)[height // 2, width // 2] == 0


def test_a_subject_cut_by_the_photo_ends_at_its_edge():
    matte = np.zeros((200, 300), np.uint8)
    matte[100:, :150] = 255
    [corners] = polygons(outline.trace(matte))
    assert corners.min(axis=0).tolist() == [0, 100]
    assert corners.max(axis=0).tolist() == [150, 200]


def test_the_edge_lies_where_half_is_kept():
    matte = np.zeros((100, 100), np.uint8)
    matte[20:80, 20:80] = 127
    assert outline.trace(matte) == ""
    matte[30:70, 30:70] = 128
    [corners] = polygons(outline.trace(matte))
    assert abs(corners.min(axis=0) - 30).max() <= 1
    assert abs(corners.max(axis=0) - 69).max() <= 1


@pytest.mark.parametrize("keeps", [0, 127])
def test_what_keeps_nothing_has_no_outline(keeps):
    assert outline.trace(np.full((300, 400), keeps, np.uint8)) == ""


def test_all_of_it_is_one_frame():
    assert len(polygons(outline.trace(np.full((300, 400), 255, np.uint8)))) == 1


def hostile():
    stripes = np.zeros((1000, 1000), np.uint8)
    stripes[::2] = 255
    checks = np.indices((1000, 1000)).sum(axis=0) % 2 * np.uint8(255)
    specks = np.zeros((1000, 1000), np.uint8)
    specks[5::12, 5::12] = specks[6::12, 5::12] = specks[5::12, 6::12] = 255
    comb = np.zeros((1000, 1000), np.uint8)
    comb[:, ::8] = comb[:, 1::8] = comb[:, 2::8] = comb[:, 3::8] = 255
    comb[:20] = 255
    return {
        "noise": noise(1024, 1024, 1)[:, :, 0],
        "large noise": noise(3000, 2000, 1)[:, :, 0],
        "soft noise": cv2.GaussianBlur(noise(1024, 1024, 1)[:, :, 0], (0, 0), 4),
        "stripes": stripes,
        "checks": checks,
        "specks": specks,
        "comb": comb,
        "one column": noise(1, 1000, 1)[:, :, 0],
        "a strip": noise(8192, 16, 1)[:, :, 0],
    }


@pytest.mark.parametrize("name", hostile())
def test_no_mask_makes_it_long_or_slow(name):
    started = time.monotonic()
    path = outline.trace(hostile()[name])
    assert len(path) <= outline.LIMIT_BYTES
    assert PATH.fullmatch(path)
    assert time.monotonic() - started < 20
