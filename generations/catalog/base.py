"""What a catalogue entry is: one declaration of a model, from which everything else is made.

The API validates by it, OpenAPI, `/models` and the docs page publish it, the studio builds its form from it.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeAlias, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from generations.catalog import sentences
from generations.catalog.inputs import URL_MAX_CHARS, InlineImage, UploadImage, UrlImage
from generations.errors import InvalidParameters

PROMPT_MAX_CHARS = 2000
TOO_LONG = f"Use at most {PROMPT_MAX_CHARS:,} characters."
SEED_MAX = 2**31 - 1
COLOR = re.compile(r"^#[0-9A-Fa-f]{6}$")


def one_line(text: str) -> str:
    """Return the text in NFC on one line, trimmed; control characters and lone surrogates are refused."""
    # NFC takes quadratic time over a run of combining marks, and no other thread runs meanwhile; it never makes
    # fewer than a quarter of the characters that people write.
    if len(text) > 4 * PROMPT_MAX_CHARS:
        raise PydanticCustomError("prompt_long", TOO_LONG)
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in spaced):
        raise PydanticCustomError("prompt_control", "This text holds control characters.")
    if not spaced:
        raise PydanticCustomError("prompt_empty", "Describe the new background in a few words.")
    if len(spaced) > PROMPT_MAX_CHARS:
        raise PydanticCustomError("prompt_long", TOO_LONG)
    return spaced


Prompt: TypeAlias = Annotated[
    str,
    AfterValidator(one_line),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": PROMPT_MAX_CHARS}),
]


def _no_flag(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", sentences.SENTENCES["int_type"])
    return value


def no_flag_for_number(value: Any) -> Any:
    """Return the value; raise for true and false, which Python takes for 1 and 0."""
    if isinstance(value, bool):
        raise PydanticCustomError("float_type", sentences.SENTENCES["float_type"])
    return value


def _color(text: str) -> str:
    if not COLOR.fullmatch(text):
        raise PydanticCustomError("color", "Give the colour as #rrggbb.")
    return text.lower()


# Python takes True for 1; a caller who sends true means something else. A number's bounds stand below that check:
# behind it, JSON Schema would not know them.
Seed: TypeAlias = Annotated[int, Field(ge=0, le=SEED_MAX), BeforeValidator(_no_flag)]
Days: TypeAlias = Annotated[int, Field(ge=1, le=365), BeforeValidator(_no_flag)]
# Only its length is looked at here: the fetcher alone decides which addresses it opens.
WebhookUrl: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=URL_MAX_CHARS), WithJsonSchema({"type": "string", "format": "uri"})
]
Color: TypeAlias = Annotated[str, AfterValidator(_color), WithJsonSchema({"type": "string", "pattern": COLOR.pattern})]


class Part(BaseModel):
    """A value made of named parts. Unknown names are refused, numbers and flags may come as strings."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Parameters(Part):
    """What every model takes besides its own; a model's entry derives from this.

    Fields that hold a picture are typed `ImageInput`, optional or not, here or in a `Part`.
    """

    retention_days: Days | None = Field(
        None,
        description="Days until the result and its picture are deleted; 30 unless the installation says otherwise.",
    )
    webhook_url: WebhookUrl | None = Field(
        None, description="A public https address that is told, once, how this generation ended."
    )

    def conflicts(self) -> dict[str, list[str]]:
        """Return what is wrong between fields, by field; each alone has been checked before."""
        return {}

    def pictures(self) -> dict[str, UrlImage | InlineImage | UploadImage]:
        """Return the pictures of this call by what they are for: image, mask, background."""
        raise NotImplementedError

    def settings(self) -> dict[str, Any]:
        """Return everything but the pictures as JSON values: what the worker is told, and what is stored."""
        raise NotImplementedError

    def fingerprint(self, *, model_id: str, uploads: Mapping[str, bytes]) -> bytes:
        """Return SHA-256 of these parameters in one spelling: two calls that ask for the same have the same.

        uploads: the SHA-256 of each upload by its id. Addresses count as given, bytes and uploads by their digest.
        """
        named = {name: _identity(picture, uploads) for name, picture in self.pictures().items()}
        whole = {"model": model_id, "pictures": named, "days": self.retention_days, "settings": self.settings()}
        if self.webhook_url:
            whole["webhook"] = self.webhook_url
        spelled = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(spelled.encode()).digest()


