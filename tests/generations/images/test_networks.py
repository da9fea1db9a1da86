"""An operator's record is read, or one sentence names the field that is wrong."""

import pytest

from generations.images import networks, weights
from generations.images.weights import BadNetwork
from tests.generations import onnx_files
from tests.generations.onnx_files import bright, put

DIGITS = "0123456789abcdef" * 4


def found(folder, name="bright"):
    return networks.find(name=name, weights_dir=folder / "ours", networks_dir=folder)


def glance(folder, name="bright"):
    return networks.fault(name=name, weights_dir=folder, networks_dir=folder)


def test_a_record_is_read_as_it_stands(tmp_path):
    put(
        tmp_path,
        bright(64, 48),
        sha256=f'"{DIGITS.upper()}"',
        mean="[0.5, 0.4, 0.3]",
        std="[1, 0.9, 0.8]",
        activation='"sigmoid"',
        normalize='"minmax"',
        licence='" MIT "',
    )
    assert found(tmp_path).folder == tmp_path
    assert found(tmp_path).network == weights.Network(
        name="bright",
        file="bright.onnx",
        sha256=DIGITS,
        size_px=(64, 48),
        mean=(0.5, 0.4, 0.3),
        std=(1.0, 0.9, 0.8),
        divide="255",
        output="alpha",
        activation="sigmoid",
        normalize="minmax",
        licence="MIT",
    )


def test_ours_need_no_record_and_cannot_be_replaced_by_one(tmp_path):
    put(tmp_path, bright(64, 48), name="u2net")
    assert found(tmp_path, "u2net") == networks.Installed(weights.NETWORKS["u2net"], tmp_path / "ours")


@pytest.mark.parametrize("field", sorted(networks.KEYS))
def test_a_missing_field_is_named(tmp_path, field):
    put(tmp_path, bright(64, 48), **{field: ""})
    with pytest.raises(BadNetwork, match=rf"^bright\.toml: {field}: is missing$"):
        found(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("file", '"../bright.onnx"'),
        ("file", '"/bright.onnx"'),
        ("file", '"bright.pt"'),
        ("file", "7"),
        ("sha256", f'"{DIGITS}0"'),
        ("sha256", '"xyz"'),
        ("sha256", "7"),
        ("size_px", "320"),
        ("size_px", "[320]"),
        ("size_px", "[320, 320, 3]"),
        ("size_px", "[15, 320]"),
        ("size_px", "[320, 2049]"),
        ("size_px", "[320.0, 320.0]"),
        ("mean", "[0.5, 0.5]"),
        ("mean", "0.5"),
        ("mean", "[0.5, 0.5, nan]"),
        ("mean", "[true, 0, 0]"),
        ("mean", '["0", 0, 0]'),
        ("std", "[1, 0, 1]"),
        ("std", "[1, -1, 1]"),
        ("std", "[1, inf, 1]"),
        ("divide", "255"),
        ("divide", '"max"'),
        ("output", '""'),
        ("output", "0"),
        ("activation", '"softmax"'),
        ("normalize", "true"),
        ("licence", '" "'),
    ],
)
def test_a_wrong_field_is_named(tmp_path, field, value):
    put(tmp_path, bright(64, 48), **{field: value})
    with pytest.raises(BadNetwork, match=rf"^bright\.toml: {field}: must be "):
        found(tmp_path)
    assert glance(tmp_path).startswith(f"bright.toml: {field}: must be ")


def test_what_is_no_record_is_told(tmp_path):
    put(tmp_path, bright(64, 48), normalise='"none"')
    assert glance(tmp_path) == "bright.toml: unknown field normalise"
    (tmp_path / "bright.toml").write_text("file = ")
    assert glance(tmp_path).startswith("bright.toml: Invalid value")
    (tmp_path / "bright.toml").write_bytes(b"\xff\xfe")
    assert "codec can't decode" in glance(tmp_path)
    assert "other.toml cannot be read: No such file" in glance(tmp_path, "other")
    assert "holds letters, digits" in glance(tmp_path, "../bright")
    with pytest.raises(BadNetwork, match="no folder of networks is given, and only u2netp and u2net need none"):
        networks.find(name="bright", weights_dir=tmp_path, networks_dir=None)


def test_a_glance_sees_files_that_are_not_there_or_not_whole(tmp_path):
    assert "u2netp.onnx cannot be read: No such file" in glance(tmp_path, "u2netp")
    (tmp_path / "u2netp.onnx").write_bytes(b"half a file")
    assert "u2netp.onnx has 11 bytes, expected 4574861" in glance(tmp_path, "u2netp")
    put(tmp_path, onnx_files.bright(64, 48))
    assert glance(tmp_path) is None
    (tmp_path / "bright.onnx").write_bytes(b"")
    assert glance(tmp_path).endswith("bright.onnx has 0 bytes")
    (tmp_path / "bright.onnx").unlink()
    assert "bright.onnx cannot be read: No such file" in glance(tmp_path)
