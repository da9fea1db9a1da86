"""What the studio's page leaves to others: the brush's bar to a fragment, the shapes' drawings to a sheet."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from generations import catalog
from generations.forms import StudioForm
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
