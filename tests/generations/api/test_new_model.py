"""Adding a model is one file: laid into the catalogue's folder, everything knows it and nothing else was edited."""

import shutil
import sys
from pathlib import Path

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from billing import invariants
from generations import catalog, storage
from generations.api import api, documentation
from generations.models import Generation
from tests.generations.api import new_model
from tests.generations.api.calling import AT_ONCE, INLINE, PNG, call
from tests.generations.api.test_refusals import refused

ASKED = {"model": "postcard", "image": INLINE, "place": "a beach"}
NAMES = ["changebg", "postcard", "removebg"]


def forget():
    catalog._entries.cache_clear()
    documentation.document.cache_clear()
    sys.modules.pop("generations.catalog.postcard", None)


@pytest.fixture(autouse=True)
def laid_in(tmp_path, monkeypatch):
    """One more folder of the catalogue with the one file in it; a new process is not needed to find it."""
    shutil.copy(Path(str(new_model.__file__)), tmp_path / "postcard.py")
    monkeypatch.setattr(catalog, "__path__", [*catalog.__path__, str(tmp_path)])
    forget()
    yield
    monkeypatch.undo()
    forget()
    assert [model.id for model in catalog.available()] == ["changebg", "removebg"]


def test_it_is_found_and_charged_at_its_own_price(alices):
    answer = alices.post("/generate", headers=AT_ONCE, json=ASKED | {"stamps": "2", "weather": {"wind": "7"}})
    assert answer.status_code == 202, answer.text
    row = Generation.objects.get(id=answer.json()["id"])
    assert (row.model, row.cost, row.params["prompt"]) == ("postcard", 3, "a beach in summer")
    assert (row.params["stamps"], row.params["weather"]) == (2, {"sky": "clear", "wind": 7})
    made = alices.get(f"/generations/{alices.made(**ASKED, prompt=None)}").json()["result"]
    assert (made["model"], made["tokens_used"], alices.someone.available) == ("postcard", 3, 4)
    assert invariants.breaks() == []


def test_a_form_is_read_by_it_too(alices):
    form = {"model": "postcard", "place": "a beach", "weather.sky": "clouds", "signed": "true"}
    answer = alices.post("/generate", headers=AT_ONCE, data=form, files={"image": ("a.png", PNG)})
    params = Generation.objects.get(id=answer.json()["id"]).params
    assert (params["weather"], params["signed"]) == ({"sky": "clouds", "wind": None}, True)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"place": None}, ["place"]),
        ({"season": "spring", "stamps": 10}, ["season", "stamps"]),
        ({"weather": {"sky": "red", "rain": 1}}, ["weather.rain", "weather.sky"]),
        ({"background": {"color": "#ffffff"}, "prompt": "x"}, ["background", "prompt"]),
    ],
    ids=str,
)
def test_it_is_validated_by_its_file(alices, changed, fields):
    body = {name: value for name, value in (ASKED | changed).items() if value is not None}
    answer = alices.post("/generate", headers=AT_ONCE, json=body)
    assert (answer.status_code, sorted(answer.json()["error"]["fields"])) == (422, fields)


def test_its_price_is_asked_of_the_wallet(charlies):
    refused(charlies.post("/generate", json=ASKED), 402, "INSUFFICIENT_TOKENS", required=3, balance=0)


def test_refusals_name_it(alices):
    refused(alices.generate(model="nothing"), 422, "UNKNOWN_MODEL", available=["postcard", "changebg", "removebg"])


def test_models_list_it():
    models = call("GET", "/models").json()["models"]
    assert [model["id"] for model in models] == ["postcard", "changebg", "removebg"]
    one = call("GET", "/models/postcard").json()["model"]
    assert one == models[0]
    assert (one["name"], one["category"], one["tokens"]) == ("Postcard AI", "Explore", 3)
    check = Draft202012Validator(one["parameters"])
    check.validate(new_model.MODEL.request)
    assert not check.is_valid(new_model.MODEL.request | {"stamps": 10})


def test_the_description_knows_it():
    described = call("GET", "/openapi.json").json()
    validate(described)
    assert described == documentation.document(api)
    content = described["paths"]["/api/v1/generate"]["post"]["requestBody"]["content"]
    for kind, suffix in (("application/json", ""), ("multipart/form-data", ".form")):
        chosen = content[kind]["schema"]["discriminator"]["mapping"]
        assert sorted(chosen) == NAMES
        assert chosen["postcard"] == f"#/components/schemas/postcard{suffix}"
    assert content["application/json"]["examples"]["postcard"]["value"] == new_model.MODEL.request
    assert content["multipart/form-data"]["examples"]["postcard"]["value"]["weather.sky"] == "clouds"
    assert described["components"]["schemas"]["postcard.Weather"]["properties"]["sky"]["enum"] == ["clear", "clouds"]
    answers = described["paths"]["/api/v1/generate"]["post"]["responses"]["422"]["content"]["application/json"]
    assert "postcard" in answers["examples"]["UNKNOWN_MODEL"]["value"]["error"]["available"]


@pytest.fixture
def page(alices):
    client = Client()
    client.force_login(alices.someone.user)
    return client


def test_the_studio_has_a_form_for_it(page, alices):
    shown = page.get("/studio/postcard").content.decode()
    assert new_model.MODEL.overview in shown
    for name in ("place", "season", "stamps", "signed", "weather_sky", "weather_wind", "seed", "format"):
        assert shown.count(f'name="{name}"') == 1, name
    assert "How many stamps." in shown
    for name in ("background_kind", "canvas_aspect", "mask"):
        assert f'name="{name}"' not in shown
    assert "Postcard AI" in page.get("/studio").content.decode()
    assert 'name="season"' not in page.get("/studio").content.decode()


def test_the_studio_runs_it(page, alices):
    upload = storage.store_upload(workspace_id=alices.someone.workspace.id, data=PNG).id
    form = {"upload": upload, "place": "a beach", "season": "winter", "signed": "on", "weather_sky": "clouds"}
    answer = page.post("/studio/postcard", form | {"stamps": "4", "format": "jpeg"})
    row = Generation.objects.get(workspace=alices.someone.workspace)
    assert (answer.status_code, row.model, row.cost) == (303, "postcard", 3)
    assert row.params["prompt"] == "a beach in winter"
    told = {name: row.params[name] for name in ("stamps", "signed", "weather", "format")}
    assert told == {"stamps": 4, "signed": True, "weather": {"sky": "clouds", "wind": None}, "format": "jpeg"}
    again = page.get(f"/studio/postcard?again={row.id}").content.decode()
    assert '<option value="winter" selected>' in again


def test_the_studio_says_what_is_wrong_at_the_field(page, alices):
    upload = storage.store_upload(workspace_id=alices.someone.workspace.id, data=PNG).id
    answer = page.post("/studio/postcard", {"upload": upload, "stamps": "12", "weather_wind": "storm"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    for name, sentence in (
        ("place", "This is required."),
        ("stamps", "This must be 9 or less."),
        ("weather_wind", "This must be a whole number."),
    ):
        assert f'href="#id_{name}"' in shown
        assert sentence in shown
    assert not Generation.objects.filter(workspace=alices.someone.workspace).exists()
