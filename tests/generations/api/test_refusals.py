"""Every refusal of the contract that can be met: its status, code and fields, and that it costs nothing."""

import base64
import struct
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from billing import ledger
from generations import finishing, running
from generations.models import Generation
from tests.generations import submitting
from tests.generations.api.calling import PNG, program

SAID = {"code", "message", "request_id"}


# An id that no generation has; the same in every process, or parallel runs would collect different tests.
NOBODY = "01a20400-0000-7000-8000-000000000000"


def refused(answer, status, code, **extra):
    """Check one refusal's shape; its fields beyond the shape are exactly these."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]["code"]) == (status, "error", code), body
    assert body["error"]["request_id"] == answer.headers["X-Request-Id"]
    assert body["error"]["message"].endswith((".", "tokens", "key"))
    assert {name: value for name, value in body["error"].items() if name not in SAID} == extra
    assert set(body) == {"status", "error"}
    assert answer.headers["X-Tokens-Charged"] == "0"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "application/json"


def nothing_happened(someone, tokens=10):
    assert not Generation.objects.for_workspace(someone.workspace).exists()
    assert someone.available == tokens


def picture(data):
    return "data:image/png;base64," + base64.b64encode(data).decode()


def png_of(width_px, height_px):
    """Return a PNG whose header states these sides."""
    return PNG[:16] + struct.pack(">II", width_px, height_px) + PNG[24:]


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"", b"[]", b'"text"', b"\xff\xfe", b'{"model": "changebg", "model": "x"}', b'{"seed": NaN}'),
        *(
            b'{"seed": -Infinity}',
            b'{"a": ' * 11 + b"1" + b"}" * 11,
            b"[" * 100_000,
            b'{"seed": 1' + b"0" * 5000 + b"}",
            b'{"\\ud800": 1}',
            b"{" + b",".join(b'"%d":0' % n for n in range(101)) + b"}",
            b'{"background": {' + b",".join(b'"%d":0' % n for n in range(101)) + b"}}",
            b'{"background": [' + b"[]," * 10_001 + b"[]]}",
        ),
    ],
)
def test_invalid_json(alices, body):
    answer = alices.post("/generate", content=body, headers={"Content-Type": "application/json"})
    refused(answer, 400, "INVALID_JSON")
    nothing_happened(alices.someone)


@pytest.mark.parametrize(
    "headers",
    [
        *({"Prefer": "wait=soon"}, {"Prefer": "wait=-1"}, {"Prefer": "wait"}, {"Prefer": "wait=1.5"}),
        *({"Idempotency-Key": ""}, {"Idempotency-Key": "k" * 256}, {"Idempotency-Key": "a\tb"}),
        {"Idempotency-Key": "ключ".encode()},
    ],
    ids=str,
)
def test_invalid_header(alices, headers):
    refused(alices.generate(headers=headers), 400, "INVALID_HEADER")
    nothing_happened(alices.someone)


def test_no_tokens_is_answered_to_the_letter(charlies):
    answer = charlies.generate()
    body = answer.json()
    assert body["error"].pop("request_id") == answer.headers["X-Request-Id"]
    assert answer.status_code == 402
    assert body == {
        "status": "error",
        "error": {
            "code": "INSUFFICIENT_TOKENS",
            "message": "Not enough tokens",
            "required": 1,
            "balance": 0,
        },
    }
    assert answer.headers["X-Tokens-Remaining"] == "0"
    nothing_happened(charlies.someone, tokens=0)


def test_no_tokens_is_said_before_anything_is_fetched(charlies):
    answer = charlies.generate(image="https://127.0.0.1/a.png")
    refused(answer, 402, "INSUFFICIENT_TOKENS", required=1, balance=0)


def test_frozen(alices):
    with transaction.atomic():
        ledger.freeze(wallet_id=alices.someone.wallet_id, actor="test", reason="looked at")
    refused(alices.generate(), 403, "ACCOUNT_FROZEN")
    refused(program(alices.someone, livemode=False).generate(), 403, "ACCOUNT_FROZEN")
    nothing_happened(alices.someone)


@pytest.mark.parametrize(
    ("path", "method", "scopes", "scope"),
    [
        ("/generate", "POST", ("read",), "generate"),
        ("/results?processing_url=x", "GET", ("read",), "generate"),
        (f"/generations/{NOBODY}", "GET", ("generate",), "read"),
        ("/generations", "GET", ("generate",), "read"),
        (f"/generations/{NOBODY}/cancel", "POST", ("read",), "generate"),
        (f"/generations/{NOBODY}", "DELETE", ("read",), "generate"),
        ("/balance", "GET", ("generate", "read"), "billing:read"),
    ],
)
def test_missing_scope(alices, path, method, scopes, scope):
    narrow = program(alices.someone, scopes=scopes)
    answer = getattr(narrow, method.lower())(path)
    refused(answer, 403, "MISSING_SCOPE", scope=scope)
    assert answer.headers["X-Tokens-Remaining"] == "10"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("GET", "/", 404, "NOT_FOUND"),
        ("GET", f"/generations/{NOBODY}", 404, "NOT_FOUND"),
        ("GET", "/generations/7", 404, "NOT_FOUND"),
        ("POST", f"/generations/{NOBODY}/cancel", 404, "NOT_FOUND"),
        ("DELETE", f"/generations/{NOBODY}", 404, "NOT_FOUND"),
        ("GET", "/models/nothing", 404, "NOT_FOUND"),
        ("GET", "/models/video", 404, "NOT_FOUND"),
        ("GET", "/generate", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/balance", 405, "METHOD_NOT_ALLOWED"),
        ("POST", f"/generations/{NOBODY}", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_not_there(alices, method, path, status, code):
    answer = alices.get(path) if method == "GET" else getattr(alices, method.lower())(path)
    refused(answer, status, code)
    assert (status == 405) == ("Allow" in answer.headers)


def test_only_json_is_answered(alices):
    for wanted in ("text/html", "application/json; a*=nonsense''b", "application/json; a*=undefined''%41"):
        refused(alices.get("/balance", headers={"Accept": wanted}), 406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "image/png", ""])
def test_other_kinds_of_body(alices, kind):
    answer = alices.post("/generate", content=b"model=changebg", headers={"Content-Type": kind})
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("charset", ["hex", "undefined", "idna"])
def test_a_form_in_what_is_no_charset_of_text(alices, charset):
    form = b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nchangebg\r\n--x--\r\n'
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    refused(alices.post("/generate", content=form, headers=kind), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("image", "status", "code", "extra"),
    [
        (picture(b"\x89PNG\r\n\x1a\n" + b"x" * 100), 422, "IMAGE_UNREADABLE", {}),
        (picture(png_of(8, 8)), 422, "IMAGE_UNREADABLE", {}),
        (picture(png_of(8000, 8000)), 413, "IMAGE_TOO_LARGE", {"limit_pixels": 25_000_000}),
        (picture(b"x" * (20 * 2**20 + 1)), 413, "IMAGE_TOO_LARGE", {"limit_bytes": 20 * 2**20}),
        (picture(b"GIF89a" + b"x" * 100), 422, "IMAGE_FORMAT_NOT_ALLOWED", {}),
        ("data:image/svg+xml;base64,PHN2Zz4=", 422, "IMAGE_FORMAT_NOT_ALLOWED", {}),
        ("data:text/html;base64,PHN2Zz4=", 422, "IMAGE_URL_NOT_ALLOWED", {}),
        ("https://127.0.0.1/a.png", 422, "IMAGE_URL_NOT_ALLOWED", {}),
        ("http://example.com/a.png", 422, "IMAGE_URL_NOT_ALLOWED", {}),
        ("http://localhost:8000/r/x", 422, "IMAGE_URL_NOT_ALLOWED", {}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_pictures_that_cannot_be_used(alices, image, status, code, extra):
    refused(alices.generate(image=image), status, code, **extra)
    nothing_happened(alices.someone)


def test_an_address_that_answers_nothing(alices, settings):
    settings.FETCH_ALLOW_HOSTS = ["127.0.0.1:1"]
    refused(alices.generate(image="http://127.0.0.1:1/a.png"), 422, "IMAGE_URL_UNREACHABLE")
    nothing_happened(alices.someone)


def test_a_changed_or_foreign_result_address_is_not_read(alices, charlies):
    identity = alices.made()
    url = alices.get(f"/generations/{identity}").json()["result"]["image_url"]
    marked = program(charlies.someone, livemode=False)
    refused(marked.generate(image=url), 422, "IMAGE_URL_NOT_ALLOWED")
    refused(alices.generate(image=url[:-1] + ("0" if url[-1] != "0" else "1")), 422, "IMAGE_URL_NOT_ALLOWED")
    alices.delete(f"/generations/{identity}")
    refused(alices.generate(image=url), 422, "IMAGE_URL_NOT_ALLOWED")


def test_models_that_cannot_be_asked_for(alices):
    refused(alices.generate(model="changebg2"), 422, "UNKNOWN_MODEL", available=["changebg", "removebg"])
    refused(alices.generate(model="video"), 422, "MODEL_UNAVAILABLE", available=["changebg", "removebg"])
    nothing_happened(alices.someone)


def test_too_many_in_flight(alices, settings):
    settings.OPEN_CAP = 1
    assert alices.generate().status_code == 202
    answer = alices.generate()
    refused(answer, 429, "TOO_MANY_IN_FLIGHT", retry_after_s=5)
    assert answer.headers["Retry-After"] == "5"
    assert alices.someone.available == 9


def test_a_fault_of_ours_tells_nothing_of_its_cause(alices, settings, caplog):
    settings.FETCH_DENY_NETS = ["a secret of the operator's"]
    answer = alices.generate(image="https://example.com/a.png")
    refused(answer, 500, "INTERNAL_ERROR")
    assert "secret" not in answer.text
    assert "api.unexpected" in caplog.text
    nothing_happened(alices.someone)


@pytest.mark.parametrize(
    ("prompt", "status", "code", "extra"),
    [
        ("[[no-subject]]", 422, "NO_SUBJECT_FOUND", {"stage": "matte"}),
        ("[[bug]]", 502, "ENGINE_FAILED", {}),
        ("[[engine-down]]", 503, "ENGINE_UNAVAILABLE", {"retry_after_s": 60}),
    ],
)
def test_what_only_the_worker_sees(alices, prompt, status, code, extra):
    headers = {"Idempotency-Key": "k"}
    identity = alices.generate(prompt=prompt, headers=headers).json()["id"]
    for _ in range(3):
        running.run(generation_id=UUID(identity))
    again = alices.generate(prompt=prompt, headers=headers)
    refused(again, status, code, id=identity, **extra)
    assert again.headers.get("Retry-After") == ("60" if status == 503 else None)
    polled = alices.get(f"/generations/{identity}")
    assert (polled.status_code, polled.json()["error"]["code"]) == (200, code)
    assert alices.someone.available == 10


def test_not_ready_in_time(alices):
    identity = alices.generate(headers={"Idempotency-Key": "k"}).json()["id"]
    submitting.now_is_later(UUID(identity), by=timedelta(hours=1))
    assert finishing.end_lost(generation_id=UUID(identity))
    again = alices.generate(headers={"Idempotency-Key": "k"})
    refused(again, 504, "GENERATION_EXPIRED", id=identity)
    assert alices.someone.available == 10
