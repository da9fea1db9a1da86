"""A photo by its address: fetched before anything else is looked at, by the form alone and by its script."""

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from generations import storage
from generations.models import Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.test_studio import PROMPT, Studio, kept_upload

pytestmark = pytest.mark.usefixtures("committed_db", "files")

PHOTO = quick_pictures.png(shade=90)


class Photos(http.server.BaseHTTPRequestHandler):
    """Answers /photo.png with a picture, /page with something else, anything else with 404."""

    def do_GET(self) -> None:
        found = {"/photo.png": PHOTO, "/page": b"<html>no picture</html>"}.get(self.path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(settings: Any) -> Iterator[str]:
    """The address of somebody's server of pictures, which the operator allows."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Photos) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        place = f"127.0.0.1:{server.server_port}"
        settings.FETCH_ALLOW_HOSTS = [place]
        yield f"http://{place}"
        server.shutdown()
        thread.join()


@pytest.fixture
def studio(client: Client, alice: Person) -> Studio:
    client.force_login(alice.user)
    return Studio(client, alice)


def test_a_link_and_words_make_a_run(studio: Studio, elsewhere: str) -> None:
    assert studio.send(image_url=f" {elsewhere}/photo.png ", prompt=PROMPT).status_code == 303
    assert storage.read(studio.rows()[0].inputs["image"]["object_key"]) == PHOTO


def test_its_button_fetches_it_without_scripts(studio: Studio, elsewhere: str) -> None:
    response = studio.send(image_url=f"{elsewhere}/photo.png", prompt=PROMPT, mask_upload="upl_of_another", link="1")
    page = response.content.decode()
    assert response.status_code == 200
    kept = Upload.objects.for_workspace(studio.person.workspace).get()
    assert kept_upload(response) == kept.id
    assert 'name="image_url" value=""' in page
    assert 'name="mask_upload" value=""' in page
    assert f">{PROMPT}</textarea>" in page
    assert studio.rows() == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://10.0.0.1/photo.png", "Use a public https"),
        ("no address", "Use a public https"),
        ("{}/nothing.png", "charged"),
        ("{}/page", "charged"),
        ("https://example.com/" + "a" * 2000, "too long"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"link": "1"}, {"suggestion": "a loft"}])
def test_what_cannot_be_had_is_said_at_the_field(
    studio: Studio, elsewhere: str, address: str, sentence: str, button: dict[str, str]
) -> None:
    wanted = address.format(elsewhere)
    response = studio.send(**{"image_url": wanted, "prompt": PROMPT} | button)
    page = response.content.decode()
    assert response.status_code == 422
    said = page[page.index('id="id_image_url_error"') :][:600]
    assert sentence in said
    assert f'name="image_url" value="{wanted}"' in page
    assert "Choose a photo.</a>" not in page
    assert studio.rows() == []


def test_a_file_beside_it_comes_first(studio: Studio, elsewhere: str) -> None:
    studio.send(photo=quick_pictures.png(), image_url=f"{elsewhere}/nothing.png", prompt=PROMPT)
    assert storage.read(studio.rows()[0].inputs["image"]["object_key"]) == quick_pictures.png()


def test_the_script_has_it_fetched_ahead(studio: Studio, elsewhere: str) -> None:
    url = reverse("generations:upload")
    answer = studio.client.post(url, {"image_url": f"{elsewhere}/photo.png"})
    assert (answer.status_code, answer.json()["size"]) == (201, "16 x 16 px")
    refused = studio.client.post(url, {"image_url": "http://10.0.0.1/a.png"})
    assert refused.status_code == 422
    assert "public https" in refused.json()["message"]
