"""From bytes to a finished picture, with the real network, the real painter and the real helper process."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from generations import pipeline
from generations.engines import get_engine
from generations.engines.errors import BadOutput, Moderated, Unavailable
from generations.images import compositing
from generations.images.decoder import Decoder
from generations.images.errors import (
    ImageFormatNotAllowed,
    ImageTooLarge,
    ImageUnreadable,
    MaskRefused,
    NoSubjectFound,
    WeightsUnavailable,
)
from generations.images.matting import Matter
from generations.images.weights import NETWORKS
from generations.pipeline import PictureRequest, Pipeline
from tests.generations.material import colors, noise, photo, saved, weights_dir
from tests.pictures import PROMPT, grey, rgb

WIDTH, HEIGHT = 500, 400
with Image.open(io.BytesIO(photo("syn_sofa_beige"))) as sofa:
    SOFA = saved(sofa.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), "JPEG", quality=95)
# With a mask the network is not asked, so tests that are about something else are quicker with this one.
MASK = saved(np.pad(np.full((HEIGHT // 2, WIDTH // 2), 255, np.uint8), ((HEIGHT // 4,) * 2, (WIDTH // 4,) * 2)), "PNG")
STAGES = ["finding_subject", "painting", "compositing", "checking", "saving"]


@pytest.fixture(scope="module")
def maker():
    """The installation's own pipeline: the built-in painter."""
    made = pipeline.default_pipeline(weights_dir=weights_dir())
    yield made
    made.close()


@pytest.fixture(scope="module")
def rehearsal():
    """The same with the engine's deterministic twin, which fails when told to."""
    with Decoder() as decoder:
        yield Pipeline(decoder, Matter(weights_dir=weights_dir(), network=NETWORKS["u2netp"]), get_engine("fake"))


@pytest.fixture(scope="module")
def first(maker):
    """The picture of the sofa in a showroom, seed 7."""
    return ask(maker)


def ask(maker, image=SOFA, **changes):
    request = PictureRequest(model="changebg", image=image, prompt=PROMPT, seed=7)
    return maker.make(dataclasses.replace(request, **changes), on_stage=lambda stage: None)


def core(picture):
    return grey(picture.matte_png) == 255


def test_the_subject_keeps_every_pixel_in_a_new_place(maker):
    stages = []
    request = PictureRequest(model="changebg", image=SOFA, prompt=PROMPT, seed=7)
    picture = maker.make(request, on_stage=stages.append)
    out, source = rgb(picture.data), rgb(SOFA)
    assert (picture.width_px, picture.height_px) == (WIDTH, HEIGHT)
    assert np.array_equal(out[core(picture)], source[core(picture)])
    outside = grey(picture.matte_png) == 0
    assert (out[outside] != source[outside]).any(axis=1).mean() > 0.95
    assert picture.subject["unchanged_fraction"] == 1.0
    assert picture.subject["max_difference"] == 0
    assert picture.subject["coverage"] == pytest.approx(0.225, abs=0.02)
    assert picture.engine == "embedded"
    assert picture.scene["family"] == "showroom"
    assert stages == STAGES == list(picture.stage_ms)
    assert picture.network["name"] == "u2netp"
    assert picture.network["refinement"] == "edge"
    assert picture.gates["g1"] == {"max_difference": 0, "passed": True}


def test_the_same_request_gives_the_same_bytes_another_seed_does_not(maker, first):
    assert ask(maker).data == first.data
    assert ask(maker, seed=8).data != first.data


def test_the_clean_input_stands_for_the_received_file(maker, first):
    assert np.array_equal(rgb(first.clean_input_png), rgb(SOFA))
    assert ask(maker, first.clean_input_png).data == first.data


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_lossy_files_have_the_right_size(rehearsal, file_format):
    picture = ask(rehearsal, mask=MASK, format=file_format)
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (image.format.lower(), image.size) == (file_format, (WIDTH, HEIGHT))
    assert len(picture.data) < len(ask(rehearsal, mask=MASK).data)
    assert picture.subject["max_difference"] == 0


