"""HEAD, OPTIONS and pages of other origins: what HTTP promises of every address, whatever it serves."""

import httpx
import pytest

from generations.models import Generation
from tests.generations.api.calling import AT_ONCE, BODY, call
from tests.generations.api.test_refusals import NOBODY

READ = ["/generations", "/balance", "/usage", "/models", "/models/changebg", "/openapi.json"]
PUBLIC = ["/models", "/models/changebg", "/models/nothing", "/openapi.json"]
CORS = "access-control-"
# Different from one call to the next.
FRESH = {"x-request-id"}


def told(answer):
    return {name: value for name, value in answer.headers.items() if name not in FRESH}


@pytest.mark.parametrize("path", READ)
def test_head_is_get_without_its_body(alices, path):
    get, head = alices.get(path), call("HEAD", path, key=alices.key)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert told(head) == told(get)
    assert int(head.headers["Content-Length"]) == len(get.content)
    assert head.headers["X-Request-Id"]


def test_head_of_one_generation_and_of_none(alices):
    identity = alices.made()
    here = f"/results?processing_url=http://localhost:8000/api/v1/generations/{identity}"
    for path in (f"/generations/{identity}", f"/generations/{identity}/proof", here):
        assert (call("HEAD", path, key=alices.key).status_code, call("HEAD", path).status_code) == (200, 401)
    missing = call("HEAD", f"/generations/{NOBODY}", key=alices.key)
    assert (missing.status_code, missing.content) == (404, b"")


@pytest.mark.parametrize("path", ["/generate", "/uploads"])
def test_head_makes_nothing(alices, path):
    answer = call("HEAD", path, key=alices.key)
    assert (answer.status_code, answer.content, answer.headers["Allow"]) == (405, b"", "OPTIONS, POST")
    assert not Generation.objects.filter(workspace=alices.someone.workspace).exists()


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/generate", "OPTIONS, POST"),
        ("/uploads", "OPTIONS, POST"),
        ("/balance", "GET, HEAD, OPTIONS"),
        (f"/generations/{NOBODY}", "DELETE, GET, HEAD, OPTIONS"),
    ],
    ids=["generate", "uploads", "balance", "one"],
)
def test_methods_are_told(alices, path, methods):
    options = call("OPTIONS", path, key=alices.key)
    assert (options.status_code, options.content, options.headers["Allow"]) == (204, b"", methods)
    assert "Content-Type" not in options.headers
    wrong = call("PATCH", path, key=alices.key)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["Allow"] == methods
    assert call("OPTIONS", path).status_code == 401


def test_options_of_nothing(alices):
    assert call("OPTIONS", "/nothing", key=alices.key).status_code == 404


@pytest.mark.parametrize("path", PUBLIC)
def test_any_page_may_read_what_is_public(path):
    page = {"Origin": "https://shop.example"}
    answer = call("GET", path, headers=page)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    ahead = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-request-id"}
    before = call("OPTIONS", path, headers=page | ahead)
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert before.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "X-Request-Id" in before.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/generations", "/balance", "/usage", "/generate", "/uploads", "/nothing"])
def test_no_page_of_another_origin_reads_the_rest(alices, path):
    page = {"Origin": "https://shop.example"}
    asked = page | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for method, key, headers in (("GET", alices.key, page), ("OPTIONS", "", asked), ("OPTIONS", alices.key, asked)):
        answer = call(method, path, key=key, headers=headers)
        assert [name for name in answer.headers if name.startswith(CORS)] == []


def test_one_connection_serves_head_options_and_get(live):
    """A body after HEAD would be read as the next answer."""
    key = live.key_of(live.person())
    with httpx.Client(base_url=f"{live.url}/api/v1", headers={"Authorization": f"Bearer {key}"}) as sending:
        for method, path, status in (
            ("HEAD", "/balance", 200),
            ("HEAD", "/nothing", 404),
            ("OPTIONS", "/balance", 204),
            ("HEAD", "/models", 200),
            ("GET", "/balance", 200),
        ):
            assert sending.request(method, path).status_code == status
        sending.headers.pop("Authorization")
        assert [sending.head("/balance").status_code, sending.get("/balance").status_code] == [401, 401]
        refused = sending.post("/generate", json=BODY, headers=AT_ONCE)
        assert refused.json()["error"]["code"] == "INVALID_API_KEY"
