"""A mask in the studio's plain form: kept whatever else is wrong, dropped with its photo, one's own only."""

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from generations import storage
from generations.models import Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.test_studio import PROMPT, Studio, kept_upload

pytestmark = pytest.mark.usefixtures("committed_db", "files")


@pytest.fixture
def studio(client: Client, alice: Person) -> Studio:
    client.force_login(alice.user)
    return Studio(client, alice)


def test_a_mask_is_kept_and_sent_with_the_run(studio: Studio) -> None:
    mask = SimpleUploadedFile("mask.png", quick_pictures.png(shade=255))
    kept = studio.send(photo=quick_pictures.png(), mask=mask, prompt="")
    named = re.search(r'name="mask_upload" value="(upl_[^"]+)"', kept.content.decode())
    assert named, "a mistake elsewhere loses no mask"
    assert studio.send(upload=kept_upload(kept), mask_upload=named[1], prompt=PROMPT).status_code == 303
    assert storage.read(studio.rows()[0].inputs["mask"]["object_key"]) == quick_pictures.png(shade=255)


def test_a_mask_that_is_no_picture_is_said_at_its_field(studio: Studio) -> None:
    mask = SimpleUploadedFile("mask.png", b"no picture")
    response = studio.send(photo=quick_pictures.png(), mask=mask, prompt=PROMPT)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_mask_error"' in page
    assert kept_upload(response)
    assert studio.rows() == []


def test_another_photo_drops_the_mask(studio: Studio) -> None:
    mask = storage.store_upload(workspace_id=studio.person.workspace.id, data=quick_pictures.png(shade=255))
    studio.send(photo=quick_pictures.png(), mask_upload=mask.id, prompt=PROMPT)
    assert "mask" not in studio.rows()[0].inputs


def test_a_mask_of_somebody_else_is_not_used(studio: Studio, charlie: Person) -> None:
    theirs = storage.store_upload(workspace_id=charlie.workspace.id, data=quick_pictures.png(shade=255))
    kept = kept_upload(studio.send(photo=quick_pictures.png()))
    response = studio.send(upload=kept, mask_upload=theirs.id, prompt=PROMPT)
    assert response.status_code == 422
    assert "not kept any more" in response.content.decode()
    assert studio.rows() == []


def test_an_earlier_run_gives_its_mask_while_that_is_kept(studio: Studio) -> None:
    mask = SimpleUploadedFile("mask.png", quick_pictures.png(shade=255))
    studio.send(photo=quick_pictures.png(), mask=mask, prompt=PROMPT)
    page = studio.client.get(studio.url, {"again": str(studio.rows()[0].id)}).content.decode()
    kept = Upload.objects.for_workspace(studio.person.workspace).get(
        sha256=hashlib.sha256(quick_pictures.png(shade=255)).digest()
    )
    assert f'name="mask_upload" value="{kept.id}"' in page
    Upload.objects.filter(pk=kept.id).update(delete_after=Now())
    page = studio.client.get(studio.url, {"again": str(studio.rows()[0].id)}).content.decode()
    assert 'name="mask_upload" value=""' in page


def test_a_model_that_takes_no_mask_shows_the_subject_that_was_found(studio: Studio) -> None:
    mask = storage.store_upload(workspace_id=studio.person.workspace.id, data=quick_pictures.png(shade=255))
    kept = kept_upload(studio.send(photo=quick_pictures.png()))
    values = {"upload": kept, "mask_upload": mask.id, "switch": "x"}
    with_mask = studio.client.post(studio.url, values).content.decode()
    without = studio.client.post(reverse("generations:studio_model", args=["removebg"]), values).content.decode()
    asked = re.compile(r'hx-get="/studio/outline/[^"]*mask=')
    assert asked.search(with_mask)
    assert not asked.search(without)
    assert f'name="mask_upload" value="{mask.id}"' in without
