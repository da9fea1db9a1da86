"""Width and height out of the first bytes of a file, by small parsers of ours: nothing is decoded.

Each parser takes the whole file as bytes and returns (width_px, height_px) as stored, before any orientation
flag, or raises ValueError when the structure is not what its format says. They read only a bounded number of
segments or boxes, so a hostile file costs microseconds.
"""

from collections.abc import Iterator
from struct import unpack_from

# Segments of a JPEG before its frame header. Portrait photos of phones carry megabytes of depth maps in
# 64 kB segments there, so a limit in bytes would refuse honest pictures.
MAX_SEGMENTS = 1024
MAX_BOXES = 512
# Baseline to arithmetic lossless frames; C4, C8 and CC are tables and reserved (ITU-T T.81, table B.1).
FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Walk the marker segments to the first frame header (ITU-T T.81, B.2.2)."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        while at < len(data) - 1 and data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1  # fill bytes
        if at + 9 > len(data) or data[at] != 0xFF:
            break
        marker, length = unpack_from(">BH", data, at + 1)
        if marker in FRAME_MARKERS:
            height, width = unpack_from(">HH", data, at + 5)
            return width, height
        if length < 2 or marker in (0xD9, 0xDA):
            break
        at += 2 + length
    raise ValueError("no frame header")


def png_size(data: bytes) -> tuple[int, int]:
    """The IHDR chunk, which must come first (PNG specification 11.2.2)."""
    if len(data) < 33 or data[8:16] != b"\x00\x00\x00\rIHDR":
        raise ValueError("no IHDR")
    width, height = unpack_from(">II", data, 16)
    return width, height


def webp_size(data: bytes) -> tuple[int, int]:
    """The first chunk: VP8, VP8L or VP8X (RFC 9649)."""
    if len(data) < 30:
        raise ValueError("too short")
    kind = data[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
        return width, height
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no picture chunk")


def heif_size(data: bytes) -> tuple[int, int]:
    """The largest `ispe` property of the file (ISO/IEC 23008-12); AVIF and HEIC alike.

    The primary item is the largest in honest files (tiles, thumbnails and depth maps are smaller); taking the
    largest means that a small primary item cannot carry a huge one past the limits.
    """
    whole = (0, len(data))
    meta = _child(data, whole, b"meta")
    inside = (meta[0] + 4, meta[1])  # a full box: version and flags come first
    properties = _child(data, _child(data, inside, b"iprp"), b"ipco")
    sizes: list[tuple[int, int]] = [
        unpack_from(">II", data, start + 4)
        for kind, (start, end) in _boxes(data, properties)
        if kind == b"ispe" and end - start >= 12
    ]
    if not sizes:
        raise ValueError("no ispe box")
    return max(sizes, key=lambda size: size[0] * size[1])


def _child(data: bytes, within: tuple[int, int], name: bytes) -> tuple[int, int]:
    """(start, end) of the body of the first box called `name`; ValueError when there is none."""
    for kind, body in _boxes(data, within):
        if kind == name:
            return body
    raise ValueError(f"no {name!r} box")


def _boxes(data: bytes, within: tuple[int, int]) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Each box of data[start:end] as (type, (start, end) of its body) (ISO/IEC 14496-12, 4.2)."""
    at, end = within
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return
        size, kind = unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:
            (size,) = unpack_from(">Q", data, at + 8)
            head = 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            return
        yield kind, (at + head, at + size)
        at += size
