"""removebg over HTTP: a cut-out in PNG or WebP, listed beside changebg, held and charged like it."""

import io
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image

from billing import invariants
from generations import running, storage
from generations.models import Generation
from tests import factories
from tests.generations.api.calling import AT_ONCE, INLINE, call, program
from tests.generations.api.test_canvas import HEIGHT, WIDTH, cut_out, inline
from tests.generations.api.test_refusals import nothing_happened

PHOTO = cut_out(50, 30, 80, 70)
PLAIN = {"model": "removebg", "prompt": None, "image": inline(PHOTO)}


def opened(identity):
    with Image.open(io.BytesIO(storage.read(Generation.objects.get(id=identity).result_key))) as image:
        return image.format, np.asarray(image.convert("RGBA"))


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_a_cut_out_costs_a_token(painted, file_format):
    identity = painted.made(**PLAIN, format=file_format)
    answer = painted.get(f"/generations/{identity}")
    result = answer.json()["result"]
    assert (result["model"], result["tokens_used"], result["engine"]) == ("removebg", 1, "none")
    assert (result["width"], result["height"], result["format"]) == (WIDTH, HEIGHT, file_format)
    assert result["subject"]["unchanged_fraction"] == 1.0
    assert "scene" not in result
    assert result["seed"] is None
    kind, pixels = opened(identity)
    with Image.open(io.BytesIO(PHOTO)) as photo:
        given = np.asarray(photo)
    assert kind == file_format.upper()
    assert np.array_equal(pixels[30:70, 50:80], given[30:70, 50:80])
    assert pixels.sum() == pixels[30:70, 50:80].sum()
    assert painted.someone.available == 9
    assert invariants.breaks() == []


def test_a_form_does_as_well(painted):
    fields, files = {"model": "removebg", "format": "webp"}, {"image": ("chair.png", PHOTO)}
    answer = painted.post("/generate", data=fields, files=files, headers=AT_ONCE)
    running.run(generation_id=UUID(answer.json()["id"]))
    assert opened(answer.json()["id"])[0] == "WEBP"


@pytest.mark.parametrize("changed", [{"format": "jpeg"}, {"prompt": "a beach"}, {"canvas": {}}], ids=str)
def test_what_it_does_not_take_is_named(alices, changed):
    answer = alices.generate(**{"model": "removebg", "prompt": None, "image": INLINE} | changed)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_PARAMETERS")
    assert set(answer.json()["error"]["fields"]) == set(changed)
    nothing_happened(alices.someone)


def test_a_test_key_gets_its_mark_and_pays_nothing(painted):
    tester = program(factories.person(f"tester-{uuid4().hex[:8]}"), livemode=False)
    identity = tester.made(**PLAIN)
    _, pixels = opened(identity)
    clear = np.ones((HEIGHT, WIDTH), bool)
    clear[30:70, 50:80] = False
    assert (pixels[clear][:, 3] > 0).mean() > 0.05
    result = tester.get(f"/generations/{identity}").json()["result"]
    assert (result["tokens_used"], result["subject"]["max_difference"]) == (0, 0)


def test_it_is_listed_and_described():
    listed = {model["id"]: model for model in call("GET", "/models").json()["models"]}
    assert set(listed) >= {"changebg", "removebg"}
    assert listed["removebg"]["parameters"]["properties"]["format"]["enum"] == ["png", "webp"]
    operation = call("GET", "/openapi.json").json()["paths"]["/api/v1/generate"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["examples"]["removebg"]["value"] == {
        "model": "removebg",
        "image": "https://example.com/furniture-photo.jpg",
    }
