"""The studio by its plain form: a photo is kept whatever else is wrong, and one form makes one run."""

import re
from typing import Any
from uuid import uuid4

import brotli
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import workspaces
from billing import invariants, ledger
from generations import running, storage
from generations.images import gate
from generations.models import Generation, State, Upload
from generations.views import photos
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.material import png_with

pytestmark = pytest.mark.usefixtures("committed_db", "files")

PROMPT = "a bright minimalist showroom with white walls and natural light"


@pytest.fixture
def studio(client: Client, alice: Person) -> "Studio":
    client.force_login(alice.user)
    return Studio(client, alice)


class Studio:
    """alice at the form."""

    def __init__(self, client: Client, person: Person) -> None:
        self.client, self.person, self.url = client, person, reverse("generations:studio")

    def send(self, *, photo: bytes | None = None, **fields: Any) -> Any:
        """Send the form as a browser does; `photo` is the file of its first field."""
        data = {"submission_id": str(uuid4()), "background_kind": "scene", "format": "png", "shadow": "contact"}
        if photo is not None:
            fields["image"] = SimpleUploadedFile("chair.png", photo)
        return self.client.post(self.url, data | fields)

    def rows(self) -> list[Generation]:
        return list(Generation.objects.for_workspace(self.person.workspace))


def kept_upload(response: Any) -> str:
    """Return the upload id the page carries on."""
    return re.search(r'name="upload" value="([^"]*)"', response.content.decode())[1]  # type: ignore[index]


def test_a_visitor_is_led_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/studio")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/studio"


def test_a_photo_and_words_make_a_run(studio: Studio) -> None:
    response = studio.send(photo=quick_pictures.png(), prompt=f"  {PROMPT} ", seed="7")
    row = studio.rows()[0]
    assert (response.status_code, response["Location"]) == (303, f"/g/{row.id}")
    assert (row.state, row.cost, row.livemode, row.api_key) == (State.QUEUED, 1, True, None)
    assert row.params == {"prompt": PROMPT, "format": "png", "seed": 7, "shadow": "contact"}
    assert storage.read(row.inputs["image"]["object_key"]) == quick_pictures.png()
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).held == 1
    assert invariants.breaks() == []


def test_a_seed_is_chosen_and_kept_where_none_was_given(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT)
    assert isinstance(studio.rows()[0].params["seed"], int)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"prompt": ""}, "Describe the place the subject should be in."),
        ({"prompt": PROMPT, "seed": "soon"}, "This must be a whole number."),
        ({"prompt": PROMPT, "seed": "-1"}, "This must be 0 or more."),
        ({"background_kind": "color", "background_color": "red"}, "Write the color as #rrggbb"),
        ({"background_kind": "color"}, "Write the color as #rrggbb"),
        ({"background_kind": "picture"}, "Choose a picture for the background."),
        ({"prompt": PROMPT, "format": "gif"}, "Select a valid choice."),
    ],
)
def test_a_mistake_keeps_the_photo(studio: Studio, fields: dict[str, str], sentence: str) -> None:
    response = studio.send(photo=quick_pictures.png(), **fields)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert studio.rows() == []
    again = studio.send(upload=kept_upload(response), prompt=PROMPT)
    assert again.status_code == 303


def test_without_a_photo_nothing_starts(studio: Studio) -> None:
    response = studio.send(prompt=PROMPT)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a photo." in page
    assert f">{PROMPT}</textarea>" in page


@pytest.mark.parametrize("data", [b"no picture at all", b"GIF89a" + b"\0" * 40, quick_pictures.png()[:30]])
def test_what_is_no_picture_is_refused_and_said(studio: Studio, data: bytes) -> None:
    response = studio.send(photo=data, prompt=PROMPT)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_image_error"' in page
    assert "charged" in page
    assert f">{PROMPT}</textarea>" in page
    assert studio.rows() == []


def test_without_tokens_photo_and_words_stay_and_nothing_is_charged(client: Client, charlie: Person) -> None:
    client.force_login(charlie.user)
    studio = Studio(client, charlie)
    response = studio.send(photo=quick_pictures.png(), prompt=PROMPT)
    page = response.content.decode()
    assert response.status_code == 402
    assert "This needs 1 token; you have 0. Nothing was charged." in page
    assert kept_upload(response)
    assert f">{PROMPT}</textarea>" in page
    assert studio.rows() == []
    assert invariants.breaks() == []


