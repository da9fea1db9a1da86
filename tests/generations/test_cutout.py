"""The pipeline without a background: the subject alone, lossless, and the watermark only where there is nothing."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from generations import pipeline
from generations.images import checks, compositing
from generations.images.errors import NoSubjectFound
from generations.pipeline import PictureRequest
from tests.generations.material import noise, photo, saved, weights_dir
from tests.pictures import grey, rgb

WIDTH, HEIGHT = 300, 240
with Image.open(io.BytesIO(photo("syn_sofa_beige"))) as sofa:
    SOFA = saved(sofa.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), "PNG")
ASKED = PictureRequest(model="removebg", image=SOFA, seed=0, result="cutout")


@pytest.fixture(scope="module")
def maker():
    made = pipeline.default_pipeline(weights_dir=weights_dir())
    yield made
    made.close()


@pytest.fixture(scope="module")
def first(maker):
    return ask(maker)


def ask(maker, **changes):
    return maker.make(dataclasses.replace(ASKED, **changes), on_stage=lambda stage: None)


def rgba(data):
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGBA"
        return np.asarray(image)


def test_the_subject_alone_with_every_pixel(maker):
    stages = []
    picture = maker.make(ASKED, on_stage=stages.append)
    out, matte = rgba(picture.data), grey(picture.matte_png)
    assert np.array_equal(out[:, :, 3], matte)
    assert np.array_equal(out[matte == 255][:, :3], rgb(SOFA)[matte == 255])
    assert not out[matte == 0].any()
    assert 0.1 < (matte == 255).mean() < 0.5
    assert (picture.subject["unchanged_fraction"], picture.subject["max_difference"]) == (1.0, 0)
    assert (picture.engine, picture.scene, picture.format) == ("none", None, "png")
    assert stages == ["finding_subject", "compositing", "checking", "saving"] == list(picture.stage_ms)


def test_the_edge_is_freed_of_the_old_background(maker):
    y, x = np.mgrid[0:200, 0:240]
    matte = np.clip((70 - np.hypot(x - 120, y - 100)) * 30, 0, 255).astype(np.uint8)
    red, green = (np.full((200, 240, 3), color, np.uint8) for color in ((220, 30, 30), (20, 200, 40)))
    mixed = compositing.compose(foreground=red, matte=matte, plate=green)
    out = rgba(ask(maker, image=saved(mixed, "PNG"), mask=saved(matte, "PNG")).data)
    edge = (matte > 60) & (matte < 200)
    assert np.abs(mixed[edge].astype(int) - red[edge]).mean() > 60
    assert np.abs(out[edge][:, :3].astype(int) - red[edge]).mean() < 15


def test_webp_is_lossless_and_not_larger(maker, first):
    picture = ask(maker, format="webp")
    assert np.array_equal(rgba(picture.data), rgba(first.data))
    assert len(picture.data) < len(first.data)


def test_a_cut_out_comes_back_as_it_was(maker):
    y, x = np.mgrid[0:200, 0:240]
    alpha = np.clip((70 - np.hypot(x - 120, y - 100)) * 40, 0, 255).astype(np.uint8)
    given = np.dstack((noise(240, 200), alpha))
    out = rgba(ask(maker, image=saved(given, "PNG")).data)
    given[alpha == 0] = 0
    assert np.array_equal(out, given)


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_the_watermark_is_drawn_where_there_is_nothing(maker, first, file_format):
    marked, plain = rgba(ask(maker, watermark=True, format=file_format).data), rgba(first.data)
    clear = plain[:, :, 3] == 0
    assert np.array_equal(marked[~clear], plain[~clear])
    assert (marked[clear][:, 3] > 40).mean() > 0.05
    assert (marked[clear][:, :3] > 200).any()


def test_what_has_no_subject_is_refused(maker):
    with pytest.raises(NoSubjectFound):
        ask(maker, image=saved(np.full((100, 100, 3), 190, np.uint8), "PNG"))


def test_gate_g1_sees_what_a_cut_out_lacks():
    source, matte = noise(20, 20), np.full((20, 20), 255, np.uint8)
    whole = np.dstack((source, matte))
    assert checks.kept(out=whole, source=source, matte=matte).max_difference == 0
    whole[3, 4, 3] = 250
    assert checks.kept(out=whole, source=source, matte=matte).max_difference == 5
    whole[3, 4] = source[3, 4, 0] ^ 1, *source[3, 4, 1:], 255
    assert checks.kept(out=whole, source=source, matte=matte).max_difference == 1


@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16)])
def test_the_smallest_pictures_go_through(maker, size):
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[4:12, 4:12] = 255
    picture = ask(maker, image=saved(noise(*size), "PNG"), mask=saved(mask, "PNG"), watermark=True)
    assert rgba(picture.data).shape == (size[1], size[0], 4)
