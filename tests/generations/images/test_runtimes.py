"""A network runs at the size of its record on whatever is installed, and one that does not fit is told by field.

With the extra `openvino` installed everything here is asked of it, too.
"""

import io
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from generations.images import matting, runtimes
from generations.images.errors import WeightsUnavailable
from generations.images.networks import Choice
from generations.images.weights import BadNetwork
from tests.generations.material import photo, weights_dir
from tests.generations.onnx_files import DOUBLE, bright, mean_of_planes, model, node, put, tensor

RUNTIMES = ["onnxruntime", *(["openvino"] if find_spec("openvino") else [])]
PICTURE = np.zeros((200, 300, 3), np.uint8)
PICTURE[50:150, 100:200] = 255
WHOLE = [tensor("picture", (1, 3, 48, 64))]


@pytest.fixture(params=RUNTIMES)
def runtime(request):
    return request.param


def fault(folder, runtime="onnxruntime"):
    return matting.fault(weights_dir=folder, choice=Choice("bright", networks_dir=folder, runtime=runtime))


def matter(folder, runtime="onnxruntime"):
    choice = Choice("bright", networks_dir=folder, runtime=runtime)
    return matting.installed(weights_dir=folder, choice=choice)


@pytest.mark.parametrize("size_px", [(64, 48), (16, 2048), (1024, 1024)], ids=str)
def test_a_network_of_any_size_is_run(tmp_path, runtime, size_px):
    put(tmp_path, bright(*size_px), size_px=str(list(size_px)))
    assert fault(tmp_path, runtime) is None
    found = matter(tmp_path, runtime).find(PICTURE)
    width, height = size_px
    assert found.plane.shape == (height, width)
    assert found.plane[height // 2, width // 2] == pytest.approx(1, abs=1e-6)
    assert found.plane[0, 0] == 0
    assert found.raw_share == pytest.approx(1 / 6, abs=0.02)


def test_open_sides_are_filled_by_the_record(tmp_path, runtime):
    put(tmp_path, bright("wide", "high"))
    assert matter(tmp_path, runtime).find(PICTURE).plane.shape == (48, 64)


def test_the_record_says_how_to_scale_and_what_to_make_of_the_answer(tmp_path, runtime):
    half = {"mean": "[0.5, 0.5, 0.5]", "std": "[0.25, 0.25, 0.25]"}
    put(tmp_path, bright(64, 48), **half)
    assert matter(tmp_path, runtime).find(PICTURE).raw_max == pytest.approx(2, abs=1e-5)
    put(tmp_path, bright(64, 48), **half, activation='"sigmoid"')
    answer = matter(tmp_path, runtime).find(PICTURE)
    assert answer.raw_max == pytest.approx(1 / (1 + np.exp(-2)), abs=0.005)
    assert answer.plane.min() == pytest.approx(1 / (1 + np.exp(2)), abs=0.005)
    put(tmp_path, bright(64, 48), divide='"image_max"', normalize='"minmax"')
    dim = matter(tmp_path, runtime).find(PICTURE // 5)
    assert (dim.raw_max, dim.plane.max(), dim.plane.min()) == (pytest.approx(1), pytest.approx(1), 0)


def test_our_small_network_answers_alike_on_each(runtime):
    with Image.open(io.BytesIO(photo("syn_sofa_beige"))) as image:
        rgb = np.asarray(image.convert("RGB"))
    usual, other = (
        matting.installed(weights_dir=weights_dir(), choice=Choice(runtime=name)).find(rgb)
        for name in ("onnxruntime", runtime)
    )
    assert np.abs(usual.plane - other.plane).max() < 1e-3


def test_the_record_names_the_runtime(tmp_path, runtime):
    put(tmp_path, bright(64, 48))
    name, version = matter(tmp_path, runtime).runtime.split()
    assert name == runtime
    assert version[0].isdigit()


SHAPES = {
    "another size": (bright(48, 64), "size_px: 64 x 48 px needs an input of 1 x 3 x 48 x 64, the network has 1 x 3 x"),
    "one channel": (
        model(
            [node("Relu", ("picture",), "alpha")],
            [tensor("picture", (1, 1, 48, 64))],
            [tensor("alpha", (1, 1, 48, 64))],
        ),
        "size_px: 64 x 48 px needs an input of 1 x 3 x 48 x 64, the network has 1 x 1 x 48 x 64",
    ),
    "another name": (bright(64, 48, output="beta"), "output: the network has none called 'alpha', but beta"),
    "three sides": (
        model([mean_of_planes("picture", "alpha", keeps_sides=0)], WHOLE, [tensor("alpha", (1, 48, 64))]),
        "output: 'alpha' must be 1 x 1 x 48 x 64, the network has 1 x 48 x 64",
    ),
    "three planes": (
        model([node("Relu", ("picture",), "alpha")], WHOLE, [tensor("alpha", (1, 3, 48, 64))]),
        "output: 'alpha' must be 1 x 1 x 48 x 64, the network has 1 x 3 x 48 x 64",
    ),
    "two inputs": (
        model(
            [node("Add", ("picture", "b"), "sum"), mean_of_planes("sum", "alpha")],
            [*WHOLE, tensor("b", (1, 3, 48, 64))],
            [tensor("alpha", (1, 1, 48, 64))],
        ),
        "file: the network has 2 inputs, not one",
    ),
    "doubles": (bright(64, 48, type=DOUBLE), "file: the network takes float64, not float32"),
    "no network": (b"half a file", "file: bright.onnx cannot be loaded by "),
}


@pytest.mark.parametrize("case", sorted(SHAPES))
def test_what_does_not_fit_is_told_by_field(tmp_path, runtime, case):
    data, said = SHAPES[case]
    put(tmp_path, data)
    assert fault(tmp_path, runtime).startswith(said)
    with pytest.raises(WeightsUnavailable):
        matter(tmp_path, runtime).find(PICTURE)


def test_what_shows_only_when_it_runs_is_refused_then(tmp_path, runtime):
    halved = node("AveragePool", ("mean",), "alpha", kernel_shape=[2, 2], strides=[2, 2])
    sides = [tensor("picture", (1, 3, "h", "w"))], [tensor("alpha", (1, 1, "high", "wide"))]
    put(tmp_path, model([mean_of_planes("picture", "mean"), halved], *sides))
    assert fault(tmp_path, runtime) is None
    with pytest.raises(WeightsUnavailable) as refusal:
        matter(tmp_path, runtime).find(PICTURE)
    assert str(refusal.value.__cause__) == "output: 'alpha' came as (1, 1, 24, 32), not 1 x 1 x 48 x 64"


def test_an_answer_without_numbers_is_refused(tmp_path, runtime):
    put(tmp_path, bright(64, 48, then="Log"), mean="[2, 2, 2]")
    with pytest.raises(WeightsUnavailable) as refusal:
        matter(tmp_path, runtime).find(PICTURE)
    assert "holds values that are no numbers" in str(refusal.value.__cause__)


def test_a_changed_file_is_not_loaded(tmp_path):
    put(tmp_path, bright(64, 48))
    (tmp_path / "bright.onnx").write_bytes(bright(64, 48) + b"\0")
    assert fault(tmp_path).startswith("sha256: bright.onnx has ")


def test_a_bad_record_is_unavailable(tmp_path):
    put(tmp_path, bright(64, 48), std="[0, 1, 1]")
    assert fault(tmp_path) == "bright.toml: std: must be three numbers above 0"
    with pytest.raises(WeightsUnavailable):
        matter(tmp_path)


def test_a_runtime_that_is_not_installed_is_told(tmp_path):
    put(tmp_path, bright(64, 48))
    assert fault(tmp_path, "roomai-has-no-such") == "runtime: roomai-has-no-such is not installed here"
    with pytest.raises(WeightsUnavailable):
        _ = matter(tmp_path, "roomai-has-no-such").runtime
    with pytest.raises(BadNetwork):
        runtimes.label("roomai-has-no-such")


FLAGS = "processor\t: 0\nflags\t\t: fpu avx512f {} avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n"


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (FLAGS.format("amx_bf16 amx_tile amx_int8"), True),
        (FLAGS.format("amx_tile"), False),
        (FLAGS.format(""), False),
        ("Features\t: fp asimd\n", False),
        ("", False),
    ],
    ids=["amx", "tiles only", "avx512", "arm", "empty"],
)
def test_auto_takes_openvino_where_it_is_and_pays(tmp_path, monkeypatch, facts, wanted):
    (tmp_path / "cpuinfo").write_text(facts)
    monkeypatch.setattr(runtimes, "CPU_FACTS", tmp_path / "cpuinfo")
    assert runtimes.has_matrix_unit(tmp_path / "cpuinfo") is wanted
    (tmp_path / "site" / "openvino").mkdir(parents=True)
    (tmp_path / "site" / "openvino" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert runtimes.chosen("auto") == ("openvino" if wanted else "onnxruntime")
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert runtimes.chosen("auto") == "onnxruntime"


def test_without_facts_there_is_no_matrix_unit(tmp_path):
    assert not runtimes.has_matrix_unit(tmp_path / "nothing")
