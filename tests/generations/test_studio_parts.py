"""What the studio's page leaves to others: the brush's bar, the shapes' drawings, and the page of a run."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from generations import catalog
from generations.forms import StudioForm
from generations.models import Generation
from generations.views import photos
from roomai_web import showcase
from tests.factories import Person


@pytest.mark.usefixtures("committed_db")
def test_the_brush_is_fetched_apart_from_the_page(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    page = client.get(reverse("generations:studio")).content.decode()
    address = reverse("generations:brush")
    assert f'hx-get="{address}"' in page
    assert "data-brush-act" not in page
    client.logout()
    bar = client.get(address).content.decode()
    acts = re.findall(r'data-brush-act="(\w+)"', bar)
    assert acts == ["undo", "grow", "shrink", "invert", "reset", "done"]
    assert "<canvas" in bar
    assert client.post(address).status_code == 405


def test_each_aspect_is_drawn_in_its_own_shape() -> None:
    sheet = Path(settings.BASE_DIR, "static/css/canvas.css").read_text(encoding="utf-8")
    rule = re.compile(r'\[value="(\d+:\d+)"\] \+ span::before \{ aspect-ratio: ([^;]+);')
    drawn = {value: ratio.replace(" ", "") for value, ratio in rule.findall(sheet)}
    named = re.findall(r'value="(\d+:\d+)"', str(StudioForm(catalog.get("changebg"))["canvas_aspect"]))
    assert len(named) >= 5
    assert drawn == {value: value.replace(":", "/") for value in named}


def test_each_sample_brings_words_that_one_of_our_own_results_was_made_of() -> None:
    made = {entry.get("prompt") for entry in showcase.entries().values()}
    assert photos.SAMPLE_PROMPTS.keys() == photos.SAMPLES.keys()
    assert set(photos.SAMPLE_PROMPTS.values()) <= made


@pytest.mark.usefixtures("committed_db", "files")
@pytest.mark.parametrize("own", ["", "a loft"])
def test_the_words_of_a_sample_stand_in_the_box_unless_there_are_own(client: Client, alice: Person, own: str) -> None:
    client.force_login(alice.user)
    page = client.get(reverse("generations:studio"), {"sample": "plant", "prompt": own}).content.decode()
    assert f">{own or photos.SAMPLE_PROMPTS['plant']}</textarea>" in page


@pytest.mark.usefixtures("committed_db", "files")
@pytest.mark.parametrize(("words", "kept"), [(photos.SAMPLE_PROMPTS["plant"], None), ("my own", "my own")])
def test_on_a_color_the_words_of_a_sample_are_not_said_to_be_shown(
    client: Client, alice: Person, words: str, kept: str | None
) -> None:
    client.force_login(alice.user)
    sent = {"submission_id": str(uuid4()), "background_kind": "color", "background_color": "#b9c4b0", "format": "png"}
    client.post(reverse("generations:studio"), sent | {"shadow": "none", "sample": "plant", "prompt": words})
    assert Generation.objects.get(workspace=alice.workspace).params.get("prompt") == kept


@pytest.mark.usefixtures("committed_db", "files")
def test_a_script_is_told_where_the_run_is_and_loads_no_page_of_it(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    sent = {"submission_id": str(uuid4()), "background_kind": "scene", "format": "png", "shadow": "contact"}
    sent |= {"sample": "plant", "prompt": "a loft"}
    told = client.post(reverse("generations:studio"), sent, headers={"Prefer": "return=minimal"})
    run = Generation.objects.get(workspace=alice.workspace)
    assert (told.status_code, told["Location"], told.content) == (201, f"/g/{run.id}", b"")
    refused = client.post(reverse("generations:studio"), sent | {"prompt": ""}, headers={"Prefer": "return=minimal"})
    assert refused.status_code == 422
