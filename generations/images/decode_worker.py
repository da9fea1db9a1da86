"""The decode helper: a process of its own that turns hostile bytes into pixels and can do nothing else.

Started by `decoder.py` as `python -I decode_worker.py`, so it imports none of our code; `decoder.py` imports
the frame layout from here and calls nothing. After its imports it gives up memory, files and new descriptors,
says READY, and then answers requests:

    request   >4sIIQ  format, width, height by the header, length; then the bytes of the file
    answer    >BIIB   OK, width, height, has_alpha; then H*W*3 bytes of sRGB and, with alpha, H*W bytes
              >BIIB   a refusal code, 0, 0, 0

It answers or it dies; its parent treats both as an answer about this one picture.
"""

import io
import os
import resource
import struct
import sys
import warnings
from typing import BinaryIO

import numpy as np
import pi_heif
from PIL import (
    AvifImagePlugin,
    Image,
    ImageChops,
    ImageCms,
    ImageFile,
    JpegImagePlugin,  # noqa: F401  imported now: after the limits are set nothing can be opened
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,
    WebPImagePlugin,  # noqa: F401
)

READY = b"R"
REQUEST, ANSWER = struct.Struct(">4sIIQ"), struct.Struct(">BIIB")
OK, UNREADABLE, SEVERAL_FRAMES, SIZE_DIFFERS = range(4)

EXTRA_MEMORY_BYTES = 512 * 1024 * 1024
CPU_S = 5
ICC_LIMIT_BYTES = 1024 * 1024
TEXT_LIMIT_BYTES = 64 * 1024
BAND_BYTES = 4 * 1024 * 1024
# Pillow's name of each of our formats.
PILLOW_NAME = {b"jpeg": "JPEG", b"png ": "PNG", b"webp": "WEBP", b"avif": "AVIF", b"heic": "HEIF"}
# EXIF tag 0x0112 (CIPA DC-008): what turns the stored picture upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    """code: one of the refusal codes of the answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def decode(data: bytes, *, name: bytes, header: tuple[int, int]) -> tuple[Image.Image, Image.Image | None]:
    """Return upright 8-bit sRGB and, where the picture is not fully opaque, its alpha.

    Raises Refused for several frames or a size other than the header's; Pillow's own errors otherwise.
    """
    expected = PILLOW_NAME[name]
    image: Image.Image = Image.open(io.BytesIO(data), formats=[expected])
    if getattr(image, "n_frames", 1) != 1:
        raise Refused(SEVERAL_FRAMES)
    if image.format != expected or not _agrees(image.size, header, exact=name not in (b"avif", b"heic")):
        raise Refused(SIZE_DIFFERS)
    profile = image.info.get("icc_profile") or b""
    if len(profile) > ICC_LIMIT_BYTES:
        raise Refused(UNREADABLE)
    turn = UPRIGHT.get(_orientation(image))
    image.load()
    # Of a PNG only: what stands behind the pixels has been read by now.
    if any(len(text) > TEXT_LIMIT_BYTES for text in getattr(image, "text", {}).values()):
        raise Refused(UNREADABLE)
    if image.mode == "CMYK" and "adobe" not in image.info:
        # Pillow takes every such file for one of Photoshop's, which store how little ink there is.
        image = ImageChops.invert(image)
    image, alpha = _split(image)
    image = _to_srgb(image, profile)
    if turn is not None:
        image = image.transpose(turn)
        alpha = alpha.transpose(turn) if alpha else None
    return image, alpha


def _agrees(size: tuple[int, int], header: tuple[int, int], *, exact: bool) -> bool:
    """AVIF and HEIC may be turned and cropped by their own properties: smaller only, either way up."""
    if exact:
        return size == header
    return sorted(size)[0] <= sorted(header)[0] and sorted(size)[1] <= sorted(header)[1]


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 where the block is damaged, as every viewer does."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:
        return 1


