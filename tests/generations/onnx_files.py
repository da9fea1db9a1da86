"""Tiny networks as ONNX files, written by hand: the answer is the mean of the three input planes.

Field numbers are those of onnx.proto3; a message is a run of (number << 3 | wire type) and value.
"""

import hashlib
from pathlib import Path

FLOAT, DOUBLE = 1, 11
LENGTH = 2


def number(value: int) -> bytes:
    """A varint."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def whole(field: int, value: int) -> bytes:
    return number(field << 3) + number(value)


def part(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return number(field << 3 | LENGTH) + number(len(data)) + data


def tensor(name: str, dims: tuple[int | str, ...], type: int = FLOAT) -> bytes:
    """A ValueInfoProto; a side given as a word is open."""
    sides = b"".join(part(1, whole(1, d) if isinstance(d, int) else part(2, d)) for d in dims)
    return part(1, name) + part(2, part(1, whole(1, type) + part(2, sides)))


def node(kind: str, inputs: tuple[str, ...], output: str, **attributes: int | list[int]) -> bytes:
    return b"".join(part(1, name) for name in inputs) + part(2, output) + part(4, kind) + _attributes(attributes)


def _attributes(values: dict[str, int | list[int]]) -> bytes:
    out = b""
    for name, value in values.items():
        said = whole(3, value) + whole(20, 2) if isinstance(value, int) else whole(20, 7)
        out += part(5, part(1, name) + said + b"".join(whole(8, v) for v in (value if isinstance(value, list) else [])))
    return out


def mean_of_planes(source: str, output: str, *, keeps_sides: int = 1) -> bytes:
    return node("ReduceMean", (source,), output, axes=[1], keepdims=keeps_sides)


def model(nodes: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    graph = b"".join(part(1, one) for one in nodes) + part(2, "tiny")
    graph += b"".join(part(11, one) for one in inputs) + b"".join(part(12, one) for one in outputs)
    return whole(1, 8) + part(7, graph) + part(8, part(1, "") + whole(2, 13))


def bright(
    width: int | str, height: int | str, *, output: str = "alpha", type: int = FLOAT, then: str | None = None
) -> bytes:
    """A network that answers how bright each pixel is. then: an operator of ONNX that its answer goes through."""
    last = [mean_of_planes("picture", "mean"), node(then, ("mean",), output)] if then else []
    nodes = last or [mean_of_planes("picture", output)]
    return model(nodes, [tensor("picture", (1, 3, height, width), type)], [tensor(output, (1, 1, height, width), type)])


def put(folder: Path, data: bytes, *, name: str = "bright", **changed: str) -> str:
    """Write network and record into a folder and return its name. changed: fields as they stand in the record, or ""
    to leave one out."""
    (folder / f"{name}.onnx").write_bytes(data)
    fields = {
        "file": f'"{name}.onnx"',
        "sha256": f'"{hashlib.sha256(data).hexdigest()}"',
        "size_px": "[64, 48]",
        "mean": "[0, 0, 0]",
        "std": "[1, 1, 1]",
        "divide": '"255"',
        "output": '"alpha"',
        "activation": '"none"',
        "normalize": '"none"',
        "licence": '"made for a test"',
    } | changed
    (folder / f"{name}.toml").write_text("".join(f"{key} = {value}\n" for key, value in fields.items() if value))
    return name
