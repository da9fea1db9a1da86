"""Every engine of the installation keeps the one protocol; the fake plays every scenario."""

import time

import cv2
import numpy as np
import pytest

from generations.engines import errors, fake_inpainting, get_engine, names
from tests.generations.engines.pictures import request


def test_engines_are_found_by_listing_their_folder():
    assert names() == ["embedded", "fake", "fake_inpainting"]


def test_an_unknown_engine_is_answered_with_the_known_ones():
    with pytest.raises(LookupError, match="embedded, fake"):
        get_engine("openai")


@pytest.mark.parametrize("name", names())
def test_an_engine_makes_a_plate_of_the_requests_size(name: str):
    engine = get_engine(name)
    done = engine.submit(request("a showroom"))
    assert engine.caps.name == name
    assert done.plate.shape == (300, 360, 3)
    assert done.plate.dtype == np.uint8
    assert done.run_s >= 0
    assert engine.health().ok


@pytest.mark.parametrize("name", names())
def test_an_engine_with_seed_repeats_itself(name: str):
    engine = get_engine(name)
    assert engine.caps.seed
    first, again, other = (engine.submit(request("a showroom", seed=seed)).plate for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("name", names())
def test_an_engine_leaves_what_it_is_given(name: str):
    asked = request("a living room")
    image, matte = asked.image.copy(), asked.matte.copy()
    get_engine(name).submit(asked)
    assert (asked.image == image).all()
    assert (asked.matte == matte).all()


@pytest.mark.parametrize(
    ("word", "error", "code", "status", "is_retryable"),
    [
        ("[[500]]", errors.Unavailable, "ENGINE_UNAVAILABLE", 503, True),
        ("[[429]]", errors.RateLimited, "ENGINE_UNAVAILABLE", 503, True),
        ("[[bad-request]]", errors.BadInput, "ENGINE_FAILED", 502, False),
        ("[[empty]]", errors.BadOutput, "ENGINE_FAILED", 502, True),
        ("[[mod-in]]", errors.Moderated, "PROMPT_REJECTED", 422, False),
        ("[[mod-out]]", errors.ModeratedResult, "RESULT_REJECTED", 422, False),
    ],
)
def test_the_fake_fails_as_told(word: str, error: type, code: str, status: int, is_retryable: bool):
    with pytest.raises(errors.EngineError) as caught:
        get_engine("fake").submit(request(f"a showroom {word}"))
    assert type(caught.value) is error
    assert (caught.value.code, caught.value.http_status, caught.value.is_retryable) == (code, status, is_retryable)
    assert caught.value.engine == "fake"
    assert "fake" not in caught.value.message


def test_what_callers_need_travels_in_the_error():
    with pytest.raises(errors.RateLimited) as limited:
        get_engine("fake").submit(request("[[429]]"))
    assert limited.value.extra == {"retry_after_s": 1.0}
    with pytest.raises(errors.ModeratedResult) as refused:
        get_engine("fake").submit(request("[[mod-out]]"))
    assert refused.value.extra == {"stage": "result", "categories": ["scenario"]}


def test_the_fake_can_be_slow_and_wrong():
    started = time.monotonic()
    done = get_engine("fake").submit(request("[[slow:0.05]] [[wrongsize]]"))
    assert time.monotonic() - started >= 0.05
    assert done.plate.shape == (299, 360, 3)


def test_the_inpainting_twin_keeps_the_subject_it_is_shown():
    engine, asked = get_engine("fake_inpainting"), request("a showroom")
    raw, subject = engine.submit(asked).plate, asked.matte > 0
    assert (raw[subject] == asked.image[subject]).all()
    assert (raw[:60] != asked.image[:60]).any(axis=2).mean() > 0.9
    assert (engine.caps.redraws, engine.caps.hosting) == (True, "selfhosted")


@pytest.mark.parametrize("word", fake_inpainting.BAD)
def test_the_inpainting_twin_misbehaves_as_told(word: str):
    asked = request(f"a showroom {word}")
    raw, subject = get_engine("fake_inpainting").submit(asked).plate, asked.matte > 0
    beside = ~cv2.dilate(asked.matte, np.ones((9, 9), np.uint8)).astype(bool)
    is_kept = (raw[subject] == asked.image[subject]).all()
    assert is_kept == (word in ("[[grow]]", "[[noop]]"))
    assert (raw[beside] == asked.image[beside]).all() == (word == "[[noop]]")


def test_the_inpainting_twin_plays_the_same_failures():
    with pytest.raises(errors.Unavailable) as caught:
        get_engine("fake_inpainting").submit(request("[[500]]"))
    assert caught.value.engine == "fake_inpainting"
