"""HEIC files built from the one coded picture we have: no HEVC encoder is needed for several items, or for a grid.

ISO/IEC 23008-12 (items, grids) and 14496-12 (boxes).
"""

import struct

from tests.generations.material import FIXTURES

TILE_WIDTH, TILE_HEIGHT = 250, 200


def several_pictures(count: int) -> bytes:
    """The fixture's picture so many times, each an item of its own to be shown."""
    ids = range(1, count + 1)
    return _file(
        coded=list(ids),
        infos=[_info(item, b"hvc1") for item in ids],
        associations=[(item, (0x81, 2, 3, 4)) for item in ids],
    )


def grid(*, columns: int, rows: int) -> bytes:
    """One picture of columns x rows tiles, as phones store theirs; every tile is the fixture's."""
    width, height = columns * TILE_WIDTH, rows * TILE_HEIGHT
    tiles = list(range(1, columns * rows + 1))
    whole = len(tiles) + 1
    return _file(
        coded=tiles,
        infos=[*(_info(item, b"hvc1", hidden=True) for item in tiles), _info(whole, b"grid")],
        associations=[*((item, (0x81, 2, 3, 4)) for item in tiles), (whole, (2, 4, 5))],
        primary=whole,
        more_properties=_full_box(b"ispe", struct.pack(">II", width, height)),
        layout=struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height),
    )


def _file(
    *,
    coded: list[int],
    infos: list[bytes],
    associations: list[tuple[int, tuple[int, ...]]],
    primary: int = 1,
    more_properties: bytes = b"",
    layout: bytes = b"",
) -> bytes:
    """coded: items that are the fixture's picture. layout: the data of the primary item, a grid of them all."""
    fixture = (FIXTURES / "armchair.heic").read_bytes()
    head, handler = fixture[:28], fixture[40:73]
    properties, picture = fixture[172:348], fixture[379:]
    references = struct.pack(f">HH{len(coded)}H", primary, len(coded), *coded)
    places = len(coded) + bool(layout)

    def meta(start: int) -> bytes:
        extents = [(item, start, len(picture)) for item in coded]
        if layout:
            extents.append((primary, start + len(picture), len(layout)))
        entries = (struct.pack(">HHIHII", item, 0, 0, 1, offset, length) for item, offset, length in extents)
        return _full_box(
            b"meta",
            handler,
            _full_box(b"iloc", struct.pack(">BBH", 0x44, 0x40, places), *entries),
            _full_box(b"iinf", struct.pack(">H", len(infos)), *infos),
            _full_box(b"pitm", struct.pack(">H", primary)),
            _full_box(b"iref", _box(b"dimg", references)) if layout else b"",
            _box(b"iprp", _box(b"ipco", properties, more_properties), _associated(associations)),
        )

    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + _box(b"mdat", picture, layout)


def _info(item: int, kind: bytes, *, hidden: bool = False) -> bytes:
    return _full_box(b"infe", struct.pack(">HH4sB", item, 0, kind, 0), version=2, flags=int(hidden))


def _associated(associations: list[tuple[int, tuple[int, ...]]]) -> bytes:
    entries = (struct.pack(">HB", item, len(indices)) + bytes(indices) for item, indices in associations)
    return _full_box(b"ipma", struct.pack(">I", len(associations)), *entries)


def _full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body
