"""The frame in the studio: shown before anything is paid, said at its field where it cannot be, kept for later."""

import re
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from billing import invariants
from generations import canvas_fields, catalog, mattes, storage
from generations.images.canvas import frame as frame_of_matte
from generations.images.framing import Box, Canvas
from generations.mattes import Found
from generations.models import Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.test_studio import PROMPT, Studio, kept_upload

pytestmark = pytest.mark.usefixtures("committed_db", "files")

SIDE = 200
MODEL = catalog.get("changebg")


@pytest.fixture
def studio(client: Client, alice: Person) -> Studio:
    client.force_login(alice.user)
    return Studio(client, alice)


def photo_of(person: Person) -> Upload:
    return storage.store_upload(workspace_id=person.workspace.id, data=quick_pictures.png(side_px=SIDE))


def found_in(photo: Upload, box: Box | None) -> None:
    """Have the subject of the photo found in this box."""
    known = mattes.known_of_photo(photo=photo, identity="test")
    assert mattes.keep(
        known=known,
        found=Found(png=b"matte", width_px=SIDE, height_px=SIDE, outline="M0 0h9v9z", box=box),
    )


def asked(studio: Studio, photo: Upload, **query: str) -> Any:
    return studio.client.get(reverse("generations:frame", kwargs={"upload_id": photo.id}), query)


def test_the_drawing_is_of_the_worker_s_integers(studio: Studio) -> None:
    photo, box = photo_of(studio.person), Box(60, 50, 140, 170)
    found_in(photo, box)
    answer = asked(studio, photo, aspect="9:16", padding="0.1", anchor="bottom")
    matte = np.zeros((SIDE, SIDE), np.uint8)
    matte[box.top : box.bottom, box.left : box.right] = 1
    wanted = frame_of_matte(matte=matte, canvas=Canvas(aspect=(9, 16), padding=0.1, anchor="bottom"))
    page = answer.content.decode()
    assert answer.status_code == 200
    edge = f'x="{wanted.left}" y="{wanted.top}" width="{wanted.width_px}" height="{wanted.height_px}"'
    assert edge in page
    assert f"{wanted.width_px} x {wanted.height_px} " in page
    assert "no-store" in answer["Cache-Control"]


def test_it_waits_while_the_subject_is_sought(studio: Studio) -> None:
    photo = photo_of(studio.person)
    assert (asked(studio, photo, aspect="1:1").status_code, asked(studio, photo, aspect="1:1").content) == (202, b"")
    mattes.keep_refusal(known=mattes.known_of_photo(photo=photo, identity="test"), code="NO_SUBJECT_FOUND")
    assert asked(studio, photo, aspect="1:1").status_code == 204


@pytest.mark.parametrize(
    ("box", "query", "sentence"),
    [
        (Box(0, 20, 200, 180), {"aspect": "4:1"}, "open a cut edge"),
        (Box(0, 20, 120, 150), {"aspect": "1:4", "anchor": "bottom"}, None),
        (Box(20, 20, 120, 150), {"aspect": "1:1", "anchor": "center", "padding": "0"}, "cut the subject"),
        (Box(20, 20, 21, 21), {"aspect": "1:1", "padding": "0"}, "too large"),
    ],
    ids=["cut edge", "possible", "cuts", "size"],
)
def test_why_it_cannot_be(studio: Studio, box: Box, query: dict[str, str], sentence: str | None) -> None:
    photo = photo_of(studio.person)
    found_in(photo, box)
    page = asked(studio, photo, **query).content.decode()
    assert ("data-why" in page) == (sentence is not None)
    assert (sentence or "<svg") in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"aspect": "9:1"}, "no narrower than 1:4"),
        ({"aspect": "\0"}, "no narrower than 1:4"),
        ({"aspect": "1:1", "padding": "0.9"}, "from 0 to 50"),
        ({"aspect": "1:1", "padding": "nan"}, "from 0 to 50"),
    ],
    ids=str,
)
def test_what_is_no_frame_is_said(studio: Studio, query: dict[str, str], sentence: str) -> None:
    answer = asked(studio, photo_of(studio.person), **query)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_frame_over_somebody_else_s_photo_is_not_found(studio: Studio, charlie: Person) -> None:
    assert asked(studio, photo_of(charlie), aspect="1:1").status_code == 404
    assert studio.client.get("/studio/frame/upl_x").status_code == 404