def _identity(picture: UrlImage | InlineImage | UploadImage, uploads: Mapping[str, bytes]) -> str:
    match picture:
        case UrlImage(url):
            return f"url:{url}"
        case InlineImage(data):
            return f"sha256:{hashlib.sha256(data).hexdigest()}"
        case UploadImage(upload_id):
            return f"sha256:{uploads[upload_id].hex()}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the parameter table. name is dotted for a part (`background.color`).

    choices: all that is allowed; examples: some of it. least, most: bounds of a number; None = none. is_picture: it
    takes a file, too.
    """

    name: str
    type: str
    required: bool
    description: str
    default: str
    choices: tuple[str, ...]
    examples: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model as callers know it. tokens: the price of one result; parameters: the only rule of what it accepts.

    request, response: the example of the docs page, JSON values.
    """

    id: str
    name: str
    category: str
    tokens: int
    summary: str
    overview: str
    tips: tuple[str, ...]
    parameters: type[Parameters]
    request: Mapping[str, Any]
    response: Mapping[str, Any]

    endpoint: ClassVar[str] = "/api/v1/generate"

    def validated(self, values: Mapping[str, Any]) -> Parameters:
        """Return the parameters of one call; each may have its JSON type or be a string.

        values: names to JSON values or image inputs. Raises InvalidParameters(fields), ImageTooLarge.
        """
        try:
            parameters = self.parameters.model_validate(dict(values))
        except ValidationError as error:
            raise InvalidParameters(fields=sentences.by_field(error)) from error
        if conflicts := parameters.conflicts():
            raise InvalidParameters(fields=conflicts)
        return parameters

    def takes(self, name: str) -> bool:
        """Say whether this model has a parameter of this name."""
        return name in self.parameters.model_fields

    def validated_part(self, name: str, values: Mapping[str, Any]) -> Part:
        """Return one part of the parameters, checked by itself: `validated` would ask for all the others.

        name: of a parameter made of named parts. Raises InvalidParameters(fields), with dotted names.
        """
        part: TypeAdapter[Any] = TypeAdapter(cast(Any, self.parameters.model_fields[name].annotation))
        try:
            return cast(Part, part.validate_python(dict(values)))
        except ValidationError as error:
            fields = sentences.by_field(error)
            raise InvalidParameters(fields={f"{name}.{field}": said for field, said in fields.items()}) from error

    def json_schema(self, *, ref_template: str = "#/$defs/{model}") -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of a request to this model, its parts in `$defs`.

        ref_template: how a part is referred to, for documents that keep the parts elsewhere.
        """
        schema = self.parameters.model_json_schema(ref_template=ref_template)
        own = schema["properties"]
        shared = {name: own.pop(name) for name in Parameters.model_fields}
        return schema | {"properties": own | shared}

    def table(self) -> list[Parameter]:
        """Return the rows of the parameter table, parts after their whole."""
        schema = self.json_schema()
        return _rows(schema, schema.get("$defs", {}), "")


def _rows(schema: dict[str, Any], parts: dict[str, Any], above: str) -> list[Parameter]:
    rows: list[Parameter] = []
    for name, value in schema["properties"].items():
        kind = next((one for one in value.get("anyOf", [value]) if one.get("type") != "null"), value)
        part = parts.get(kind.get("$ref", "").rpartition("/")[2])
        rows.append(
            Parameter(
                name=above + name,
                type="object" if part else str(kind.get("type", "string")),
                required=name in schema.get("required", []),
                description=str(value.get("description", kind.get("description", ""))),
                default="" if value.get("default") is None else str(value["default"]),
                choices=tuple(map(str, kind.get("enum", [kind["const"]] if "const" in kind else []))),
                examples=tuple(map(str, value.get("examples", kind.get("examples", [])))),
                least=kind.get("minimum"),
                most=kind.get("maximum"),
                is_picture=kind.get("x-input") == "image",
            )
        )
        if part:
            rows.extend(_rows(part, parts, f"{above}{name}."))
    return rows
