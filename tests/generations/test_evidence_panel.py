"""What a picture's page says of its proof: the same as the API, in words, for every kind of cut-out and file."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from generations import running, services
from generations.models import Generation
from tests.factories import Person, key_of
from tests.generations.api import whole_pictures
from tests.generations.api.calling import call
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")


@pytest.fixture
def quick(quick: None, settings: Any) -> None:
    settings.PICTURE_PIPELINE = whole_pictures.PATH


@pytest.fixture
def ready_one(client: Client, alice: Person) -> Generation:
    client.force_login(alice.user)
    generation = submitted(alice)
    running.run(generation_id=generation.id)
    generation.refresh_from_db()
    return generation


def panel(client: Client, generation: Generation, **result: Any) -> str:
    """The proof on the page of this run once its figures are changed so; "" where there is none."""
    if result:
        figures = generation.result or {}
        changed = {
            name: {**figures[name], **value} if isinstance(value, dict) else value for name, value in result.items()
        }
        Generation.objects.filter(id=generation.id).update(result=figures | changed)
    page = client.get(f"/g/{generation.id}").content.decode()
    folds = re.findall(r"<details class=\"fold\">.*?</details>", page, re.DOTALL)
    return unescape("".join(fold for fold in folds if "<summary>Proof" in fold))


def test_it_says_what_the_api_says(client: Client, alice: Person, ready_one: Generation) -> None:
    seen = panel(
        client, ready_one, proof={"kept_pixels": 302514, "input_sha256": "1a" * 32, "result_sha256": "1a" * 32}
    )
    proof = call("GET", f"/generations/{ready_one.id}/proof", key=key_of(alice)).json()["proof"]
    assert re.findall(r'digest">(\w+)<', seen) == [proof["input_sha256"], proof["result_sha256"]]
    assert f'href="{proof["matte_url"]}"' in seen
    assert f'href="{proof["input_url"]}"' in seen
    assert "302,514" in seen
    assert "50.00 %" in seen
    assert ">same<" in seen
    assert ">different<" not in seen
    assert f'href="/docs/proof?generation={ready_one.id}"' in seen
    assert "The PNG file holds exactly these pixels." in seen
    assert "Moved in the new frame" not in seen


def test_a_difference_is_not_hidden(client: Client, ready_one: Generation) -> None:
    seen = panel(client, ready_one, proof={"equal": False, "result_sha256": "f" * 64})
    assert ">different<" in seen
    assert ">same<" not in seen


@pytest.mark.parametrize(("file_format", "name"), [("jpeg", "JPEG"), ("webp", "WebP")])
def test_a_lossy_file_says_what_it_changed(client: Client, ready_one: Generation, file_format: str, name: str) -> None:
    changed = {"lossless": False, "encoding": {"max_difference": 17, "mean_difference": 1.204}}
    seen = panel(client, ready_one, proof=changed, format=file_format)
    assert f"{name} changes pixels a little" in seen
    assert "at most 17 of 255 off, on average 1.204" in seen
    assert "measured before the file was written" in seen


@pytest.mark.parametrize(
    ("matte", "sentence"),
    [("mask", "Your mask says"), ("alpha", "own transparency"), ("network", "found in the photo automatically")],
)
def test_it_says_who_decided_what_is_kept(client: Client, ready_one: Generation, matte: str, sentence: str) -> None:
    assert sentence in panel(client, ready_one, network={"matte": matte})


@pytest.mark.parametrize("lossless", [True, False])
def test_nothing_kept_in_full_is_not_measured(client: Client, ready_one: Generation, *, lossless: bool) -> None:
    nothing = {"max_difference": None, "mean_difference": None}
    proof = {"kept_pixels": 0, "equal": None, "lossless": lossless, "encoding": nothing}
    subject = {"unchanged_fraction": None, "max_difference": None, "core_fraction": 0.0, "edge_fraction": 1.0}
    seen = panel(client, ready_one, proof=proof, subject=subject)
    assert "Not measured" in seen
    assert "SHA-256" not in seen
    assert ">same<" not in seen
    assert "None" not in seen


def test_another_frame_says_how_far_it_moved(client: Client, ready_one: Generation) -> None:
    assert "-35, 20 px" in panel(client, ready_one, proof={"offset_px": [-35, 20]})


def test_without_evidence_there_is_no_panel(client: Client, ready_one: Generation) -> None:
    assert panel(client, ready_one)
    Generation.objects.filter(id=ready_one.id).update(delete_after=timezone.now())
    assert panel(client, ready_one) == ""
    Generation.objects.filter(id=ready_one.id).update(
        delete_after=ready_one.delete_after, result={**(ready_one.result or {}), "proof": {}}
    )
    assert panel(client, ready_one) == ""


def test_a_deleted_picture_shows_nothing(client: Client, ready_one: Generation) -> None:
    services.delete_content(generation=ready_one)
    assert client.get(f"/g/{ready_one.id}").status_code == 404