def _split(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Reduce any mode to L, RGB or CMYK, and an alpha where it says something."""
    if image.mode.startswith("I") or image.mode == "F":
        return _grey_from_16_bit(image), None
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        channel = image.getchannel("A")
        alpha = channel if channel.getextrema() != (255, 255) else None
    if image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("L" if image.mode in ("1", "LA") else "RGB")
    return image, alpha


def _grey_from_16_bit(image: Image.Image) -> Image.Image:
    """16-bit grey to 8-bit, rounded; Pillow's own conversion clips."""
    deep = np.asarray(image).clip(0, 65535).astype(np.uint32)
    return Image.fromarray(((deep + 128) // 257).astype(np.uint8))


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Relative colorimetric with black point compensation; a profile that does not fit is ignored."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode != "RGB" or not ImageCms.getProfileDescription(source).startswith("sRGB"):
                converted = ImageCms.profileToProfile(
                    image,
                    source,
                    SRGB,
                    renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                    outputMode="RGB",
                    flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
                )
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile is common in honest files; browsers show such a picture as sRGB
    return image if image.mode == "RGB" else image.convert("RGB")


def answer(data: bytes, *, name: bytes, header: tuple[int, int], out: BinaryIO) -> None:
    """Decode one picture and write the answer, in bands so that no second whole copy is held."""
    try:
        image, alpha = decode(data, name=name, header=header)
    except Refused as refusal:
        out.write(ANSWER.pack(refusal.code, 0, 0, 0))
        return
    except MemoryError:
        os._exit(1)  # too little is left to be sure of anything; the parent starts a fresh helper
    except Exception:
        out.write(ANSWER.pack(UNREADABLE, 0, 0, 0))
        return
    width, height = image.size
    out.write(ANSWER.pack(OK, width, height, alpha is not None))
    rows = max(1, BAND_BYTES // (3 * width))
    bands = [(0, top, width, min(top + rows, height)) for top in range(0, height, rows)]
    for box in bands:
        pixels = np.asarray(image.crop(box))
        if alpha:  # what was hidden under full transparency stays hidden
            pixels = pixels * (np.asarray(alpha.crop(box)) > 0)[:, :, None].astype(np.uint8)
        out.write(pixels.tobytes())
    if alpha:
        for box in bands:
            out.write(alpha.crop(box).tobytes())


def prepare() -> None:
    """Set every limit. Whatever is needed later has been imported and built by now."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = 25_000_000
    # One limit of Pillow's for texts and color profiles alike: the smaller one for texts is looked at afterwards.
    PngImagePlugin.MAX_TEXT_CHUNK = ICC_LIMIT_BYTES
    PngImagePlugin.MAX_TEXT_MEMORY = ICC_LIMIT_BYTES
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    Image.init()
    warnings.simplefilter("error")
    # What these two warn of is damaged metadata (EXIF, the index of a stereo pair), and all of it is dropped.
    for reader in ("TiffImagePlugin", "JpegImagePlugin"):
        warnings.filterwarnings("ignore", module=rf"PIL\.{reader}")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        with open("/proc/self/statm", "rb") as statm:
            start = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (start + EXTRA_MEMORY_BYTES, start + EXTRA_MEMORY_BYTES))
    except FileNotFoundError:
        pass  # macOS keeps no such limit
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def allow_cpu() -> None:
    """Let this picture use CPU_S seconds from now on; the kernel ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + CPU_S, hard))


SRGB = ImageCms.createProfile("sRGB")


def main() -> None:
    prepare()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    out.write(READY)
    out.flush()
    while len(head := source.read(REQUEST.size)) == REQUEST.size:
        name, width, height, length = REQUEST.unpack(head)
        data = source.read(length)
        if len(data) < length:
            return
        allow_cpu()
        answer(data, name=name, header=(width, height), out=out)
        out.flush()


if __name__ == "__main__":
    main()
