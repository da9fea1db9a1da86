"""The frame: whole pixels round the subject, the aspect within half a pixel, and refusals in place of a cut."""

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from generations.images import canvas, checks, compositing
from generations.images.canvas import Canvas, Frame
from generations.images.errors import CanvasNotPossible
from tests.generations.material import noise

ASPECTS = [None, (1, 1), (4, 5), (3, 4), (16, 9), (9, 16), (1, 4), (4, 1), (7, 3)]
ANCHORS = ["subject", "center", "bottom"]


@st.composite
def mattes(draw):
    """A photo of any small size, and a box in it that keeps, faintly at some of its pixels."""
    width, height = draw(st.integers(24, 90)), draw(st.integers(24, 90))
    left, top = draw(st.integers(0, width - 9)), draw(st.integers(0, height - 9))
    right, bottom = draw(st.integers(left + 8, width)), draw(st.integers(top + 8, height))
    matte = np.zeros((height, width), np.uint8)
    matte[top:bottom, left:right] = draw(st.sampled_from([1, 200, 255]))
    matte[top, left] = 255
    return matte


def box(matte):
    rows, columns = np.flatnonzero(matte.any(axis=1)), np.flatnonzero(matte.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def rule(matte, **wish):
    """The rule by which a frame is refused, or None."""
    try:
        canvas.frame(matte=matte, canvas=Canvas(**wish))
    except CanvasNotPossible as refusal:
        return refusal.extra["rule"]
    return None


def framed(matte, **wish):
    """The frame, or None where there can be none."""
    return None if rule(matte, **wish) else canvas.frame(matte=matte, canvas=Canvas(**wish))


wishes = {
    "matte": mattes(),
    "aspect": st.sampled_from(ASPECTS),
    "anchor": st.sampled_from(ANCHORS),
    "padding": st.none() | st.floats(0, 0.5),
}


@given(**wishes)
@settings(max_examples=400, deadline=None)
def test_the_subject_is_inside_and_the_aspect_right(matte, aspect, anchor, padding):
    frame = framed(matte, aspect=aspect, anchor=anchor, padding=padding)
    assume(frame)
    left, top, right, bottom = box(matte)
    assert frame.left <= left
    assert frame.top <= top
    assert frame.left + frame.width_px >= right
    assert frame.top + frame.height_px >= bottom
    a, b = aspect or matte.shape[::-1]
    follows_width = abs(2 * (frame.height_px * a - frame.width_px * b)) <= a
    follows_height = abs(2 * (frame.width_px * b - frame.height_px * a)) <= b
    assert follows_width or follows_height


@given(**wishes)
@settings(max_examples=200, deadline=None)
def test_a_cut_edge_stays_at_the_frame(matte, aspect, anchor, padding):
    frame = framed(matte, aspect=aspect, anchor=anchor, padding=padding)
    assume(frame)
    height, width = matte.shape
    left, top, right, bottom = box(matte)
    assert left > 0 or frame.left == 0
    assert top > 0 or frame.top == 0
    assert right < width or frame.left + frame.width_px == width
    assert bottom < height or frame.top + frame.height_px == height


@given(matte=mattes(), aspect=st.sampled_from(ASPECTS), padding=st.floats(0, 0.5))
@settings(max_examples=200, deadline=None)
def test_padding_is_kept_on_every_open_side(matte, aspect, padding):
    frame = framed(matte, aspect=aspect, padding=padding)
    assume(frame)
    height, width = matte.shape
    left, top, right, bottom = box(matte)
    margin = (int(1000 * padding + 0.5) * max(right - left, bottom - top) + 500) // 1000
    assert left == 0 or left - frame.left >= margin
    assert top == 0 or top - frame.top >= margin
    assert right == width or frame.left + frame.width_px - right >= margin
    assert bottom == height or frame.top + frame.height_px - bottom >= margin


@given(matte=mattes(), aspect=st.sampled_from(ASPECTS), padding=st.none() | st.floats(0, 0.5))
@settings(max_examples=200, deadline=None)
def test_a_subject_in_the_open_can_only_be_of_a_wrong_size(matte, aspect, padding):
    height, width = matte.shape
    left, top, right, bottom = box(matte)
    assume(left > 0 and top > 0 and right < width and bottom < height)
    assert rule(matte, aspect=aspect, padding=padding) in {None, "too_large"}


@given(**wishes)
@settings(max_examples=150, deadline=None)
def test_every_kept_pixel_comes_through(matte, aspect, anchor, padding):
    frame = framed(matte, aspect=aspect, anchor=anchor, padding=padding)
    assume(frame)
    source = noise(matte.shape[1], matte.shape[0])
    moved = canvas.translated(source, frame=frame, outside=127)
    moved_matte = canvas.translated(matte, frame=frame, outside=0)
    plate = np.full_like(moved, 9)
    out = compositing.compose(foreground=moved, matte=moved_matte, plate=plate)
    assert out.shape == (frame.height_px, frame.width_px, 3)
    assert checks.kept(out=out, source=moved, matte=moved_matte).max_difference == 0
    assert np.count_nonzero(moved_matte) == np.count_nonzero(matte)
    dx, dy = frame.offset_px
    rows, columns = np.nonzero(matte == 255)
    assert np.array_equal(out[rows + dy, columns + dx], source[rows, columns])


@given(matte=mattes(), anchor=st.sampled_from(["center", "bottom"]))
@example(matte=np.pad(np.full((4, 4), 255, np.uint8), ((20, 6), (3, 23))), anchor="center")
@settings(max_examples=60, deadline=None)
def test_the_photo_s_own_aspect_by_center_is_the_photo(matte, anchor):
    assert framed(matte, anchor=anchor if box(matte)[0] == 0 else "center") == canvas.frame(matte=matte, canvas=None)


def subject(width, height, left, top, right, bottom):
    matte = np.zeros((height, width), np.uint8)
    matte[top:bottom, left:right] = 255
    return matte


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        # 100 x 80 with a subject 20 x 30 at (40, 30): the box is 40..60 by 30..60.
        ({"aspect": (1, 1)}, Frame(0, -5, 100, 100)),
        ({"aspect": (1, 1), "padding": 0.0}, Frame(35, 30, 30, 30)),
        ({"aspect": (1, 1), "padding": 0.1}, Frame(32, 27, 36, 36)),
        ({"aspect": (4, 5), "padding": 0.5, "anchor": "bottom"}, Frame(25, 12, 50, 63)),
        ({"aspect": (16, 9)}, Frame(-21, 5, 142, 80)),
        ({"aspect": (16, 9), "anchor": "center"}, Frame(-21, 0, 142, 80)),
        ({"aspect": (1, 1), "anchor": "bottom"}, Frame(0, -20, 100, 100)),
        ({}, Frame(0, 5, 100, 80)),
    ],
    ids=str,
)
def test_frames_by_hand(wish, expected):
    assert framed(subject(100, 80, 40, 30, 60, 60), **wish) == expected


