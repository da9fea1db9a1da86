"""One call of `/generate` as cURL, JavaScript, Python and a form: what callers copy, for the values they chose."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from generations import catalog
from generations.catalog import CatalogModel

KEY = "rai_live_your_api_key"
INDENT = 2
PHOTO = "photo.jpg"
FILE_NAME = re.compile(r"[\w-][\w.-]*", re.ASCII)
# What `curl -F` takes for more than text: a file's name, a type behind a semicolon, quotes.
NOT_PLAIN = re.compile(r'^[@<]|[;"\\]')

CURL = """\
curl -X POST {url} \\
  -H "Authorization: Bearer {key}" \\
  -H "Content-Type: application/json" \\
  -d '{body}'"""
JAVASCRIPT = """\
const response = await fetch("{url}", {{
  method: "POST",
  headers: {{
    "Authorization": "Bearer {key}",
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({body}),
}});

const data = await response.json();

if (data.status === "success") {{
  console.log("Image URL:", data.result.image_url);
  console.log("Tokens used:", data.result.tokens_used);
}} else {{
  console.error("Error:", data.error.message);
}}"""
PYTHON = """\
import requests

response = requests.post(
    "{url}",
    headers={{
        "Authorization": "Bearer {key}",
        "Content-Type": "application/json",
    }},
    json={body},
)

data = response.json()

if data["status"] == "success":
    print("Image URL:", data["result"]["image_url"])
    print("Tokens used:", data["result"]["tokens_used"])
else:
    print("Error:", data["error"]["message"])"""
MULTIPART = """\
curl -X POST {url} \\
  -H "Authorization: Bearer {key}" \\
  {parts}"""


def for_request(
    *, body: Mapping[str, Any], base_url: str, key: str = KEY, endpoint: str = CatalogModel.endpoint
) -> dict[str, str]:
    """Return programs that make this call and say what came of it: "curl", "javascript", "python", "multipart".

    body: the request as JSON values, not checked: what is shown while one types may still be wrong. key stands in
    the code as it is given, so pages pass a placeholder. The form sends each picture as a file beside the program,
    named as the address ends, except uploads, which have no file.
    """
    common = {"url": f"{base_url}{endpoint}", "key": key}
    as_json = json.dumps(body, indent=INDENT, ensure_ascii=False)
    in_shell = as_json.replace("'", "'\\''")
    return {
        "curl": CURL.format(**common, body=in_shell),
        "javascript": JAVASCRIPT.format(**common, body=as_json),
        "python": PYTHON.format(**common, body=_python(body)),
        "multipart": MULTIPART.format(**common, parts=" \\\n  ".join(_parts(body))),
    }


def opening(*, model: str, base_url: str, key: str = KEY, endpoint: str = CatalogModel.endpoint) -> str:
    """Return how every call of this model begins, with its parameters left open: to be read, not run."""
    return CURL.format(url=f"{base_url}{endpoint}", key=key, body=f'{{"model": "{model}", ...}}')


def _python(value: Any, *, depth: int = 0) -> str:
    """Return a JSON value as Python writes it, laid out as `json.dumps` lays it out."""
    if isinstance(value, Mapping):
        inner = [f"{_python(name)}: {_python(one, depth=depth + 1)}" for name, one in value.items()]
        return _block("{", inner, "}", depth=depth)
    if isinstance(value, list | tuple):
        return _block("[", [_python(one, depth=depth + 1) for one in value], "]", depth=depth)
    # A JSON string is a Python string; its numbers, true, false and null are not all Python's.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _block(opens: str, inner: list[str], closes: str, *, depth: int) -> str:
    if not inner:
        return opens + closes
    line = "\n" + " " * INDENT * depth
    return opens + ",".join(f"{line}{' ' * INDENT}{one}" for one in inner) + line + closes


def _parts(body: Mapping[str, Any]) -> Iterator[str]:
    pictures = _picture_names(str(body.get("model", "")))
    for name, value in _flat(body):
        if name in pictures and not str(value).startswith("upl_"):
            yield f"-F {name}=@{_file_name(str(value))}"
        else:
            said = value if isinstance(value, str) else json.dumps(value)
            option = "--form-string" if NOT_PLAIN.search(said) else "-F"
            yield f"{option} {shlex.quote(f'{name}={said}')}"


def _flat(body: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values with the dotted names that a form gives to the parts of an object."""
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        elif value is not None:
            yield above + name, value


def _picture_names(model_id: str) -> set[str]:
    """Return the dotted names of the parameters of this model that hold a picture."""
    found = {model.id: model for model in catalog.available()}.get(model_id)
    if found is None:
        return {"image"}
    schema = found.json_schema()
    return set(_pictures_of(schema, schema.get("$defs", {}), ""))


def _pictures_of(schema: dict[str, Any], parts: dict[str, Any], above: str) -> Iterator[str]:
    for name, value in schema["properties"].items():
        for kind in value.get("anyOf", [value]):
            if kind.get("x-input") == "image":
                yield above + name
            elif part := parts.get(kind.get("$ref", "").rpartition("/")[2]):
                yield from _pictures_of(part, parts, f"{above}{name}.")


def _file_name(address: str) -> str:
    """Return how the file of this picture may be called in a command, whatever its address holds."""
    if address.startswith("data:"):
        return PHOTO
    name = PurePosixPath(urlsplit(address).path).name
    return name if FILE_NAME.fullmatch(name) else PHOTO
