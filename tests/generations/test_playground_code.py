"""The code of the playground: every value of the form, with its type, as it will be sent."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from generations import catalog, samples
from generations.models import Upload
from generations.playground_form import PlaygroundForm
from generations.views import photos
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.playing import PROMPT, Player, body_of

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")


@pytest.fixture
def alices(client: Client, alice: Person) -> Player:
    return Player(client, alice)


def test_the_page_starts_with_a_call_that_can_be_made(alices: Player) -> None:
    page = alices.client.get(alices.url).content.decode()
    body = body_of(page)
    assert Upload.objects.for_workspace(alices.person.workspace).filter(id=body.pop("image")).exists()
    assert body == {"model": "changebg", "prompt": "a bright minimalist showroom with white walls and natural light"}
    assert "Nothing has been called yet." in page
    assert [samples.KEY in code for code in re.findall(r'<code id="code-\w+">(.*?)</code>', page, re.DOTALL)] == [
        True,
        True,
        True,
    ]


def test_opening_it_again_keeps_no_second_photo(alices: Player) -> None:
    for _ in range(3):
        alices.client.get(alices.url)
    assert Upload.objects.for_workspace(alices.person.workspace).count() == 1


EVERYTHING = {
    "background_kind": "picture",
    "background_upload": "upl_" + "b" * 24,
    "background_fit": "contain",
    "mask_upload": "upl_" + "m" * 24,
    "canvas_aspect": "own",
    "canvas_ratio": "7:5",
    "canvas_size": "padding",
    "canvas_padding": "12,5",
    "canvas_anchor": "bottom",
    "format": "webp",
    "shadow": "none",
    "seed": "7",
    "prompt": "light from the left, 'soft' \"words\" <b> & more",
}
WHOLE = {
    "model": "changebg",
    "image": "https://example.com/chair.jpg",
    "prompt": EVERYTHING["prompt"],
    "format": "webp",
    "shadow": "none",
    "seed": 7,
    "mask": EVERYTHING["mask_upload"],
    "background": {"image": EVERYTHING["background_upload"], "fit": "contain"},
    "canvas": {"aspect": "7:5", "anchor": "bottom", "padding": 0.125},
}


def test_the_code_holds_every_value_with_its_type(alices: Player) -> None:
    assert alices.code(image_url="https://example.com/chair.jpg", **EVERYTHING) == WHOLE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"format": "png", "shadow": "contact", "canvas_aspect": ""}, {}),
        ({"canvas_aspect": "original"}, {"canvas": {"aspect": "original"}}),
        ({"canvas_aspect": "1:1", "canvas_anchor": "subject"}, {"canvas": {"aspect": "1:1"}}),
        ({"seed": "soon"}, {"seed": "soon"}),
        ({"seed": "-1"}, {"seed": -1}),
        ({"seed": "NaN"}, {"seed": "NaN"}),
        ({"background_kind": "color"}, {"background": {"color": ""}}),
        ({"background_kind": "color", "background_color": "#F4F1EA"}, {"background": {"color": "#F4F1EA"}}),
        ({"canvas_aspect": "1:1", "canvas_size": "padding", "canvas_padding": "lots"}, None),
        ({"format": "gif"}, {}),
    ],
)
def test_what_is_typed_is_shown_as_it_will_be_sent(
    alices: Player, fields: dict[str, str], expected: dict[str, Any] | None
) -> None:
    body = alices.code(image_url="https://example.com/a.jpg", **fields)
    if expected is None:
        expected = {"canvas": {"aspect": "1:1", "padding": "lots"}}
    assert body == {"model": "changebg", "image": "https://example.com/a.jpg", **expected}


def test_the_form_can_say_all_that_a_call_can_but_days() -> None:
    """A parameter that is new to the catalogue is new to the form, too."""
    for model in catalog.available():
        names = {row.name.partition(".")[0] for row in model.table()} - {"retention_days", "webhook_url"}
        form = PlaygroundForm(model, {"image_url": "x", **EVERYTHING})
        assert names <= set(form.body()) | {"format"}, model.id


def test_a_file_is_kept_and_named_in_the_code(alices: Player) -> None:
    fields = alices.form() | {"image_url": "https://example.com/old.jpg", "show": "code"}
    answer = alices.client.post(alices.url, fields | {"image": SimpleUploadedFile("a.png", quick_pictures.png())})
    named = body_of(answer.content.decode())["image"]
    assert named not in {fields["upload"], fields["image_url"]}
    assert Upload.objects.for_workspace(alices.person.workspace).filter(id=named).exists()


def test_a_sample_pressed_becomes_the_photo(alices: Player) -> None:
    fields = alices.form(image_url="https://example.com/old.jpg")
    page = alices.client.post(alices.url, fields | {"sample": "plant"}).content.decode()
    kept = Upload.objects.get(id=body_of(page)["image"])
    assert kept.id != fields["upload"]
    assert kept.size_bytes == len(photos.Sample("plant", "").read())
    assert 'value="plant" aria-current="true"' in page


def test_another_model_keeps_what_was_typed(alices: Player) -> None:
    fields = alices.form(prompt=PROMPT, format="jpeg")
    page = alices.client.post(alices.url, fields | {"model": "removebg"}).content.decode()
    assert body_of(page) == {"model": "removebg", "image": fields["upload"]}
    assert f'<input type="hidden" name="prompt" value="{PROMPT}">' in page


@pytest.mark.parametrize("model", ["video", "nothing"])
def test_a_model_not_served_is_not_found(alices: Player, model: str) -> None:
    assert alices.client.get(alices.url, {"model": model}).status_code == 404