def test_the_same_form_sent_twice_is_one_run(studio: Studio) -> None:
    once = {"submission_id": str(uuid4()), "prompt": PROMPT}
    first = studio.send(photo=quick_pictures.png(), **once)
    second = studio.send(photo=quick_pictures.png(), **once)
    assert first["Location"] == second["Location"]
    assert len(studio.rows()) == 1
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).held == 1


def test_the_same_form_with_other_words_asks_to_be_sent_again(studio: Studio) -> None:
    once = str(uuid4())
    studio.send(photo=quick_pictures.png(), submission_id=once, prompt=PROMPT)
    response = studio.send(photo=quick_pictures.png(), submission_id=once, prompt="a loft")
    assert response.status_code == 409
    assert "already sent with other values" in response.content.decode()
    fresh = re.search(r'name="submission_id" value="([^"]+)"', response.content.decode())[1]  # type: ignore[index]
    assert fresh != once
    assert studio.send(submission_id=fresh, upload=kept_upload(response), prompt="a loft").status_code == 303


def test_a_color_and_a_picture_behind_the_subject(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), background_kind="color", background_color="#F4F1EA")
    own = SimpleUploadedFile("wall.png", quick_pictures.png(shade=200))
    studio.send(photo=quick_pictures.png(), background_kind="picture", background_image=own, background_fit="contain")
    picture, color = studio.rows()
    assert color.params["background"] == {"color": "#f4f1ea"}
    assert picture.params["background"] == {"fit": "contain"}
    assert storage.read(picture.inputs["background"]["object_key"]) == quick_pictures.png(shade=200)


def test_a_suggestion_fills_the_words_without_scripts(studio: Studio) -> None:
    response = studio.send(photo=quick_pictures.png(), suggestion="a loft with brick walls")
    assert response.status_code == 200
    assert ">a loft with brick walls</textarea>" in response.content.decode()
    assert kept_upload(response)
    assert studio.rows() == []


def test_what_a_suggestion_took_the_place_of_comes_back_without_scripts(studio: Studio) -> None:
    filled = studio.send(photo=quick_pictures.png(), prompt="my own words", suggestion="a loft").content.decode()
    assert 'name="suggestion" value="my own words" data-undo>' in filled
    untouched = studio.client.get(studio.url).content.decode()
    assert "data-undo hidden>" in untouched


@pytest.mark.parametrize("days", ["0", "366", "soon"])
def test_days_outside_a_year_are_refused_at_their_field(studio: Studio, days: str) -> None:
    response = studio.send(photo=quick_pictures.png(), prompt=PROMPT, retention_days=days)
    assert response.status_code == 422
    assert 'id="id_retention_days_error"' in response.content.decode()
    assert studio.rows() == []


def test_a_run_is_kept_for_the_days_asked_for(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, retention_days="3")
    row = studio.rows()[0]
    assert round((row.delete_after - row.created_at).total_seconds() / 86400) == 3


@pytest.mark.parametrize("name", photos.SAMPLES)
def test_each_sample_can_be_chosen_and_run(studio: Studio, name: str) -> None:
    page = studio.client.get(studio.url, {"sample": name}).content.decode()
    assert f'name="sample" value="{name}"' in page
    assert studio.send(sample=name, prompt=PROMPT).status_code == 303
    image = studio.rows()[0].inputs["image"]
    assert (image["width_px"], image["height_px"]) == photos.SAMPLE_SIZES_PX.get(name, photos.USUAL_SIZE_PX)


def test_an_upload_of_somebody_else_is_not_used(studio: Studio, charlie: Person) -> None:
    theirs = storage.store_upload(workspace_id=charlie.workspace.id, data=quick_pictures.png())
    response = studio.send(upload=theirs.id, prompt=PROMPT)
    assert response.status_code == 422
    assert "not kept any more" in response.content.decode()
    assert studio.rows() == []


def test_the_script_sends_the_photo_ahead(studio: Studio) -> None:
    url = reverse("generations:upload")
    answer = studio.client.post(url, {"image": SimpleUploadedFile("a.png", quick_pictures.png())})
    assert answer.status_code == 201
    assert answer.json()["size"] == "16 x 16 px"
    assert Upload.objects.for_workspace(studio.person.workspace).get().id == answer.json()["id"]
    refused = studio.client.post(url, {"image": SimpleUploadedFile("a.png", b"nothing")})
    assert refused.status_code == 422
    assert refused.json()["message"]
    assert studio.client.post(url).status_code == 422