def test_a_turned_photo_comes_out_upright(rehearsal):
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = np.ascontiguousarray(np.rot90(rgb(SOFA), 1))
    picture = ask(rehearsal, saved(stored, "JPEG", quality=95, exif=exif), mask=MASK)
    assert (picture.width_px, picture.height_px) == (WIDTH, HEIGHT)
    assert np.abs(rgb(picture.data)[core(picture)].astype(int) - rgb(SOFA)[core(picture)]).mean() < 4
    with Image.open(io.BytesIO(picture.data)) as image:
        assert not image.getexif()


def test_a_given_color_is_exact_beside_subject_and_shadow(maker):
    picture = ask(maker, prompt=None, background_color=(18, 52, 86), shadow="none")
    outside = grey(picture.matte_png) == 0
    assert (rgb(picture.data)[outside] == (18, 52, 86)).all()
    assert (picture.engine, picture.scene) == ("none", None)
    shadowed = rgb(ask(maker, prompt=None, background_color=(200, 200, 200)).data)
    assert (shadowed[:50] == 200).all()
    assert shadowed[outside].min() < 150


def test_a_given_picture_becomes_the_background(maker):
    background = noise(WIDTH, HEIGHT)
    picture = ask(maker, background_image=saved(background, "PNG"), prompt="at sunset in Paris", shadow="none")
    outside = grey(picture.matte_png) == 0
    assert np.array_equal(rgb(picture.data)[outside], background[outside])
    assert picture.engine == "none"
    assert any("sunset" in words for words in picture.scene["understood"])
    assert any("paris" in words for words in picture.scene["not_understood"])


@pytest.mark.parametrize("fit", ["cover", "contain"])
def test_a_given_picture_of_another_shape_is_fitted(rehearsal, fit):
    picture = ask(rehearsal, mask=MASK, background_image=saved(colors(300, 90), "PNG"), background_fit=fit)
    assert rgb(picture.data).shape == (HEIGHT, WIDTH, 3)


def cut_out():
    """A picture that is cut out already: a soft-edged disc, with something hidden where it is transparent."""
    y, x = np.mgrid[0:200, 0:240]
    alpha = np.clip((70 - np.hypot(x - 120, y - 100)) * 40, 0, 255).astype(np.uint8)
    return np.dstack((noise(240, 200), alpha))


def test_own_alpha_is_the_matte(rehearsal):
    rgba = cut_out()
    picture = ask(rehearsal, saved(rgba, "PNG"), background_color=(0, 0, 0), shadow="none")
    assert np.array_equal(grey(picture.matte_png), rgba[:, :, 3])
    out = rgb(picture.data)
    expected = compositing.compose(
        foreground=rgba[:, :, :3].copy(), matte=rgba[:, :, 3].copy(), plate=np.zeros_like(out)
    )
    assert np.array_equal(out, expected)
    assert picture.network == {"matte": "alpha"}
    with Image.open(io.BytesIO(picture.clean_input_png)) as image:
        clean = np.asarray(image)
    assert np.array_equal(clean[:, :, 3], rgba[:, :, 3])
    assert not clean[rgba[:, :, 3] == 0].any()


def test_an_alpha_of_a_few_pixels_is_not_a_cut_out(rehearsal):
    opaque = np.dstack((rgb(SOFA), np.full((HEIGHT, WIDTH), 255, np.uint8)))
    opaque[:20, :20, 3] = 0
    assert ask(rehearsal, saved(opaque, "PNG")).network["matte"] == "network"


def test_an_empty_cut_out_has_no_subject(rehearsal):
    with pytest.raises(NoSubjectFound) as refusal:
        ask(rehearsal, saved(np.zeros((100, 100, 4), np.uint8), "PNG"))
    assert refusal.value.extra == {"stage": "alpha"}


def test_a_mask_overrides_the_automatic_subject(rehearsal):
    mask = np.zeros((400, 500), np.uint8)
    mask[100:300, 50:250] = 255
    picture = ask(rehearsal, mask=saved(mask, "PNG"))
    assert picture.network == {"matte": "mask"}
    assert picture.subject["coverage"] == pytest.approx(0.2, abs=0.002)
    assert np.array_equal(rgb(picture.data)[core(picture)], rgb(SOFA)[core(picture)])


