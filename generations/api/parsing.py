"""From the raw request to one dict of values: JSON or a form, whatever the model."""

import json
from typing import Any

from django.http import HttpRequest, QueryDict

from generations.catalog import InlineImage
from generations.catalog.sentences import SENTENCES
from generations.errors import InvalidJson, InvalidParameters, UnsupportedMediaType
from generations.images.errors import ImageTooLarge
from generations.images.gate import LIMIT_BYTES

DEPTH_MAX, NAMES_MAX, COMMAS_MAX = 10, 100, 10_000


def read(request: HttpRequest) -> dict[str, Any]:
    """Return the body's values by name; a form's dotted names are put together, its files are InlineImage.

    Raises UnsupportedMediaType, InvalidJson, InvalidParameters, ImageTooLarge (limit_bytes).
    """
    match request.content_type:
        case "application/json":
            return read_json(request.body)
        case "multipart/form-data":
            return _read_form(request)
    raise UnsupportedMediaType


def read_file(request: HttpRequest, *, name: str) -> bytes:
    """Return the bytes of the one file of a form, its field called `name`; raises as `read`."""
    if request.content_type != "multipart/form-data":
        raise UnsupportedMediaType("Send multipart/form-data.")
    values = _read_form(request)
    file = values.pop(name, None)
    wrong = {other[:64]: [SENTENCES["extra_forbidden"]] for other in values}
    if not isinstance(file, InlineImage):
        wrong[name] = [SENTENCES["missing"] if file is None else "Send this as a file."]
    if wrong or not isinstance(file, InlineImage):
        raise InvalidParameters(fields=wrong)
    return file.data


def let_go_of_body(request: HttpRequest) -> None:
    """Free what the caller sent, once it has been read: a call may wait for minutes, and a thousand may wait."""
    request.close()
    request.POST = QueryDict()
    request._body = b""


def read_json(body: bytes) -> dict[str, Any]:
    """Return one JSON object. Raises InvalidJson.

    At most 10 levels deep, 100 names in an object, no name twice, no NaN or Infinity. Since every value but the
    first of its kind takes a comma, counting these bounds what the values can grow to before any is made.
    """
    if body.count(b",") > COMMAS_MAX:
        raise InvalidJson("The JSON holds too many values.")
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error
    if not isinstance(value, dict):
        raise InvalidJson("The body must be a JSON object.")
    _check_depth(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > NAMES_MAX:
        raise InvalidJson(f"A JSON object holds more than {NAMES_MAX} names.")
    values = dict(pairs)
    if len(values) < len(pairs):
        raise InvalidJson("A name stands twice in one JSON object.")
    if any("\ud800" <= sign <= "\udfff" for name in values for sign in name):
        raise InvalidJson("A name holds half a character.")
    return values


def _no_constant(name: str) -> Any:
    raise InvalidJson(f"{name} is not JSON.")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEPTH_MAX):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise InvalidJson(f"The JSON is nested deeper than {DEPTH_MAX} levels.")


def _read_form(request: HttpRequest) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, texts in request.POST.lists():
        _put(values, name, list(texts))
    for name, files in request.FILES.lists():
        if any((file.size or 0) > LIMIT_BYTES for file in files):
            raise ImageTooLarge("This file is larger than 20 MiB.", limit_bytes=LIMIT_BYTES)
        _put(values, name, [InlineImage(file.read()) for file in files])
    return values


def _put(values: dict[str, Any], name: str, given: list[Any]) -> None:
    """Put a form's field in its place: `background.color` becomes a part of `background`."""
    whole, dot, part = name.partition(".")
    place = values.setdefault(whole, {}) if dot else values
    if len(given) > 1 or not isinstance(place, dict) or (part or whole) in place:
        raise InvalidParameters(fields={name[:64]: ["Give this once."]})
    place[part or whole] = given[0]
