"""INVALID_PARAMETERS: each field that is wrong is named, with a sentence; nothing is made or charged."""

import json

import pytest

from tests.generations.api.calling import AT_ONCE, BODY, INLINE, PNG
from tests.generations.api.test_refusals import nothing_happened

# An id that no generation has; the same in every process, or parallel runs would collect different tests.
NOBODY = "01a20400-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"model": None}, ["model"]),
        ({"model": 7}, ["model"]),
        ({"image": None, "prompt": None}, ["image"]),
        ({"prompt": None}, ["prompt"]),
        ({"prompt": "x" * 2001}, ["prompt"]),
        ({"prompt": "a\u0000b"}, ["prompt"]),
        ({"prompt": "\ud800"}, ["prompt"]),
        ({"prompt": ["a"]}, ["prompt"]),
        ({"image": 7, "mask": "photo.png"}, ["image", "mask"]),
        ({"image": "data:image/png;base64,a"}, ["image"]),
        ({"image": "upl_" + "a" * 24}, ["image"]),
        ({"background": {"image": "upl_" + "a" * 24}}, ["background.image"]),
        ({"format": "gif", "seed": "x", "shadow": "long"}, ["format", "seed", "shadow"]),
        ({"seed": -1}, ["seed"]),
        ({"seed": 2**31}, ["seed"]),
        ({"seed": True}, ["seed"]),
        ({"retention_days": 366}, ["retention_days"]),
        ({"background": {"color": "white"}}, ["background.color"]),
        ({"background": {"colour": "#ffffff"}}, ["background.colour"]),
        ({"background": {"color": "#ffffff", "image": INLINE}}, ["background"]),
        ({"background": {}}, ["background"]),
        ({"background": "#ffffff"}, ["background"]),
        ({"webhook_url": "http://example.com/"}, ["webhook_url"]),
        ({"canvas": {"aspect": "1:1"}, "sharpen": 1}, ["sharpen"]),
        ({"canvas": {"aspect": "1:5", "padding": 0.6}}, ["canvas.aspect", "canvas.padding"]),
        ({"canvas": {"aspect": "4:0", "padding": True, "size": 9}}, ["canvas.aspect", "canvas.padding", "canvas.size"]),
        ({"canvas": {"aspect": "square", "padding": "nan"}}, ["canvas.aspect", "canvas.padding"]),
        ({"canvas": {"anchor": "top", "padding": -0.1}}, ["canvas.anchor", "canvas.padding"]),
        ({"canvas": {"aspect": "101:100"}}, ["canvas.aspect"]),
        ({"canvas": "1:1"}, ["canvas"]),
    ],
    ids=lambda value: str(value).encode("ascii", "replace").decode()[:50],
)
def test_invalid_parameters_name_each_field(alices, changed, fields):
    body = {name: value for name, value in (BODY | changed).items() if value is not None}
    headers = AT_ONCE | {"Content-Type": "application/json"}
    answer = alices.post("/generate", content=json.dumps(body), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_PARAMETERS"), answer.text
    said = answer.json()["error"]["fields"]
    assert set(said) == set(fields)
    assert all(sentence.endswith(".") for sentences in said.values() for sentence in sentences)
    nothing_happened(alices.someone)


@pytest.mark.parametrize(
    "form",
    [
        {"files": [("image", ("a.png", PNG)), ("image", ("b.png", PNG))]},
        {"data": {"background": "x", "background.color": "#ffffff"}, "files": {"image": ("a.png", PNG)}},
        {"data": {"sharpen": "1", "prompt": "x"}, "files": {"image": ("a.png", PNG)}},
        {"content": b"--x\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"", "headers": {"Content-Type": "multipart/form-data"}},
        {"files": [(f"f{n}", ("a.png", PNG)) for n in range(11)]},
        {"data": {f"f{n}": "1" for n in range(101)}, "files": {"image": ("a.png", PNG)}},
    ],
)
def test_invalid_forms(alices, form):
    if "files" in form:
        form = form | {"data": {"model": "changebg"} | form.get("data", {})}
    answer = alices.post("/generate", **form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_PARAMETERS"), answer.text
    nothing_happened(alices.someone)


def test_names_nobody_knows_come_back_cut(alices):
    """However many and long they are, the answer stays small."""
    answer = alices.generate(**{f"{n}{'x' * 10_000}": 1 for n in range(90)})
    assert answer.status_code == 422
    assert len(answer.json()["error"]["fields"]) == 90
    assert len(answer.content) < 16 * 1024


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("/generations?limit=0", "limit"),
        ("/generations?limit=101", "limit"),
        ("/generations?cursor=x", "cursor"),
        (f"/generations?cursor={NOBODY}", "cursor"),
        ("/results", "processing_url"),
        ("/results?processing_url=https://example.com/1", "processing_url"),
        (f"/results?processing_url=http://localhost:8000.evil.test/api/v1/generations/{NOBODY}", "processing_url"),
    ],
)
def test_invalid_query(alices, query, field):
    answer = alices.get(query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_PARAMETERS")
    assert set(answer.json()["error"]["fields"]) == {field}