def test_the_run_gets_the_frame(studio: Studio) -> None:
    chosen = {"canvas_size": "padding", "canvas_padding": "12,5", "canvas_anchor": "bottom"}
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, canvas_aspect="4:5", **chosen)
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, canvas_aspect="own", canvas_ratio="7 : 5")
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, canvas_aspect="", **chosen)
    as_shot, own, framed = (row.params.get("canvas") for row in studio.rows())
    assert framed == {"aspect": "4:5", "padding": 0.125, "anchor": "bottom"}
    assert own == {"aspect": "7:5", "padding": None, "anchor": "subject"}
    assert as_shot is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"canvas_aspect": "own", "canvas_ratio": "9:1"}, "Write two whole numbers from 1 to 100"),
        ({"canvas_aspect": "own"}, "Write two whole numbers from 1 to 100"),
        ({"canvas_aspect": "1:1", "canvas_size": "padding", "canvas_padding": "60"}, "Write a number from 0 to 50."),
        ({"canvas_aspect": "1:1", "canvas_size": "padding", "canvas_padding": "wide"}, "Write a number from 0 to 50."),
        ({"canvas_aspect": "1:1", "canvas_size": "padding"}, "Write a number from 0 to 50."),
        ({"canvas_aspect": "3:1"}, "Select a valid choice."),
    ],
    ids=str,
)
def test_a_mistake_is_said_at_its_field_and_keeps_the_photo(
    studio: Studio, fields: dict[str, str], sentence: str
) -> None:
    response = studio.send(photo=quick_pictures.png(), prompt=PROMPT, **fields)
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert studio.rows() == []
    assert studio.send(upload=kept_upload(response), prompt=PROMPT).status_code == 303


def test_an_impossible_frame_is_refused_before_anything_is_held(studio: Studio) -> None:
    photo = photo_of(studio.person)
    found_in(photo, Box(0, 20, 200, 180))
    response = studio.send(upload=photo.id, prompt=PROMPT, canvas_aspect="16:9")
    page = response.content.decode()
    assert response.status_code == 422
    assert "open a cut edge. Nothing was charged." in page
    assert 'href="#id_canvas_aspect"' in page
    assert studio.rows() == []
    assert studio.person.available == 10
    assert invariants.breaks() == []


def test_without_scripts_a_button_shows_the_frame(studio: Studio) -> None:
    photo = photo_of(studio.person)
    found_in(photo, Box(60, 50, 140, 170))
    response = studio.send(upload=photo.id, prompt=PROMPT, canvas_aspect="16:9", frame="shown")
    page = response.content.decode()
    assert response.status_code == 200
    assert re.search(r'class="frame" viewBox="-?\d+ -?\d+ \d+ \d+"', page)
    assert f">{PROMPT}</textarea>" in page
    assert studio.rows() == []


@pytest.mark.parametrize(
    "canvas",
    [
        {"aspect": "original", "padding": None, "anchor": "subject"},
        {"aspect": "16:9", "padding": 0.07, "anchor": "center"},
        {"aspect": "7:5", "padding": 0.123456789, "anchor": "bottom"},
        {"aspect": "1:1", "padding": 0.0, "anchor": "subject"},
    ],
    ids=str,
)
def test_each_frame_comes_back_as_it_was(canvas: dict[str, Any]) -> None:
    again = canvas_fields.values(canvas_fields.initial(MODEL, canvas))
    assert again is not None
    assert MODEL.validated_part("canvas", again).model_dump() == canvas


def test_the_choices_are_the_catalogue_s() -> None:
    parameters = {one.name: one for one in MODEL.table()}
    fields: dict[str, Any] = canvas_fields.fields(MODEL)
    offered = {value for value, _ in fields["canvas_aspect"].choices}
    assert offered == {*parameters["canvas.aspect"].examples, "", "own"}
    assert tuple(value for value, _ in fields["canvas_anchor"].choices) == parameters["canvas.anchor"].choices
    assert canvas_fields.most_padding(MODEL) == 100 * (parameters["canvas.padding"].most or 0)
