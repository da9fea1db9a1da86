"""What an odd call is: a call nobody sends by mistake, with the refusal it must get.

Odd calls are sent with a working key of somebody without tokens: whatever is taken as it stands is answered TAKEN.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.generations.api.calling import BODY

TAKEN = (402, "INSUFFICIENT_TOKENS")
JSON = (400, "INVALID_JSON")
HEADER = (400, "INVALID_HEADER")
KEY = (401, "INVALID_API_KEY")
NOT_FOUND = (404, "NOT_FOUND")
METHOD = (405, "METHOD_NOT_ALLOWED")
KIND = (415, "UNSUPPORTED_MEDIA_TYPE")
WRONG = (422, "INVALID_PARAMETERS")
MODEL = (422, "UNKNOWN_MODEL")
NOBODY = "01a20400-0000-7000-8000-000000000000"
SMALL = {"model": "changebg", "image": BODY["image"], "prompt": "a room"}


@dataclass(frozen=True, slots=True)
class Odd:
    """One call. refusal: status and code; fields: those the refusal names, where it must name them."""

    name: str
    refusal: tuple[int, str]
    body: bytes = b""
    headers: dict[str, str | bytes] = field(default_factory=dict)
    method: str = "POST"
    path: str = "/generate"
    fields: frozenset[str] = frozenset()


def posted(name: str, refusal: tuple[int, str], body: bytes | str, **more: Any) -> Odd:
    """Return a call with this body, said to be JSON."""
    raw = body if isinstance(body, bytes) else body.encode()
    return Odd(name, refusal, raw, {"Content-Type": "application/json"}, **more)


def with_value(name: str, refusal: tuple[int, str], literal: str, **more: Any) -> Odd:
    """Return a good body in which one field, `background.color` for one in a part, is this JSON text."""
    whole, _, part = name.partition(".")
    marked = SMALL | {whole: {part: "HERE"} if part else "HERE"}
    named = frozenset({name}) if refusal == WRONG else frozenset()
    return posted(
        f"{name}={literal[:24]}", refusal, json.dumps(marked).replace('"HERE"', literal), fields=named, **more
    )
