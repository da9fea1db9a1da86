"""The description is valid OpenAPI 3.1, names every status, and our answers are what it says."""

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from generations import catalog, wording
from generations.api import api, documentation
from tests.generations.api.calling import BODY, PNG, call, program

NAMES = [model.id for model in catalog.available()]


@pytest.fixture(scope="module")
def description():
    return call("GET", "/openapi.json").json()


# Keywords by which OpenAPI 3.1 bounds a number; pydantic's own (`ge`, `le`) would mean nothing to a reader.
BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}


def numbers(value, path=""):
    """Every schema of a number below this value, by where it stands."""
    if isinstance(value, list):
        value = {str(place): inner for place, inner in enumerate(value)}
    if not isinstance(value, dict):
        return {}
    found = {path: value} if value.get("type") in ("integer", "number") else {}
    return found | {at: one for name, inner in value.items() for at, one in numbers(inner, f"{path}/{name}").items()}


def checked(description, path, method, answer):
    """Check an answer's body against what the description says of its status."""
    responses = description["paths"][f"/api/v1{path}"][method]["responses"]
    assert str(answer.status_code) in responses, f"{method} {path}: {answer.status_code} is not described"
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    valid(description, schema, answer.json())


def test_it_is_valid(description):
    validate(description)
    assert description["openapi"].startswith("3.1")
    assert description == documentation.document(api)


def test_every_operation_is_complete(description):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            about = f"{method} {path}"
            assert operation["operationId"], about
            assert operation["description"], about
            is_public = path.startswith(("/api/v1/models", "/api/v1/openapi"))
            assert ("security" in operation) != is_public, about
            wanted = {"200", "406", "500"} | (set() if is_public else {"401", "403"})
            assert wanted <= set(operation["responses"]), about
            assert all(answer["content"] for answer in operation["responses"].values()), about


def test_generate_is_described_with_examples(description):
    operation = description["paths"]["/api/v1/generate"]["post"]
    body = operation["requestBody"]["content"]["application/json"]
    model = catalog.get("changebg")
    assert body["examples"]["changebg"]["value"] == model.request
    Draft202012Validator({**body["schema"], "components": description["components"]}).validate(model.request)
    statuses = {str(words.http_status) for words in wording.WORDS.values()} - {"404", "405"}
    assert statuses | {"200", "202"} == set(operation["responses"])


def valid(description, schema, example):
    whole = {"$ref": "#/schema", "schema": schema, "components": description["components"]}
    Draft202012Validator(whole).validate(example)


def examples_of(description, content):
    """Return a body's or an answer's examples, beside its schema or in it."""
    named = description["components"]["schemas"].get(content["schema"].get("$ref", "").rpartition("/")[2], {})
    beside = [one["value"] for one in content.get("examples", {}).values()]
    return beside or ([content["example"]] if "example" in content else named.get("examples", []))


def test_every_operation_has_examples_that_are_what_it_says(description):
    """Of each kind of body, each success, and each code of each refusal."""
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            sent = operation.get("requestBody", {}).get("content", {})
            answered = {status: one["content"]["application/json"] for status, one in operation["responses"].items()}
            for about, content in {**sent, **answered}.items():
                found = examples_of(description, content)
                assert found, f"{method} {path}: {about} has no example"
                for example in found:
                    valid(description, content["schema"], example)


def test_an_operation_names_the_errors_it_can_give(description):
    """Not every code of the status: one who writes a program has to handle what is named."""

    def named(method, path, status):
        response = description["paths"][f"/api/v1{path}"][method]["responses"][status]
        assert response["description"] == f"One of: {', '.join(response['content']['application/json']['examples'])}."
        return set(response["content"]["application/json"]["examples"])

    one = "/generations/{generation_id}"
    assert named("post", f"{one}/refuse", "409") == {"REFUSE_NOT_ALLOWED"}
    assert named("post", f"{one}/cancel", "409") == {"ALREADY_FINISHED"}
    assert named("post", "/generate", "409") == {"IDEMPOTENCY_CONFLICT", "GENERATION_CANCELED"}
    assert named("post", "/uploads", "422") == {"INVALID_PARAMETERS", "IMAGE_UNREADABLE", "IMAGE_FORMAT_NOT_ALLOWED"}
    assert named("get", "/usage", "422") == {"INVALID_PARAMETERS"}
    assert named("get", "/balance", "413") == {"BODY_TOO_LARGE"}
    assert named("get", "/models", "406") == {"NOT_ACCEPTABLE"}