def test_an_earlier_run_gives_photo_and_settings(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, seed="7", format="webp")
    earlier = studio.rows()[0]
    page = studio.client.get(studio.url, {"again": str(earlier.id)}).content.decode()
    assert f">{PROMPT}</textarea>" in page
    assert '<option value="webp" selected>' in page
    assert studio.send(again=str(earlier.id), prompt="a loft").status_code == 303
    assert storage.read(studio.rows()[0].inputs["image"]["object_key"]) == quick_pictures.png()


@pytest.fixture
def noisy_run(studio: Studio, quick: None) -> Generation:
    """A finished run whose photo has lapsed and whose clean one, noisy and of 13 megapixels, weighs more than anybody
    may send."""
    studio.send(photo=quick_pictures.png(), prompt=PROMPT)
    row = studio.rows()[0]
    running.run(generation_id=row.id)
    row.refresh_from_db()
    data = png_with(width=4200, height=3100) + bytes(gate.LIMIT_BYTES)
    row.inputs["image"]["object_key"] = storage.write(key=f"gen/{row.id}/1-{'a' * 32}.png", data=data)
    row.save()
    Upload.objects.for_workspace(studio.person.workspace).delete()
    return row


def test_a_large_noisy_photo_can_be_used_again(studio: Studio, noisy_run: Generation) -> None:
    assert studio.send(again=str(noisy_run.id), prompt="a loft").status_code == 303
    again = studio.rows()[0]
    assert again.id != noisy_run.id
    assert again.inputs["image"]["size_bytes"] > gate.LIMIT_BYTES
    running.run(generation_id=again.id)
    again.refresh_from_db()
    assert again.state == State.SUCCEEDED


def test_it_still_counts_to_what_is_kept(studio: Studio, noisy_run: Generation, settings: Any) -> None:
    settings.KEPT_MIB_CAP = 20
    refused = studio.send(again=str(noisy_run.id), prompt="a loft")
    assert refused.status_code == 422
    assert "20 MiB" in refused.content.decode()


def test_the_same_bytes_from_outside_are_too_large(studio: Studio, noisy_run: Generation) -> None:
    data = storage.read(noisy_run.inputs["image"]["object_key"])
    assert studio.send(photo=data, prompt=PROMPT).status_code == 422
    assert len(studio.rows()) == 1


def test_an_earlier_run_of_somebody_else_gives_nothing(studio: Studio, client: Client, charlie: Person) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT)
    theirs = studio.rows()[0]
    client.force_login(charlie.user)
    page = client.get(studio.url, {"again": str(theirs.id)}).content.decode()
    assert PROMPT not in page.split("<textarea")[1].split("</textarea>")[0].split(">", 1)[1]
    assert Studio(client, charlie).send(again=str(theirs.id), prompt=PROMPT).status_code == 422


def test_price_and_balance_after_stand_on_the_page(studio: Studio) -> None:
    page = studio.client.get(studio.url).content.decode()
    assert re.search(r"Generate<span class=\"btn__cost\"><span class=\"num\">1</span> token</span>", page)
    assert "Generate 4 images" in page
    assert 'Balance after: <span class="num">9</span>' in page


def test_the_page_is_private_and_asks_few_questions(studio: Studio, django_assert_max_num_queries: Any) -> None:
    workspaces.personal(user=studio.person.user)
    with django_assert_max_num_queries(12):
        response = studio.client.get(studio.url)
    assert "no-store" in response["Cache-Control"]
    assert len(brotli.compress(response.content)) <= 20 * 1024


def test_the_script_sends_a_mask_or_the_name_of_a_photo_ahead(studio: Studio) -> None:
    url = reverse("generations:upload")
    mask = studio.client.post(url, {"mask": SimpleUploadedFile("m.png", quick_pictures.png())})
    assert mask.status_code == 201
    assert "outline" not in mask.json(), "nobody looks for a subject in a mask"
    sample = studio.client.post(url, {"sample": "plant"})
    assert sample.json()["size"] == "1000 x 800 px"
    assert sample.json()["outline"].endswith(sample.json()["id"])
    assert studio.client.post(url, {"sample": "no-such-sample"}).status_code == 422
