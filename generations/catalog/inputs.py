"""How a caller names a picture: an address, the bytes themselves, or something uploaded before.

Only the words are read here. Addresses are judged and fetched by `generations.fetch`, bytes by
`generations.images.gate`, uploads are looked up in their workspace.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from generations.images.errors import ImageTooLarge
from generations.images.gate import LIMIT_BYTES

URL_MAX_CHARS = 2048
DATA_URI = re.compile(r"data:image/[A-Za-z0-9.+-]{1,40}(;[a-z]+=[A-Za-z0-9.-]{1,40})?;base64,", re.IGNORECASE)
UPLOAD_ID = re.compile(r"upl_[0-9A-Za-z]{24}")
# Whatever looks like an address is one, however odd: the fetcher alone decides which it opens.
LOOKS_LIKE_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
EXPECTED = "Give an https:// address, a data:image/…;base64, address or the id of an upload."


@dataclass(frozen=True, slots=True)
class UrlImage:
    """A picture to be fetched. Nothing is known of the address but that it reads like one."""

    url: str


@dataclass(frozen=True, slots=True)
class InlineImage:
    """The picture's bytes: out of a `data:` address, or a file sent with the form."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UploadImage:
    """A picture sent before: an upload's id (`upl_` and 24 base62 characters), not yet looked up."""

    id: str


def read_image(value: Any) -> UrlImage | InlineImage | UploadImage:
    """Return what this value names; a ready-made one passes.

    Raises PydanticCustomError for anything else, ImageTooLarge (limit_bytes) for more than 20 MiB of base64.
    """
    if isinstance(value, UrlImage | InlineImage | UploadImage):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("image_input", EXPECTED)
    if UPLOAD_ID.fullmatch(value):
        return UploadImage(value)
    if start := DATA_URI.match(value):
        return InlineImage(_bytes_of(value, after=start.end()))
    if LOOKS_LIKE_ADDRESS.match(value):
        return UrlImage(value)
    raise PydanticCustomError("image_input", EXPECTED)


def _bytes_of(uri: str, *, after: int) -> bytes:
    # Four characters carry three bytes, so the length is known before anything is decoded.
    if (len(uri) - after) // 4 * 3 > LIMIT_BYTES + 3:
        raise ImageTooLarge("This picture is larger than 20 MiB.", limit_bytes=LIMIT_BYTES)
    try:
        return base64.b64decode(uri[after:], validate=True)
    except (binascii.Error, ValueError) as error:
        raise PydanticCustomError("image_input", "The base64 text of this picture is damaged.") from error


ImageInput: TypeAlias = Annotated[
    UrlImage | InlineImage | UploadImage,
    PlainValidator(read_image),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 5,
            "examples": ["https://example.com/furniture-photo.jpg"],
            "x-input": "image",
        }
    ),
]
