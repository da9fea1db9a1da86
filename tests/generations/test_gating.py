"""An engine that redraws the subject is asked again or given up; a seam is mended or noted, never refused."""

import dataclasses

import cv2
import numpy as np
import pytest

from generations import gating
from generations.engines import fake_inpainting, get_engine
from generations.engines.errors import BadOutput, Unfaithful
from generations.images.canvas import Canvas
from generations.images.decoder import Decoder
from generations.images.matting import Matter
from generations.images.weights import NETWORKS
from generations.pipeline import PictureRequest, Pipeline
from tests.generations.engines.pictures import chair
from tests.generations.material import noise, photo, saved, weights_dir
from tests.pictures import rgb

PROMPT = "a beach at noon"
ARMCHAIR = photo("syn_armchair_blue")


class Counting:
    """An engine that counts its calls and remembers the seeds; `words` are added to the prompt of each call."""

    def __init__(self, *words, inner="fake_inpainting"):
        self._inner, self._words, self.seeds = get_engine(inner), words, []
        self.caps = self._inner.caps

    def submit(self, asked):
        word = self._words[min(len(self.seeds), len(self._words) - 1)]
        self.seeds.append(asked.seed)
        return self._inner.submit(dataclasses.replace(asked, prompt=f"{asked.prompt} {word}"))

    def health(self):
        return self._inner.health()


@pytest.fixture(scope="module")
def matter():
    return Matter(weights_dir=weights_dir(), network=NETWORKS["u2netp"])


@pytest.fixture(scope="module")
def make(matter):
    """Make a picture of a photo with the engine given."""
    with Decoder() as decoder:

        def made(engine, image=ARMCHAIR, **changes):
            request = PictureRequest(model="changebg", image=image, prompt=PROMPT, seed=7)
            pipeline = Pipeline(decoder, matter, engine)
            return pipeline.make(dataclasses.replace(request, **changes), on_stage=lambda stage: None)

        yield made


def test_a_faithful_engine_is_asked_once_and_its_figures_are_kept(make):
    engine = Counting("")
    picture = make(engine)
    assert engine.seeds == [7]
    assert {name: picture.gates[name]["passed"] for name in ("g1", "g2", "g3", "g4", "g5")} == dict.fromkeys(
        ("g1", "g2", "g3", "g4", "g5"), True
    )
    assert picture.gates["g2"]["peak"] > 0.9
    assert picture.gates["g4"]["mended"] is True  # the sliver it was shown is not left standing
    assert "flags" not in picture.gates


@pytest.mark.parametrize(
    ("word", "gate", "calls"),
    [
        ("[[redraw]]", "g2", gating.TRIES),
        ("[[shift]]", "g2", gating.TRIES),
        ("[[noop]]", "g5", gating.TRIES),
        ("[[drop-mask]]", "g2", gating.TRIES),
        ("[[grow]]", "g3", 1),
    ],
)
def test_an_unfaithful_engine_is_given_up(make, word, gate, calls):
    engine = Counting(word)
    with pytest.raises(Unfaithful) as refusal:
        make(engine)
    assert len(engine.seeds) == calls == len(set(engine.seeds))
    assert (refusal.value.code, refusal.value.is_retryable) == ("ENGINE_FAILED", False)
    assert f"'{gate}'" in refusal.value.detail
    assert gate not in refusal.value.message


def test_another_seed_may_pass(make):
    engine = Counting("[[redraw]]", "")
    picture = make(engine)
    assert engine.seeds == [7, 8]
    assert picture.gates["g2"]["passed"]


def test_the_last_seed_is_followed_by_the_first(make):
    engine = Counting("[[noop]]", "")
    make(engine, seed=2**31 - 1)
    assert engine.seeds == [2**31 - 1, 0]


def test_a_picture_of_another_size_is_no_picture(make):
    with pytest.raises(BadOutput) as refusal:
        make(Counting("[[wrongsize]]", inner="fake"))
    assert refusal.value.is_retryable


def test_an_engine_of_plates_meets_the_seam_only(make):
    picture = make(get_engine("embedded"))
    assert set(picture.gates) == {"g1", "g4"}
    assert picture.gates["g4"]["passed"]


def test_a_frame_wider_than_the_photo_is_judged_inside_it(make):
    """The photo sent back is caught though most of the frame is new."""
    asked = Canvas(aspect=(4, 1), padding=0.4, anchor="subject")
    with pytest.raises(Unfaithful):
        make(Counting("[[noop]]"), canvas=asked)
    assert make(Counting(""), canvas=asked).gates["g5"]["passed"]


def test_a_seam_that_stays_is_noted_and_a_given_picture_is_never_painted_over(make):
    """The caller's own picture is rough just round the subject: that is theirs, and the result is made all the same."""
    source, alpha = chair()
    background = np.full_like(source, 128)
    near = cv2.dilate(alpha, np.ones((29, 29), np.uint8)) > 0
    background[near] = noise(360, 300)[near]
    files = {"mask": saved(alpha, "PNG"), "background_image": saved(background, "PNG")}
    picture = make(get_engine("fake"), saved(source, "PNG"), prompt=None, shadow="none", **files)
    assert np.array_equal(rgb(picture.data)[alpha == 0], background[alpha == 0])
    assert np.array_equal(rgb(picture.data)[alpha == 255], source[alpha == 255])
    assert picture.gates["g4"]["ratio"] > 2
    assert not picture.gates["g4"]["passed"]
    assert picture.gates["flags"] == ["seam"]


def test_every_bad_word_of_the_twin_is_tried_above():
    assert set(fake_inpainting.BAD) == {"[[redraw]]", "[[shift]]", "[[noop]]", "[[drop-mask]]", "[[grow]]"}
