"""Pictures of all five formats, full of what must not survive, and the ways to damage or to disguise them."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

from tests.generations.material import FIXTURES, colors, saved

#: Stands in every block that is not pixels; nothing we store or serve may hold it.
MARK = b"NobodyMayReadThis9f3c"
MAY_BE = frozenset({"clean", "refused"})
CLEAN, REFUSED = frozenset({"clean"}), frozenset({"refused"})
TAILS = {
    "zip": b"PK\x03\x04\x14\0\0\0\0\0" + MARK + b"PK\x05\x06" + bytes(18),
    "html": b"<!doctype html><script>alert('" + MARK + b"')</script>",
    "php": b"<?php system($_GET['" + MARK + b"']); ?>",
    "gif": b"GIF89a" + MARK,
    "pdf": b"%PDF-1.7\n" + MARK + b"\n%%EOF",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One file. wanted: how it may end. code: the only refusal that is right, where there is one."""

    name: str
    data: bytes
    wanted: frozenset[str] = MAY_BE
    code: str = ""


@cache
def bases() -> dict[str, bytes]:
    """Return a whole, honest picture of each format with a place, an author and a profile in it."""
    return {name: honest(name, Image.fromarray(colors(120, 90))) for name in ("JPEG", "PNG", "WEBP", "AVIF", "HEIC")}


def honest(name: str, picture: Image.Image) -> bytes:
    """Return the picture as a file that tells where it was taken; a HEIC is always the fixture's chair."""
    if name == "HEIC":
        note = MARK * 4
        return (FIXTURES / "armchair.heic").read_bytes() + struct.pack(">I4s", 8 + len(note), b"free") + note
    options: dict[str, Any] = {"exif": _exif(), "icc_profile": profile()}
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + MARK + b"</x:xmpmeta>"
    match name:
        case "JPEG":
            options |= {"comment": MARK, "xmp": packet, "quality": 92}
        case "PNG":
            options |= {"pnginfo": _texts(packet)}
        case _:
            options |= {"xmp": packet}
    return saved(picture, name, **options)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x010F] = MARK.decode()
    exif[0x0112] = 6
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[29] = "N", (48.0, 8.0, 14.5), MARK.decode()
    return exif


def profile() -> bytes:
    """Return an sRGB profile whose description is the mark."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    there, ours = "sRGB built-in".encode("utf-16-be"), MARK.decode()[:13].encode("utf-16-be")
    return made.replace(there, ours) + MARK


def _texts(packet: bytes) -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", MARK.decode())
    texts.add_text("Author", MARK.decode(), zip=True)
    texts.add_itxt("XML:com.adobe.xmp", packet.decode())
    return texts


def cut(share: int) -> Iterator[Case]:
    """Yield each format's first `share` percent."""
    for name, data in bases().items():
        yield Case(f"{name} cut at {share} %", data[: len(data) * share // 100])


def flipped(random: Random, count: int) -> Iterator[Case]:
    """Yield each format so many times with one to eight bits turned."""
    for name, data in bases().items():
        for number in range(count):
            spoiled = bytearray(data)
            for _ in range(random.randint(1, 8)):
                spoiled[random.randrange(len(data))] ^= 1 << random.randrange(8)
            yield Case(f"{name} with turned bits {number}", bytes(spoiled))


def torn(random: Random, count: int) -> Iterator[Case]:
    """Yield each format so many times with a piece overwritten, doubled, left out, or brought from another place."""
    for name, data in bases().items():
        for number in range(count):
            start = random.randrange(8, len(data))
            end = min(len(data), start + random.randrange(1, 400))
            other = random.randrange(len(data))
            piece = random.choice((random.randbytes(end - start), data[start:end] * 2, b"", data[other : other + 99]))
            yield Case(f"{name} torn {number}", data[:start] + piece + data[end:])


def tailed() -> Iterator[Case]:
    """Yield each format with something else behind it: the picture is taken, the rest is not."""
    for name, data in bases().items():
        yield Case(f"{name} with its place", data, CLEAN)
        for kind, tail in TAILS.items():
            yield Case(f"{name} before {kind}", data + tail, CLEAN)


def disguised() -> Iterator[Case]:
    """Yield what is no picture of ours behind the first bytes of one, or none at all."""
    heads = {name: data[:12] for name, data in bases().items()}
    for name, head in heads.items():
        for kind, tail in TAILS.items():
            yield Case(f"{kind} behind {name}'s first bytes", head + tail * 40, REFUSED)
    others = {name: saved(colors(32, 32), name) for name in ("GIF", "BMP", "TIFF", "ICO", "JPEG2000", "PDF", "EPS")}
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>' + MARK + b"</script></svg>"
    others |= {"SVG": svg, "XML": b'<?xml version="1.0"?>' + svg, "PSD": b"8BPS" + bytes(40), "PS": b"%!PS-Adobe-3.0"}
    others |= {"gzip": b"\x1f\x8b\x08" + bytes(40), "JXL": b"\xff\x0a" + bytes(40), "text": MARK * 20, "NUL": bytes(99)}
    others |= {"MP4": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"} | dict(TAILS.items())
    for kind, data in others.items():
        yield Case(f"{kind}", data, REFUSED, "IMAGE_FORMAT_NOT_ALLOWED")


def _animated(name: str, **options: Any) -> bytes:
    frames = [Image.fromarray(colors(64, 48 + turn)).crop((0, 0, 64, 48)) for turn in (0, 30, 60)]
    return saved(frames[0], name, save_all=True, append_images=frames[1:], **options)


def frames() -> Iterator[Case]:
    """Yield files of several frames: there is no telling which one was meant."""
    for name in ("PNG", "WEBP", "AVIF", "MPO"):
        yield Case(f"{name} of three frames", _animated(name), REFUSED, "IMAGE_UNREADABLE")
    file = io.BytesIO()
    Image.fromarray(colors(64, 48)).save(file, "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48))])
    yield Case("GIF of two frames", file.getvalue(), REFUSED, "IMAGE_FORMAT_NOT_ALLOWED")
