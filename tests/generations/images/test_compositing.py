"""The composite is one formula in whole numbers, and gate G1 notices a single pixel that differs by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import checks
from generations.images.checks import Kept
from generations.images.compositing import compose
from generations.images.errors import MaskRefused, NoSubjectFound, PixelsChanged
from generations.images.matting import Coarse
from tests.generations.material import noise


def formula(f, a, b):
    f, a, b = f.astype(np.uint32), a.astype(np.uint32)[:, :, None], b.astype(np.uint32)
    return (f * a + b * (255 - a) + 127) // 255


@given(seed=st.integers(0, 10_000), width=st.integers(1, 60), height=st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_equals_the_formula(seed, width, height):
    random = np.random.default_rng(seed)
    f, b = (random.integers(0, 256, (height, width, 3), np.uint8) for _ in range(2))
    a = random.choice(np.array([0, 1, 3, 127, 128, 254, 255], np.uint8), (height, width))
    plate = b.copy()
    out = compose(foreground=f, matte=a, plate=b)
    assert np.array_equal(out, formula(f, a, b))
    assert np.array_equal(b, plate)


def test_every_triple_of_extreme_values():
    values = np.array([0, 1, 2, 126, 127, 128, 253, 254, 255], np.uint8)
    f, b = np.meshgrid(values, values)
    for alpha in range(256):
        a = np.full(f.shape, alpha, np.uint8)
        planes = (np.stack((p,) * 3, axis=2) for p in (f, b))
        foreground, plate = planes
        assert np.array_equal(compose(foreground=foreground, matte=a, plate=plate), formula(foreground, a, plate))


def test_more_pixels_than_one_band():
    f, b = noise(1500, 900), noise(1500, 900)[::-1].copy()
    a = noise(1500, 900, 1)[:, :, 0]
    assert np.array_equal(compose(foreground=f, matte=a, plate=b), formula(f, a, b))


@pytest.fixture
def parts():
    matte = np.zeros((60, 80), np.uint8)
    matte[20:40, 20:60] = 255
    matte[19, 20:60] = 100
    source = noise(80, 60)
    return source, matte, compose(foreground=source, matte=matte, plate=np.zeros_like(source))


def test_an_honest_composite_passes(parts):
    source, matte, out = parts
    figures = checks.kept(out=out, source=source, matte=matte)
    assert figures == Kept(unchanged_fraction=1.0, max_difference=0)
    checks.require_unchanged(figures)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_one_planted_value_stops_the_picture(parts, channel):
    source, matte, out = parts
    out[30, 40, channel] ^= 1
    figures = checks.kept(out=out, source=source, matte=matte)
    assert figures == Kept(unchanged_fraction=799 / 800, max_difference=1)
    with pytest.raises(PixelsChanged) as error:
        checks.require_unchanged(figures)
    assert (error.value.code, error.value.http_status) == ("ENGINE_FAILED", 502)


def test_changes_outside_the_core_are_no_matter(parts):
    source, matte, out = parts
    out[matte < 255] ^= 0xFF
    checks.require_unchanged(checks.kept(out=out, source=source, matte=matte))


def test_without_a_core_nothing_is_asserted(parts):
    source, matte, out = parts
    matte = np.minimum(matte, 254)
    figures = checks.kept(out=out, source=source, matte=matte)
    checks.require_unchanged(figures)
    report = checks.subject_report(matte=matte, figures=figures, offset_px=(0, 0))
    assert report["unchanged_fraction"] is None
    assert report["max_difference"] is None
    assert report["core_fraction"] == 0
    assert report["edge_fraction"] == 1


def test_the_report_is_measured(parts):
    source, matte, out = parts
    figures = checks.kept(out=out, source=source, matte=matte)
    assert checks.subject_report(matte=matte, figures=figures, offset_px=(0, 0)) == {
        "unchanged_fraction": 1.0,
        "max_difference": 0,
        "coverage": round((800 * 255 + 40 * 100) / 255 / 4800, 4),
        "core_fraction": round(800 / 840, 4),
        "edge_fraction": round(40 / 840, 4),
        "offset_px": [0, 0],
    }
    nothing = checks.subject_report(matte=matte * 0, figures=Kept(None, None), offset_px=(3, -4))
    assert (nothing["coverage"], nothing["core_fraction"], nothing["edge_fraction"]) == (0, 0, 0)
    assert nothing["offset_px"] == [3, -4]


def share_of(share):
    matte = np.zeros(1000, np.uint8)
    matte[: round(1000 * share)] = 255
    return matte.reshape(20, 50)


def found(raw_max=1.0, raw_share=0.2):
    return Coarse(np.zeros((1, 1), np.float32), raw_max=raw_max, raw_share=raw_share)


@pytest.mark.parametrize(
    ("coarse", "share"),
    [(found(raw_max=0.49), 0.3), (found(raw_share=0.002), 0.3), (found(), 0.003), (found(), 0.98)],
    ids=["faint", "rare", "vanished", "fills"],
)
def test_subjects_that_are_none(coarse, share):
    with pytest.raises(NoSubjectFound) as refusal:
        checks.require_subject(coarse=coarse, matte=share_of(share))
    assert refusal.value.http_status == 422
    assert ("fills the picture" in refusal.value.message) == (share > 0.9)


@pytest.mark.parametrize("share", [0.004, 0.3, 0.97])
def test_subjects_that_are_some(share):
    checks.require_subject(coarse=found(raw_max=0.5, raw_share=0.003), matte=share_of(share))


@pytest.mark.parametrize("share", [0, 0.003, 0.997, 1])
def test_masks_that_keep_nothing_or_everything(share):
    with pytest.raises(MaskRefused) as refusal:
        checks.require_mask(share_of(share))
    assert refusal.value.code == "INVALID_PARAMETERS"
    assert list(refusal.value.extra["fields"]) == ["mask"]


def test_masks_that_keep_something():
    checks.require_mask(share_of(0.004))
    checks.require_mask(share_of(0.996))
