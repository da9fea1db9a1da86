"""A run used once more brings all its settings and pictures, and says which are gone; each model has its page."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from generations import running, storage
from generations.catalog.base import SEED_MAX
from generations.models import Generation, Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.test_studio import PROMPT, Studio, kept_upload

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")

WALL = quick_pictures.png(shade=200)


@pytest.fixture
def studio(client: Client, alice: Person) -> Studio:
    client.force_login(alice.user)
    return Studio(client, alice)


def made(studio: Studio, **fields: Any) -> Generation:
    """Return a run of the form, finished."""
    assert studio.send(photo=quick_pictures.png(), **fields).status_code == 303
    row = studio.rows()[0]
    running.run(generation_id=row.id)
    row.refresh_from_db()
    return row


def page_of(studio: Studio, row: Generation, **query: str) -> str:
    answer = studio.client.get(f"/studio/{row.model}", {"again": str(row.id), **query})
    assert answer.status_code == 200
    return str(answer.content.decode())


def form_of(page: str) -> dict[str, str]:
    """Return what the form of this page would send."""
    studio = page.split('id="studio-form"')[1].split("</form>")[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", studio):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_chosen = given.get("type") != "radio" or " checked" in tag
        if "name" in given and given.get("type") not in {"file"} and is_chosen:
            sent[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', studio, re.DOTALL):
        sent[name] = re.search(r'value="(\w+)" selected', options)[1]  # type: ignore[index]
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', studio, re.DOTALL):
        sent[name] = text
    return sent


def twice(studio: Studio, **fields: Any) -> tuple[Generation, Generation]:
    """Make a run, open it again and send the form as it comes."""
    first = made(studio, **fields)
    sent = form_of(page_of(studio, first))
    answer = studio.client.post(f"/studio/{first.model}", sent)
    assert answer.status_code == 303, answer.content.decode()
    return first, studio.rows()[0]


CANVAS = {"canvas_aspect": "own", "canvas_ratio": "7:5", "canvas_size": "padding", "canvas_padding": "7"}


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": PROMPT, "seed": "7", "format": "webp", "shadow": "none", **CANVAS, "canvas_anchor": "bottom"},
        {"prompt": PROMPT, "canvas_aspect": "original"},
        {"background_kind": "color", "background_color": "#123456", "prompt": "soft light", "seed": "9"},
    ],
    ids=["scene", "drawn seed", "color"],
)
def test_a_run_comes_back_as_it_was(studio: Studio, fields: dict[str, str]) -> None:
    first, second = twice(studio, **fields)
    assert second.id != first.id
    assert second.params == first.params
    assert second.inputs["image"]["sha256"] == first.inputs["image"]["sha256"]


def test_an_own_picture_comes_back_while_it_is_kept(studio: Studio) -> None:
    own = SimpleUploadedFile("wall.png", WALL)
    first, second = twice(studio, background_kind="picture", background_image=own, background_fit="contain")
    assert second.params == first.params
    assert second.inputs["background"]["object_key"] == first.inputs["background"]["object_key"]


def test_an_own_picture_that_is_gone_is_said_at_its_field(studio: Studio) -> None:
    own = SimpleUploadedFile("wall.png", WALL)
    row = made(studio, background_kind="picture", background_image=own)
    Upload.objects.filter(object_key=row.inputs["background"]["object_key"]).update(delete_after=timezone.now())
    page = page_of(studio, row)
    assert "The background picture of this run is not kept any more. Choose it again." in page
    answer = studio.client.post("/studio", form_of(page))
    assert answer.status_code == 422
    assert "Choose a picture for the background." in answer.content.decode()


def test_a_mask_that_is_gone_is_said(studio: Studio) -> None:
    row = made(studio, prompt=PROMPT)
    row.inputs["mask"] = {"object_key": "up/gone", "sha256": "00" * 32}
    row.save(update_fields=["inputs"])
    assert "The mask of this run is not kept any more." in page_of(studio, row)


def test_the_photo_of_a_run_that_failed_is_used_while_it_is_kept(studio: Studio) -> None:
    row = made(studio, prompt="[[no-subject]]", seed="5")
    page = page_of(studio, row)
    assert "The photo of an earlier run" in page
    assert 'name="seed"' in page
    assert form_of(page)["seed"] == "5"
    Upload.objects.update(delete_after=timezone.now())
    gone = page_of(studio, row)
    assert "The photo of this run is not kept any more. Choose it again." in gone
    assert "The photo of an earlier run" not in gone


def test_more_like_this_is_the_next_seed(studio: Studio) -> None:
    row = made(studio, prompt=PROMPT, seed=str(SEED_MAX))
    result = studio.client.get(f"/g/{row.id}").content.decode()
    assert f'href="/studio/changebg?again={row.id}&amp;seed=next"' in result
    assert form_of(page_of(studio, row, seed="next"))["seed"] == "0"


def test_earlier_pictures_of_the_photo_stand_below_it(studio: Studio, charlie: Person) -> None:
    first = made(studio, prompt=PROMPT)
    other = studio.send(photo=WALL, prompt=PROMPT)
    assert other.status_code == 303
    page = page_of(studio, first)
    shown = page.split("data-earlier")[1]
    assert f'href="/g/{first.id}"' in shown
    assert str(studio.rows()[0].id) not in shown
    upload = storage.store_upload(workspace_id=charlie.workspace.id, data=quick_pictures.png())
    studio.client.force_login(charlie.user)
    assert "data-earlier" not in studio.client.post("/studio", {"upload": upload.id}).content.decode()


def test_each_model_has_its_page_and_no_other_has(studio: Studio) -> None:
    assert studio.client.get("/studio/changebg").status_code == 200
    page = studio.client.get("/studio/removebg").content.decode()
    assert 'action="/studio/removebg"' in page
    assert not re.search(r'name="(prompt|background_kind|shadow|seed|canvas_aspect)"', page)
    assert set(re.findall(r'name="format" value="(\w+)"', page)) == {"png", "webp"}
    for name in ("interior", "nothing", "render"):
        assert studio.client.get(f"/studio/{name}").status_code == 404


def test_a_cut_out_and_once_more(studio: Studio) -> None:
    answer = studio.client.post("/studio/removebg", {"sample": "plant", "format": "webp"})
    row = studio.rows()[0]
    assert (answer.status_code, row.model, row.cost) == (303, "removebg", 1)
    assert row.params | {"seed": 0} == {"format": "webp", "result": "cutout", "seed": 0}
    running.run(generation_id=row.id)
    assert f'href="/studio/removebg?again={row.id}"' in studio.client.get(f"/g/{row.id}").content.decode()
    sent = form_of(page_of(studio, row))
    assert sent["format"] == "webp"
    assert studio.client.post("/studio/removebg", sent).status_code == 303
    assert studio.rows()[0].model == "removebg"


def test_a_format_without_transparency_is_refused(studio: Studio) -> None:
    answer = studio.client.post("/studio/removebg", {"sample": "plant", "format": "jpeg"})
    assert (answer.status_code, "Select a valid choice." in answer.content.decode()) == (422, True)
    assert studio.rows() == []


def test_the_other_model_and_back_loses_nothing(studio: Studio) -> None:
    given = {"prompt": PROMPT, "seed": "7", "background_kind": "scene", "canvas_aspect": "1:1", "format": "webp"}
    photo = SimpleUploadedFile("chair.png", quick_pictures.png())
    there = studio.client.post("/studio/removebg", {**given, "image": photo, "switch": "removebg"}).content.decode()
    assert 'aria-current="page">Cut out' in there
    back = studio.client.post("/studio", {**form_of(there), "switch": "changebg"})
    sent = form_of(back.content.decode())
    assert sent.items() >= given.items()
    assert sent["upload"] == kept_upload(back)
    assert studio.rows() == []


def test_scripts_may_keep_a_sample_or_an_earlier_photo_ahead(studio: Studio) -> None:
    row = made(studio, prompt=PROMPT)
    for given in ({"sample": "plant"}, {"again": str(row.id)}):
        assert studio.client.post("/studio/upload", given).status_code == 201
    wall = studio.client.post("/studio/upload", {"background_image": SimpleUploadedFile("wall.png", WALL)})
    assert (wall.status_code, "outline" in wall.json()) == (201, False)
    assert studio.client.post("/studio/upload", {"sample": "none of ours"}).status_code == 422


def test_which_words_were_followed_stands_beside_the_picture(studio: Studio) -> None:
    row = made(studio, prompt="a <b>loft</b>")
    page = studio.client.get(f"/g/{row.id}").content.decode()
    assert "Understood" in page
    assert "a &lt;b&gt;loft&lt;/b&gt;</dd>" in page
    assert "Not understood" not in page
