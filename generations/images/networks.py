"""Which network cuts subjects out: one of ours, or an operator's NAME.onnx beside its record NAME.toml.

    file = "birefnet.onnx"                 # beside the record, its weights inside
    sha256 = "64 hexadecimal digits"
    size_px = [1024, 1024]                 # width and height of its input
    mean = [0.485, 0.456, 0.406]           # taken away from R, G, B ...
    std = [0.229, 0.224, 0.225]            # ... which are then divided by these
    divide = "255"                         # before both: by 255, or by the picture's own maximum: "image_max"
    output = "output_image"                # the name of its 1 x 1 x height x width output
    activation = "sigmoid"                 # or "none", where it answers 0 to 1 by itself
    normalize = "none"                     # or "minmax": stretch every answer to 0 to 1
    licence = "MIT"                        # by what right it is used

No library of networks is loaded here: the web process asks, too.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from generations.images.weights import NETWORKS, SOURCES, BadNetwork, Network

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SHA256 = re.compile(r"[0-9a-f]{64}")
SIDE_PX = (16, 2048)
KEYS = frozenset(field.name for field in fields(Network)) - {"name", "needs_f32"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What an installation wants: a network by name, how its answer is refined, and what runs it.

    networks_dir: where an operator's own networks lie. recipe: a name of `refine.RECIPES`. runtime: onnxruntime,
    openvino, or auto: OpenVINO where it is installed and the processor multiplies matrices (AMX), else onnxruntime.
    """

    network: str = "u2netp"
    networks_dir: Path | None = None
    recipe: str = "fine"
    runtime: str = "auto"


#: Of an installation that says nothing about it.
USUAL = Choice()


@dataclass(frozen=True, slots=True)
class Installed:
    """A network's record and the folder its file lies in."""

    network: Network
    folder: Path


def find(*, name: str, weights_dir: Path, networks_dir: Path | None) -> Installed:
    """Return the network of this name, ours before an operator's; BadNetwork names what is wrong with its record.

    Neither the file nor its hash is looked at.
    """
    if name in NETWORKS:
        return Installed(NETWORKS[name], weights_dir)
    if networks_dir is None:
        raise BadNetwork(f"{name}: no folder of networks is given, and only {' and '.join(NETWORKS)} need none")
    if not NAME.fullmatch(name):
        raise BadNetwork(f"{name}: a name holds letters, digits, dots, dashes and underscores only")
    return Installed(read(networks_dir / f"{name}.toml"), networks_dir)


def fault(*, name: str, weights_dir: Path, networks_dir: Path | None) -> str | None:
    """Say what is wrong with this network as far as a glance tells, or None: its record, its file and that one's size.

    Takes less than a millisecond. A file with other bytes shows only where it is loaded (`weights.verified_path`).
    """
    try:
        installed = find(name=name, weights_dir=weights_dir, networks_dir=networks_dir)
    except BadNetwork as bad:
        return str(bad)
    path = installed.folder / installed.network.file
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"file: {path} cannot be read: {error.strerror}"
    wanted = SOURCES[name].member_bytes if name in SOURCES else size
    if size != wanted or not size:
        return f"file: {path} has {size} bytes" + (f", expected {wanted}" if wanted else "")
    return None


def read(record: Path) -> Network:
    """Read and check an operator's record; BadNetwork names its file and the first field that is wrong."""
    try:
        values = tomllib.loads(record.read_text("utf-8"))
    except OSError as error:
        raise BadNetwork(f"{record} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadNetwork(f"{record.name}: {error}") from error
    try:
        return _network(record.stem, values)
    except BadNetwork as bad:
        raise BadNetwork(f"{record.name}: {bad}") from bad


def _network(name: str, values: Mapping[str, Any]) -> Network:
    if unknown := sorted(values.keys() - KEYS):
        raise BadNetwork(f"unknown field {unknown[0]}")
    if missing := sorted(KEYS - values.keys()):
        raise BadNetwork(f"{missing[0]}: is missing")
    return Network(
        name=name,
        file=_file(values["file"]),
        sha256=_sha256(values["sha256"]),
        size_px=_size(values["size_px"]),
        mean=_three("mean", values["mean"], above=-math.inf),
        std=_three("std", values["std"], above=0),
        divide="image_max" if _one_of("divide", values["divide"], ("image_max", "255")) == "image_max" else "255",
        output=_words("output", values["output"]),
        activation="none" if _one_of("activation", values["activation"], ("none", "sigmoid")) == "none" else "sigmoid",
        normalize="minmax" if _one_of("normalize", values["normalize"], ("minmax", "none")) == "minmax" else "none",
        licence=_words("licence", values["licence"]),
    )


def _words(field: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadNetwork(f"{field}: must be a text that is not empty")
    return value.strip()


def _file(value: object) -> str:
    name = _words("file", value)
    if Path(name).name != name or not name.endswith(".onnx"):
        raise BadNetwork("file: must be the name of an .onnx file beside the record")
    return name


def _sha256(value: object) -> str:
    digits = value.lower() if isinstance(value, str) else ""
    if not SHA256.fullmatch(digits):
        raise BadNetwork("sha256: must be 64 hexadecimal digits")
    return digits


def _size(value: object) -> tuple[int, int]:
    least, most = SIDE_PX
    match value:
        case [int(width), int(height)] if least <= width <= most and least <= height <= most:
            return width, height
    raise BadNetwork(f"size_px: must be width and height, whole numbers from {least} to {most}")


def _three(field: str, value: object, *, above: float) -> tuple[float, float, float]:
    match value:
        case [int() | float() as r, int() | float() as g, int() | float() as b] if all(
            math.isfinite(number) and number > above and not isinstance(number, bool) for number in (r, g, b)
        ):
            return float(r), float(g), float(b)
    raise BadNetwork(f"{field}: must be three numbers" + (" above 0" if above == 0 else ""))


def _one_of(field: str, value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise BadNetwork(f"{field}: must be one of {', '.join(known)}")
    return value
