"""The pipeline with a canvas: the picture has the frame's size and light, the subject moved by whole pixels only."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from generations import pipeline
from generations.images.canvas import Canvas
from generations.images.errors import CanvasNotPossible
from generations.pipeline import PictureRequest
from tests.generations.material import noise, photo, saved, weights_dir
from tests.pictures import PROMPT, grey, rgb

WIDTH, HEIGHT = 300, 240
with Image.open(io.BytesIO(photo("syn_sofa_beige"))) as sofa:
    SOFA = saved(sofa.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), "PNG")
ASKED = PictureRequest(model="changebg", image=SOFA, prompt=PROMPT, seed=7)


@pytest.fixture(scope="module")
def maker():
    made = pipeline.default_pipeline(weights_dir=weights_dir())
    yield made
    made.close()


def ask(maker, **changes):
    return maker.make(dataclasses.replace(ASKED, **changes), on_stage=lambda stage: None)


def at(picture):
    """The picture's pixels where the photo's kept ones must lie, and the photo's."""
    dx, dy = picture.subject["offset_px"]
    rows, columns = np.nonzero(grey(picture.matte_png) == 255)
    return rgb(picture.data)[rows + dy, columns + dx], rgb(picture.clean_input_png)[rows, columns]


@pytest.mark.parametrize("background", [{}, {"prompt": None, "background_color": (9, 99, 199)}], ids=["scene", "color"])
@pytest.mark.parametrize(
    "wish",
    [
        Canvas(aspect=(1, 1), padding=0.1),
        Canvas(aspect=(9, 16)),
        Canvas(aspect=(16, 9), anchor="bottom"),
        Canvas(padding=0.5, anchor="center"),
    ],
    ids=str,
)
def test_the_subject_moves_and_keeps_every_pixel(maker, wish, background):
    picture = ask(maker, canvas=wish, **background)
    assert rgb(picture.data).shape == (picture.height_px, picture.width_px, 3)
    assert picture.subject["offset_px"] != [0, 0] or (picture.width_px, picture.height_px) != (WIDTH, HEIGHT)
    result, source = at(picture)
    assert np.array_equal(result, source)
    assert picture.subject["unchanged_fraction"] == 1.0
    if wish.aspect:
        assert picture.width_px / picture.height_px == pytest.approx(wish.aspect[0] / wish.aspect[1], abs=0.01)
    # The evidence stays in the photo's geometry.
    assert grey(picture.matte_png).shape == (HEIGHT, WIDTH)
    assert np.array_equal(rgb(picture.clean_input_png), rgb(SOFA))


def test_coverage_is_of_the_frame(maker):
    tight, wide = ask(maker, canvas=Canvas(padding=0.02)), ask(maker, canvas=Canvas(aspect=(1, 1), padding=0.5))
    assert tight.subject["coverage"] > ask(maker).subject["coverage"] > wide.subject["coverage"]
    assert tight.subject["core_fraction"] == wide.subject["core_fraction"]


def test_a_color_fills_the_frame_and_an_own_picture_is_fitted_to_it(maker):
    wish = {"canvas": Canvas(aspect=(1, 1), padding=0.2), "prompt": None, "shadow": "none"}
    picture = ask(maker, background_color=(9, 99, 199), **wish)
    corners = rgb(picture.data)[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == (9, 99, 199)).all()
    plate = noise(picture.width_px, picture.height_px)
    own = rgb(ask(maker, background_image=saved(plate, "PNG"), **wish).data)
    assert np.array_equal(own[[0, 0, -1, -1], [0, -1, 0, -1]], plate[[0, 0, -1, -1], [0, -1, 0, -1]])


def test_the_shadow_follows_the_subject(maker):
    wish = Canvas(aspect=(1, 1), padding=0.3)
    grounds = [
        rgb(ask(maker, prompt=None, background_color=(200, 200, 200), shadow=kind, canvas=wish).data)
        for kind in ("contact", "none")
    ]
    darker = np.nonzero((grounds[0] < grounds[1]).any(axis=2))
    assert darker[0].size > 50
    assert darker[0].max() > grounds[0].shape[0] * 0.5


def test_without_a_canvas_nothing_moves(maker):
    picture = ask(maker)
    assert picture.subject["offset_px"] == [0, 0]
    same = ask(maker, canvas=Canvas(anchor="center"))
    assert same.data == picture.data


def test_a_frame_that_cuts_is_refused_before_anything_is_painted(maker):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[60:180, 20:60] = 255
    stages = []
    request = dataclasses.replace(
        ASKED, mask=saved(mask, "PNG"), canvas=Canvas(aspect=(1, 1), padding=0.0, anchor="center")
    )
    with pytest.raises(CanvasNotPossible) as refusal:
        maker.make(request, on_stage=stages.append)
    assert refusal.value.extra == {"rule": "cuts_subject"}
    assert stages == ["finding_subject"]


def test_a_subject_cut_by_the_photo_stays_cut(maker):
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[100:, 120:200] = 255
    picture = ask(maker, mask=saved(mask, "PNG"), canvas=Canvas(aspect=(4, 5), padding=0.2))
    result, source = at(picture)
    assert np.array_equal(result, source)
    assert picture.height_px == HEIGHT + picture.subject["offset_px"][1]
