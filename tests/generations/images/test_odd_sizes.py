"""No size and no matte breaks a step of a picture, and what a matte keeps in full is the photo's after all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import background, canvas, checks, compositing, encoding, kept_pixels, refine, watermark
from generations.images.canvas import Canvas, Frame
from generations.images.decoder import own_file
from generations.images.errors import CanvasNotPossible
from tests.generations.material import noise

SIZES = [(1, 1), (1, 90), (90, 1), (16, 16), (16, 8000), (8000, 16), (33, 257)]
KINDS = ["opaque", "empty", "one pixel", "one faint pixel", "faint all over", "noise", "cut on all sides"]
cases = pytest.mark.parametrize(("size", "kind"), [(size, kind) for size in SIZES for kind in KINDS], ids=str)


def matte_of(kind, size):
    width, height = size
    matte = np.zeros((height, width), np.uint8)
    match kind:
        case "opaque":
            matte[:] = 255
        case "one pixel":
            matte[height // 2, width // 2] = 255
        case "one faint pixel":
            matte[height // 2, width // 2] = 1
        case "faint all over":
            matte[:] = 128
        case "noise":
            matte = noise(width, height, 1)[:, :, 0] // 51 * 51
        case "cut on all sides":
            matte[::2] = 255
            matte[:, ::3] = 77
    return matte


@cases
def test_the_kept_pixels_come_through_every_step(size, kind):
    photo, matte = noise(*size), matte_of(kind, size)
    foreground = refine.decontaminate(photo, matte)
    plate = watermark.draw(background.of_color(color=(1, 2, 3), width_px=size[0], height_px=size[1]))
    for out in (
        compositing.compose(foreground=foreground, matte=matte, plate=plate),
        watermark.draw_behind(compositing.cut_out(foreground=foreground, matte=matte)),
    ):
        figures = checks.kept(out=out, source=photo, matte=matte)
        checks.require_unchanged(figures)
        assert (figures.max_difference is None) == (not (matte == 255).any())
        said = kept_pixels.evidence(photo=photo, matte=matte, out=out, out_matte=matte)
        assert said["equal"] is (True if (matte == 255).any() else None)
        read = own_file(encoding.encode(out, file_format="png", made="cut"), channels=out.shape[2])
        assert kept_pixels.of_file(read_back=read, out=out, matte=matte)["lossless"]
        report = checks.subject_report(matte=matte, figures=figures, offset_px=(0, 0))
        assert 0 <= report["core_fraction"] <= 1
        assert 0 <= report["edge_fraction"] <= 1
    assert np.array_equal(own_file(encoding.matte_png(matte), channels=3)[:, :, 0], matte)


@cases
@pytest.mark.parametrize("recipe", [refine.FINE, refine.FAST], ids=lambda recipe: recipe.name)
def test_colors_that_are_sure_are_never_touched(size, kind, recipe):
    photo, matte = noise(*size), matte_of(kind, size)
    foreground = refine.decontaminate(photo, matte, recipe=recipe)
    sure = (matte == 255) | (matte == 0)
    assert np.array_equal(foreground[sure], photo[sure])


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("plane", ["zero", "one", "noise", "dot"])
def test_a_matte_for_every_size(size, plane):
    coarse = {
        "zero": np.zeros((320, 320), np.float32),
        "one": np.ones((320, 320), np.float32),
        "noise": np.random.default_rng(1).random((320, 320), np.float32),
        "dot": np.pad(np.ones((1, 1), np.float32), 160)[:320, :320],
    }[plane]
    one, other = (refine.refined(coarse, rgb=noise(*size)) for _ in range(2))
    assert one.matte.shape == size[::-1]
    assert one.refinement == other.refinement
    assert np.array_equal(one.matte, other.matte)


def frame_or_rule(matte, wish):
    try:
        return canvas.frame(matte=matte, canvas=wish)
    except CanvasNotPossible as refusal:
        return refusal.extra["rule"]


@given(
    size=st.sampled_from([size for size in SIZES if min(size) >= 16]),
    kind=st.sampled_from([kind for kind in KINDS if kind != "empty"]),
    aspect=st.sampled_from([None, (1, 1), (1, 4), (16, 9)]),
    padding=st.none() | st.floats(0, 0.5),
    anchor=st.sampled_from(["subject", "center", "bottom"]),
)
@settings(max_examples=150, deadline=None)
def test_a_frame_or_a_refusal_for_every_matte(size, kind, aspect, padding, anchor):
    matte = matte_of(kind, size)
    frame = frame_or_rule(matte, Canvas(aspect=aspect, padding=padding, anchor=anchor))
    if not isinstance(frame, Frame):
        assert frame in {"opens_cut_edge", "cuts_subject", "too_large"}
        return
    moved = canvas.translated(matte, frame=frame, outside=0)
    assert moved.shape == (frame.height_px, frame.width_px)
    assert np.count_nonzero(moved) == np.count_nonzero(matte)


def test_a_frame_beside_the_photo_shows_none_of_it():
    plane = canvas.translated(noise(20, 20), frame=Frame(30, 30, 16, 16), outside=127)
    assert (plane == 127).all()


@pytest.mark.parametrize("frame", [(16, 16), (16, 8000), (8000, 16)], ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("fit", ["cover", "contain"])
def test_any_picture_behind_any_frame(size, frame, fit):
    alpha = matte_of("noise", size)
    width, height = frame
    plate = background.of_picture(rgb=noise(*size), alpha=alpha, width_px=width, height_px=height, fit=fit)
    assert (plate.shape, plate.dtype) == ((height, width, 3), np.uint8)