def test_a_transparent_mask_keeps_nothing_where_it_is_transparent(rehearsal):
    mask = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    mask[:, WIDTH // 2 :, 3] = 0
    assert ask(rehearsal, mask=saved(mask, "PNG")).subject["coverage"] == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("value", [0, 255])
def test_a_mask_that_keeps_nothing_or_everything(rehearsal, value):
    with pytest.raises(MaskRefused):
        ask(rehearsal, mask=saved(np.full((80, 100), value, np.uint8), "PNG"))


@pytest.mark.parametrize(
    "pixels",
    [np.full((300, 400, 3), 190, np.uint8), noise(400, 300)],
    ids=["flat", "noise"],
)
def test_no_subject_no_picture(rehearsal, pixels):
    stages = []
    request = PictureRequest(model="changebg", image=saved(pixels, "PNG"), prompt=PROMPT, seed=7)
    with pytest.raises(NoSubjectFound):
        rehearsal.make(request, on_stage=stages.append)
    assert stages == ["finding_subject"]


def test_refusals_say_which_picture_they_mean(rehearsal):
    with pytest.raises(ImageUnreadable, match="could not read"):
        ask(rehearsal, SOFA[:5000])
    with pytest.raises(ImageUnreadable) as refusal:
        ask(rehearsal, mask=MASK, background_image=SOFA[:5000])
    assert refusal.value.message.startswith("In the background: ")
    assert refusal.value.extra == {"input": "background"}
    with pytest.raises(ImageFormatNotAllowed) as other:
        ask(rehearsal, mask=b"GIF89a")
    assert other.value.message.startswith("In the mask: This file is a GIF.")


def test_every_picture_of_a_run_keeps_to_its_limit(rehearsal):
    heavier = SOFA + bytes(1000)  # behind the end of the picture, where nothing is read
    for fields in ({}, {"background_image": heavier}):
        limited = {"mask": MASK, "limit_bytes": len(SOFA), **fields}
        with pytest.raises(ImageTooLarge):
            ask(rehearsal, SOFA if fields else heavier, **limited)
        assert ask(rehearsal, SOFA if fields else heavier, **limited | {"limit_bytes": len(heavier)}).data


@pytest.mark.parametrize(
    ("word", "error"), [("[[500]]", Unavailable), ("[[mod-in]]", Moderated), ("[[wrongsize]]", BadOutput)]
)
def test_what_the_engine_refuses_ends_the_run(rehearsal, word, error):
    with pytest.raises(error):
        ask(rehearsal, mask=MASK, prompt=word)


def test_the_watermark_never_touches_the_subject(maker, first):
    picture = ask(maker, watermark=True)
    assert np.array_equal(rgb(picture.data)[core(picture)], rgb(SOFA)[core(picture)])
    differs = (rgb(picture.data) != rgb(first.data)).any(axis=2)
    for left in range(0, WIDTH, WIDTH // 4):
        assert differs[:, left : left + WIDTH // 4].any()


def test_what_on_stage_raises_ends_the_run(rehearsal):
    def stop(stage):
        if stage == "compositing":
            raise LookupError(stage)

    request = PictureRequest(model="changebg", image=SOFA, mask=MASK, prompt=PROMPT, seed=7)
    with pytest.raises(LookupError):
        rehearsal.make(request, on_stage=stop)


@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16)])
def test_the_smallest_pictures_go_through(maker, size):
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[4:12, 4:12] = 255
    picture = ask(maker, saved(noise(*size), "PNG"), mask=saved(mask, "PNG"), watermark=True)
    assert (picture.width_px, picture.height_px) == size
    assert picture.subject["max_difference"] == 0


def test_without_the_network_only_masks_and_cut_outs_work(tmp_path):
    with Decoder() as decoder:
        bare = Pipeline(decoder, Matter(weights_dir=tmp_path, network=NETWORKS["u2netp"]), get_engine("fake"))
        with pytest.raises(WeightsUnavailable):
            ask(bare)
        assert ask(bare, saved(cut_out(), "PNG")).engine == "fake"
