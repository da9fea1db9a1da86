"""The network finds what is there, and its raw figures tell when nothing is."""

import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from generations.images import checks, refine, weights
from generations.images.errors import NoSubjectFound, WeightsUnavailable
from generations.images.matting import Matter, coarse, network_input
from tests.generations.material import colors, noise, photo, true_alpha, weights_dir

U2NETP = weights.NETWORKS["u2netp"]


@pytest.fixture(scope="module")
def matter():
    return Matter(weights_dir=weights_dir(), network=U2NETP)


def pixels(name):
    with Image.open(io.BytesIO(photo(name))) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    ("name", "least", "refinement"),
    [
        ("syn_sofa_beige", 0.96, "edge"),
        ("syn_plant_pot", 0.87, "hair"),
        ("animal05", 0.97, "edge"),
        ("lemur", 0.985, "hair"),
    ],
)
def test_finds_the_subject(matter, name, least, refinement):
    rgb, truth = pixels(name), true_alpha(name) > 127
    found = matter.find(rgb)
    refined = refine.refined(found.plane, rgb=rgb)
    matte = refined.matte
    checks.require_subject(coarse=found, matte=matte)
    assert refined.refinement == refinement
    assert ((matte > 127) & truth).sum() / ((matte > 127) | truth).sum() >= least


@pytest.mark.parametrize(
    "rgb",
    [np.full((300, 400, 3), 190, np.uint8), colors(400, 300), noise(400, 300), np.zeros((16, 16, 3), np.uint8)],
    ids=["flat", "gradient", "noise", "black"],
)
def test_finds_no_subject_where_there_is_none(matter, rgb):
    found = matter.find(rgb)
    matte = refine.refine(found.plane, rgb=rgb)
    with pytest.raises(NoSubjectFound) as refusal:
        checks.require_subject(coarse=found, matte=matte)
    assert refusal.value.extra == {"stage": "matte"}
    assert "mask" in refusal.value.message


@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16)])
def test_any_allowed_size_goes_in(matter, size):
    found = matter.find(noise(*size))
    assert found.plane.shape == (320, 320)
    assert 0 <= found.plane.min() <= found.plane.max() <= 1


def test_the_input_is_scaled_by_the_pictures_own_maximum():
    dim = network_input(np.full((40, 60, 3), 51, np.uint8), network=U2NETP)
    bright = network_input(np.full((40, 60, 3), 255, np.uint8), network=U2NETP)
    assert dim.shape == (1, 3, 320, 320)
    assert np.array_equal(dim, bright)
    assert np.isfinite(network_input(np.zeros((40, 60, 3), np.uint8), network=U2NETP)).all()


def test_raw_figures_are_taken_before_normalizing():
    output = np.linspace(0, 0.02, 100, dtype=np.float32).reshape(10, 10)
    found = coarse(output, network=U2NETP)
    assert found.raw_max == pytest.approx(0.02)
    assert found.raw_share == 0
    assert found.plane.max() == 1


def test_without_the_file_it_is_unavailable(tmp_path):
    matter = Matter(weights_dir=tmp_path, network=U2NETP)
    with pytest.raises(WeightsUnavailable):
        matter.find(colors(64, 64))
    (tmp_path / "u2netp.onnx").write_bytes(b"half a file")
    with pytest.raises(WeightsUnavailable) as error:
        matter.find(colors(64, 64))
    assert (error.value.code, error.value.http_status) == ("ENGINE_UNAVAILABLE", 503)


def test_a_logit_of_any_size_becomes_a_share(tmp_path):
    network = dataclasses.replace(U2NETP, activation="sigmoid", normalize="none")
    found = coarse(np.array([[-1e30, 0, 1e30]], np.float32), network=network)
    assert found.plane.tolist() == [[pytest.approx(0), 0.5, 1]]
    assert (found.raw_max, found.raw_share) == (1, pytest.approx(1 / 3))
