from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from generations import running, storage
from generations.errors import InvalidParameters
from generations.models import Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("quick", "files")

PNG = quick_pictures.png()


def send(someone: Person, data: bytes = PNG) -> Upload:
    return storage.store_upload(workspace_id=someone.workspace.id, data=data)


def refusal(someone: Person) -> str:
    with pytest.raises(InvalidParameters) as refused:
        storage.store_input(workspace_id=someone.workspace.id, data=PNG)
    [sentence] = refused.value.extra["fields"]["image"]
    return str(sentence)


def test_a_picture_sent_again_is_the_same_upload(alice: Person, charlie: Person) -> None:
    first = send(alice)
    again = send(alice)
    assert again == first
    assert again.delete_after > first.delete_after
    assert send(charlie) != first
    assert Upload.objects.count() == 2


def test_a_lapsed_upload_is_not_given_out_again(alice: Person) -> None:
    first = send(alice)
    Upload.objects.update(delete_after=first.created_at)
    assert send(alice) != first


def test_so_many_pictures_are_kept(alice: Person, charlie: Person, settings: Any) -> None:
    settings.KEPT_OBJECTS_CAP = 2
    send(alice)
    made = submitted(alice)
    assert "2 pictures" in refusal(alice)
    send(charlie)
    # A success replaces what was received.
    running.run(generation_id=made.id)
    send(alice, PNG + b"another")


def test_so_much_is_kept(alice: Person, settings: Any) -> None:
    settings.KEPT_MIB_CAP = 1
    send(alice, PNG + bytes(2**20 - 2 * len(PNG)))
    submitted(alice)
    assert "1 MiB" in refusal(alice)


def test_the_studio_says_so_at_the_photo(client: Any, alice: Person, settings: Any) -> None:
    settings.KEPT_OBJECTS_CAP = 1
    client.force_login(alice.user)
    send(alice)
    page = client.post(reverse("generations:upload"), {"image": SimpleUploadedFile("chair.png", PNG + b"another")})
    assert page.status_code == 422
    assert "We keep at most 1 pictures" in page.json()["message"]