@pytest.mark.parametrize(
    ("matte", "wish", "by"),
    [
        (subject(100, 80, 70, 30, 90, 60), {"aspect": (1, 1), "padding": 0.0, "anchor": "center"}, "cuts_subject"),
        (subject(100, 80, 0, 30, 100, 60), {"aspect": (16, 9)}, "opens_cut_edge"),
        (subject(100, 80, 40, 0, 60, 80), {"aspect": (1, 1)}, "opens_cut_edge"),
        (subject(100, 80, 40, 30, 45, 35), {"padding": 0.0}, "too_large"),
        (subject(6000, 4000, 10, 10, 20, 20), {"aspect": (1, 1)}, "too_large"),
        (subject(4000, 20, 10, 5, 20, 9), {"aspect": (1, 4)}, "too_large"),
    ],
    ids=["beside", "both-sides", "top-and-bottom", "tiny", "36-MP", "16000-px"],
)
def test_frames_that_cannot_be(matte, wish, by):
    with pytest.raises(CanvasNotPossible) as refusal:
        canvas.frame(matte=matte, canvas=Canvas(**wish))
    assert (refusal.value.extra, refusal.value.http_status) == ({"rule": by}, 422)


def test_outside_the_photo_nothing_is_known():
    plane = canvas.translated(noise(20, 20), frame=Frame(-5, 3, 40, 30), outside=canvas.OUTSIDE)
    assert (plane[:, :5] == 127).all()
    assert (plane[17:] == 127).all()
    assert np.array_equal(plane[:17, 5:25], noise(20, 20)[3:])
