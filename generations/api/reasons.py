"""Why a picture is handed back, as a caller says it: one line of 3 to 500 characters."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticKnownError

from generations.catalog.base import one_line
from generations.refusing import REASON_MAX, REASON_MIN


def _said(text: str) -> str:
    line = one_line(text) if text.strip() else ""
    if len(line) < REASON_MIN:
        raise PydanticKnownError("string_too_short", {"min_length": REASON_MIN})
    if len(line) > REASON_MAX:
        raise PydanticKnownError("string_too_long", {"max_length": REASON_MAX})
    return line


# Bounded before it is brought into its usual form, and after.
Reason: TypeAlias = Annotated[
    str,
    Field(max_length=REASON_MAX),
    AfterValidator(_said),
    WithJsonSchema({"type": "string", "minLength": REASON_MIN, "maxLength": REASON_MAX}),
]
