"""The entry of changebg: what the seed fixes of it, what it accepts, what counts as the same."""

import base64
import time

import pytest

from generations import catalog
from generations.catalog import InlineImage, UploadImage, UrlImage
from generations.errors import InvalidParameters, ModelUnavailable, UnknownModel
from generations.images.errors import ImageTooLarge

MODEL = catalog.get("changebg")
URL = "https://example.com/furniture-photo.jpg"
GIVEN = {"model": "changebg", "image": URL, "prompt": "a beach"}


def fingerprint(**changed):
    values = {name: value for name, value in (GIVEN | changed).items() if value is not None}
    return MODEL.validated(values).fingerprint(model_id="changebg", uploads={"upl_" + "a" * 24: b"\1" * 32})


def test_what_the_seed_fixes():
    assert (MODEL.name, MODEL.category, MODEL.tokens) == ("Change Background AI", "Tools", 1)
    assert MODEL.validated(MODEL.request).pictures() == {"image": UrlImage(URL)}
    rows = MODEL.table()
    assert [row.name for row in rows[:4]] == ["model", "image", "prompt", "format"]
    assert (rows[3].default, rows[3].choices[0]) == ("png", "png")
    assert rows[0].choices == ("changebg",)
    assert set(MODEL.response["result"]) == {"image_url", "model", "tokens_used", "processing_time_ms"}


def test_found_by_listing_the_folder():
    assert [model.id for model in catalog.available()] == ["changebg", "removebg"]


@pytest.mark.parametrize(("name", "error"), [("nothing", UnknownModel), ("video", ModelUnavailable)])
def test_models_that_cannot_be_asked_for(name, error):
    with pytest.raises(error) as refusal:
        catalog.get(name)
    assert refusal.value.extra == {"available": ["changebg", "removebg"]}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (URL, UrlImage(URL)),
        ("ftp://x", UrlImage("ftp://x")),
        ("upl_" + "a" * 24, UploadImage("upl_" + "a" * 24)),
        ("data:image/png;base64,AAAA", InlineImage(b"\0\0\0")),
        ("DATA:IMAGE/JPEG;charset=utf-8;base64,AAAA", InlineImage(b"\0\0\0")),
        (InlineImage(b"x"), InlineImage(b"x")),
    ],
)
def test_ways_to_name_a_picture(value, wanted):
    assert MODEL.validated(GIVEN | {"image": value, "mask": value}).pictures() == {"image": wanted, "mask": wanted}


def test_inline_bytes_are_bounded_before_they_are_decoded():
    text = "data:image/png;base64," + base64.b64encode(bytes(20 * 2**20 + 3)).decode()
    with pytest.raises(ImageTooLarge) as refusal:
        MODEL.validated(GIVEN | {"image": text})
    assert refusal.value.extra == {"limit_bytes": 20 * 2**20}


def test_a_prompt_is_one_line_in_one_spelling():
    read = MODEL.validated(GIVEN | {"prompt": "  a cafe\u0301\r\n  at\tnight "})
    assert read.settings()["prompt"] == "a caf\u00e9 at night"


def test_a_prompt_too_long_to_put_in_order_is_refused_at_once():
    """Putting this many marks in order would take seconds, in which no other thread of the process runs."""
    started = time.process_time()
    with pytest.raises(InvalidParameters) as refusal:
        MODEL.validated(GIVEN | {"prompt": "a" + "\u0300\u0327" * 40_000})
    assert refusal.value.extra == {"fields": {"prompt": ["Use at most 2,000 characters."]}}
    assert time.process_time() - started < 0.5


def test_a_prompt_is_measured_in_the_spelling_that_is_kept():
    assert len(MODEL.validated(GIVEN | {"prompt": "e\u0301" * 2000}).settings()["prompt"]) == 2000
    with pytest.raises(InvalidParameters):
        MODEL.validated(GIVEN | {"prompt": "e\u0301" * 2001})


def test_a_background_takes_the_prompt_s_place():
    read = MODEL.validated({"model": "changebg", "image": URL, "background": {"color": "#FFFFFF"}})
    assert read.settings() == {
        "prompt": None,
        "format": "png",
        "seed": None,
        "shadow": "contact",
        "background": {"color": "#ffffff"},
    }
    read = MODEL.validated({"model": "changebg", "image": URL, "background": {"image": URL}})
    assert read.settings()["background"] == {"fit": "cover"}
    assert set(read.pictures()) == {"image", "background"}


def test_settings_hold_no_picture():
    read = MODEL.validated(GIVEN | {"mask": InlineImage(b"secret"), "background": {"image": InlineImage(b"secret")}})
    assert "secret" not in str(read.settings())
    assert "secret" not in repr(InlineImage(b"secret"))


@pytest.mark.parametrize(
    "changed",
    [
        {"prompt": "another"},
        {"seed": 7},
        {"format": "webp"},
        {"shadow": "none"},
        {"image": URL + "?"},
        {"image": InlineImage(b"x")},
        {"mask": URL},
        {"retention_days": 3},
        {"background": {"color": "#ffffff"}},
        {"background": {"image": URL}},
    ],
    ids=str,
)
def test_every_parameter_counts_in_the_fingerprint(changed):
    assert fingerprint(**changed) != fingerprint()


def test_equal_calls_have_one_fingerprint():
    assert fingerprint(seed="7", format="png") == fingerprint(seed=7)
    inline = "data:image/png;base64,AAAA"
    assert fingerprint(image=inline) == fingerprint(image=InlineImage(b"\0\0\0"))
    assert fingerprint(prompt="a  beach ") == fingerprint()
    assert len(fingerprint(image="upl_" + "a" * 24)) == 32


def test_sentences_are_for_people():
    with pytest.raises(InvalidParameters) as refusal:
        MODEL.validated({"seed": "x", "format": "gif", "sharpen": 1, "background": {"colour": 1}})
    assert refusal.value.extra["fields"] == {
        "model": ["This is required."],
        "image": ["This is required."],
        "format": ["Choose one of 'png', 'jpeg' or 'webp'."],
        "seed": ["This must be a whole number."],
        "background.colour": ["There is no such parameter."],
        "sharpen": ["There is no such parameter."],
    }


@pytest.mark.parametrize(
    ("given", "settled"),
    [
        ({}, {"aspect": "original", "padding": None, "anchor": "subject"}),
        ({"aspect": "4:5", "padding": "0.1"}, {"aspect": "4:5", "padding": 0.1, "anchor": "subject"}),
        (
            {"aspect": "25:100", "padding": 0, "anchor": "bottom"},
            {"aspect": "25:100", "padding": 0, "anchor": "bottom"},
        ),
    ],
    ids=str,
)
def test_a_canvas_has_three_parts_each_optional(given, settled):
    assert MODEL.validated(GIVEN | {"canvas": given}).settings()["canvas"] == settled
    assert "canvas" not in MODEL.validated(GIVEN).settings()


def test_a_canvas_counts_for_what_is_the_same():
    assert fingerprint(canvas={"padding": "0.25"}) == fingerprint(canvas={"padding": 0.25, "aspect": "original"})
    assert len({fingerprint(), fingerprint(canvas={}), fingerprint(canvas={"aspect": "1:1"})}) == 3


def test_the_canvas_is_described_with_its_bounds():
    parts = MODEL.json_schema()["$defs"]["Canvas"]["properties"]
    assert parts["padding"]["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 0.5}
    assert parts["anchor"]["enum"] == ["subject", "center", "bottom"]
    assert "canvas.aspect" in [row.name for row in MODEL.table()]
