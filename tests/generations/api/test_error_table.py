"""Every error of the contract, provoked: status, code, fields, headers, nothing charged, and described."""

import ast
from pathlib import Path

import pytest
from django.conf import settings as product
from jsonschema import Draft202012Validator

from billing import invariants
from generations import wording
from generations.api import error_examples
from tests.generations.api import test_overload
from tests.generations.api.calling import call
from tests.generations.api.error_table import TABLE, Stage

USUAL = {"code", "message", "request_id"}
PACKAGES = ("accounts", "billing", "generations", "roomai_web")


@pytest.fixture(scope="module")
def description():
    return call("GET", "/openapi.json").json()


@pytest.fixture
def stage(alices, charlies, settings):
    """Two programs, and a queue that looks again once the row has played."""
    test_overload.look_again()
    yield Stage(alices, charlies, settings)
    test_overload.forget()


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_an_error_is_as_the_table_says(row, stage, description, request):
    if row.painted:
        request.getfixturevalue("painted")
    answer = row.provoke(stage)
    body = answer.json()
    assert (answer.status_code, set(body), body["status"]) == (row.status, {"status", "error"}, "error"), body
    said = body["error"]
    assert said["code"] == row.code
    assert {name: value for name, value in said.items() if name not in USUAL} == row.extra
    assert said["message"].strip()
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Tokens-Charged"] == "0"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert {name: answer.headers.get(name) for name in row.headers} == row.headers
    assert ("Retry-After" in answer.headers) == ("retry_after_s" in row.extra)
    posted, held = stage.before
    assert answer.headers.get("X-Tokens-Remaining") == (str(posted - held) if row.has_key else None)
    assert (stage.figures(), invariants.breaks()) == (stage.before, [])
    described(description, row, body)


def described(description, row, body):
    """Check an answer against the description of its operation; no operation describes a method it has not."""
    responses = description["paths"][f"/api/v1{row.where[1]}"][row.where[0]]["responses"]
    schema = {"$ref": "#/components/schemas/ErrorBody"}
    if row.status != 405:
        content = responses[str(row.status)]["content"]["application/json"]
        schema = content["schema"]
        assert row.code in content["examples"]
        assert row.code in responses[str(row.status)]["description"]
    Draft202012Validator({**schema, "components": description["components"]}).validate(body)
    assert row.code in description["components"]["schemas"]["Error"]["properties"]["code"]["enum"]


def codes_of_the_tree():
    """Every code that a class of ours carries, wherever it is, and every code there are words for."""
    found = set(wording.WORDS)
    for path in (path for package in PACKAGES for path in Path(product.BASE_DIR, package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found |= {value for one in node.body if (value := code_in(one))}
    return found


def code_in(statement):
    """The text a class body gives the name `code`; None for any other statement."""
    targets = {ast.Assign: lambda: statement.targets, ast.AnnAssign: lambda: [statement.target]}
    names = [getattr(one, "id", "") for one in targets.get(type(statement), list)()]
    return statement.value.value if names == ["code"] and isinstance(statement.value, ast.Constant) else None


def test_every_code_has_a_row():
    rows = {row.code for row in TABLE}
    assert codes_of_the_tree() - rows == set(), "a code without a row in error_table.py"
    assert rows - codes_of_the_tree() == set(), "a row for a code that nothing raises"


def test_every_code_has_the_status_of_its_words():
    assert {str(row): row.status for row in TABLE} == {str(row): wording.of(row.code).http_status for row in TABLE}


def test_every_example_has_the_fields_of_a_row():
    for code in {row.code for row in TABLE}:
        shown = set(error_examples.of(code)["error"]) - USUAL
        assert shown in [set(row.extra) for row in TABLE if row.code == code], code