def test_the_model_decides_what_a_body_is(description):
    """Each body is one of the models' schemas, named by `model`: no other of them takes it."""
    content = description["paths"]["/api/v1/generate"]["post"]["requestBody"]["content"]
    for kind, about in content.items():
        chosen = about["schema"]["discriminator"]
        assert chosen["propertyName"] == "model"
        assert list(chosen["mapping"]) == NAMES
        assert [one["$ref"] for one in about["schema"]["oneOf"]] == list(chosen["mapping"].values())
        for name, example in about["examples"].items():
            taking = [one for one, ref in chosen["mapping"].items() if takes(description, ref, example["value"])]
            assert taking == [name], kind


def takes(description, ref, value):
    return Draft202012Validator({"$ref": ref, **description}).is_valid(value)


def test_every_number_is_bounded_in_words_of_the_standard(description):
    plain = {"type", "default", "title", "description", "examples"}
    every = numbers(description)
    assert {at: one for at, one in every.items() if set(one) - plain - BOUNDS} == {}
    asked = {name.replace(".", "/"): one for name, one in description["components"]["schemas"].items()}
    sent = numbers({name: one for name, one in asked.items() if name.partition("/")[0] in NAMES})
    assert any(at.startswith("/changebg/Canvas/") for at in sent)
    assert sent
    assert {at: one for at, one in sent.items() if not {"minimum", "maximum"} <= set(one)} == {}
    seeds = [one for at, one in sent.items() if "/seed/" in at]
    days = [one for at, one in sent.items() if "/retention_days/" in at]
    assert seeds == [{"type": "integer", "minimum": 0, "maximum": 2**31 - 1}]
    assert days == [{"type": "integer", "minimum": 1, "maximum": 365}] * len(catalog.available())


def test_answers_are_as_described(description, alices, charlies):
    one = "/generations/{generation_id}"
    done, waiting = alices.made(), alices.generate()
    checked(description, "/generate", "post", waiting)
    checked(description, "/generate", "post", call("POST", "/generate", key=charlies.key, json=BODY))
    checked(description, "/generate", "post", call("POST", "/generate"))
    checked(description, "/generate", "post", alices.generate(image="hello"))
    for identity in (done, waiting.json()["id"]):
        checked(description, one, "get", alices.get(f"/generations/{identity}"))
        here = f"http://localhost:8000/api/v1/generations/{identity}"
        checked(description, "/results", "get", alices.get("/results", params={"processing_url": here}))
    checked(description, f"{one}/proof", "get", alices.get(f"/generations/{done}/proof"))
    checked(description, f"{one}/proof", "get", alices.get(f"/generations/{waiting.json()['id']}/proof"))
    checked(description, "/generations", "get", alices.get("/generations"))
    canceled = alices.post(f"/generations/{waiting.json()['id']}/cancel")
    checked(description, f"{one}/cancel", "post", canceled)
    checked(description, f"{one}/cancel", "post", alices.post(f"/generations/{done}/cancel"))
    for identity in (done, done, canceled.json()["id"]):
        answer = alices.post(f"/generations/{identity}/refuse", json={"reason": "blurred"})
        checked(description, f"{one}/refuse", "post", answer)
    checked(description, f"{one}/refuse", "post", alices.post(f"/generations/{done}/refuse", json={}))
    checked(description, one, "get", alices.get(f"/generations/{done}"))
    checked(description, one, "delete", alices.delete(f"/generations/{done}"))
    checked(description, one, "get", alices.get(f"/generations/{done}"))
    checked(description, one, "get", charlies.get(f"/generations/{done}"))
    checked(description, "/balance", "get", program(alices.someone).get("/balance"))
    for group_by in ("day", "key", "model"):
        checked(description, "/usage", "get", alices.get("/usage", params={"group_by": group_by}))
    checked(description, "/usage", "get", alices.get("/usage", params={"from": "x"}))
    checked(description, "/uploads", "post", alices.post("/uploads", files={"file": ("a.png", PNG)}))
    checked(description, "/uploads", "post", alices.post("/uploads", json={}))
    checked(description, "/models", "get", call("GET", "/models"))
    checked(description, "/models/{model_id}", "get", call("GET", "/models/changebg"))
    checked(description, "/models/{model_id}", "get", call("GET", "/models/video"))
    checked(description, "/openapi.json", "get", call("GET", "/openapi.json"))
