"""The table of errors: for each code how it is provoked, its status and the fields beside the usual ones.

Another error is one more `Row`; tests/generations/api/test_error_table.py asks everything of each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import httpx
from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey
from billing import ledger
from generations import finishing, running
from generations.models import Generation
from tests.generations import submitting
from tests.generations.api import test_canvas, test_overload
from tests.generations.api.calling import BODY, PNG, Program, call, program
from tests.generations.api.test_keys import NEVER_MADE
from tests.generations.api.test_refusals import NOBODY, picture, png_of
from tests.generations.material import noise, saved

KEY = {"Idempotency-Key": "k"}
MADE = {"id": ANY}
NAMES = ["changebg", "removebg"]
BLURRED = {"reason": "It is blurred."}


@dataclass
class Stage:
    """Where a row plays. caller: whose wallet must stay as it was; stranger: somebody without tokens.

    before: the wallet's figures, from the start or from where a row says what went before was meant.
    """

    caller: Program
    stranger: Program
    settings: Any
    before: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.from_here()

    def from_here(self) -> None:
        """Let the wallet's figures as they are now be those that must stay."""
        self.before = self.figures()

    def figures(self) -> tuple[int, int]:
        """Return what the caller's wallet owns and has set aside."""
        now = ledger.snapshot(wallet_id=self.caller.someone.wallet_id)
        return now.posted, now.held

    def becomes(self, stranger: Program) -> Program:
        """Let the stranger be the caller."""
        self.caller = stranger
        self.from_here()
        return stranger


Provoke = Callable[[Stage], httpx.Response]


@dataclass(frozen=True)
class Row:
    """One way to a code. extra: the fields beside code, message and request_id, ANY where they differ each time.

    where: the operation of the description. has_key: the key had been read, so that the balance is told. painted: the
    worker's side makes real pictures. headers: further headers of the answer.
    """

    code: str
    status: int
    provoke: Provoke
    extra: dict[str, Any] = field(default_factory=dict)
    where: tuple[str, str] = ("post", "/generate")
    case: str = ""
    has_key: bool = True
    painted: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}-{self.case}" if self.case else self.code


def asked(**changed: Any) -> Provoke:
    """Return the way that is one changed call."""
    return lambda stage: stage.caller.generate(**changed)


def worked(runs: int = 1, **changed: Any) -> Provoke:
    """Return the way on which a worker ends the generation; the same call again says how."""

    def provoke(stage: Stage) -> httpx.Response:
        identity = UUID(stage.caller.generate(headers=KEY, **changed).json()["id"])
        for _ in range(runs):
            running.run(generation_id=identity)
        return stage.caller.generate(headers=KEY, **changed)

    return provoke


def frozen(stage: Stage) -> httpx.Response:
    with transaction.atomic():
        ledger.freeze(wallet_id=stage.caller.someone.wallet_id, actor="test", reason="looked at")
    return stage.caller.generate()


def capped(stage: Stage) -> httpx.Response:
    ApiKey.objects.filter(workspace=stage.caller.someone.workspace).update(monthly_token_cap=1)
    stage.caller.generate()
    stage.from_here()
    return stage.caller.generate()


def too_often(stage: Stage) -> httpx.Response:
    stage.settings.RATE_LIMITS = stage.settings.RATE_LIMITS | {"generate": 1}
    stage.caller.generate()
    stage.from_here()
    return stage.caller.generate()


def narrow(stage: Stage) -> httpx.Response:
    return program(stage.caller.someone, scopes=("read",)).generate()


def foreign(stage: Stage) -> httpx.Response:
    identity = stage.caller.made()
    return stage.becomes(stage.stranger).get(f"/generations/{identity}")


def conflict(stage: Stage) -> httpx.Response:
    stage.caller.generate(headers=KEY)
    stage.from_here()
    return stage.caller.generate(headers=KEY, prompt="another room")


def finished(stage: Stage) -> httpx.Response:
    identity = stage.caller.made()
    stage.from_here()
    return stage.caller.post(f"/generations/{identity}/cancel")


def canceled(stage: Stage) -> httpx.Response:
    identity = stage.caller.generate(headers=KEY).json()["id"]
    stage.caller.post(f"/generations/{identity}/cancel")
    return stage.caller.generate(headers=KEY)


def back_unfinished(stage: Stage) -> httpx.Response:
    identity = stage.caller.generate().json()["id"]
    stage.from_here()
    return stage.caller.post(f"/generations/{identity}/refuse", json=BLURRED)


def back_late(stage: Stage) -> httpx.Response:
    identity = stage.caller.made()
    Generation.objects.filter(id=identity).update(finished_at=timezone.now() - timedelta(hours=25))
    stage.from_here()
    return stage.caller.post(f"/generations/{identity}/refuse", json=BLURRED)


def back_too_often(stage: Stage) -> httpx.Response:
    first, second = stage.caller.made(prompt="one"), stage.caller.made(prompt="two")
    stage.caller.post(f"/generations/{first}/refuse", json=BLURRED)
    stage.from_here()
    return stage.caller.post(f"/generations/{second}/refuse", json=BLURRED)


def body_too_large(stage: Stage) -> httpx.Response:
    headers = {"Content-Length": str(28 * 2**20 + 1), "Content-Type": "application/json"}
    return stage.caller.post("/generate", content=b"{}", headers=headers)


def unreachable(stage: Stage) -> httpx.Response:
    stage.settings.FETCH_ALLOW_HOSTS = ["127.0.0.1:1"]
    return stage.caller.generate(image="http://127.0.0.1:1/a.png")


def too_many_open(stage: Stage) -> httpx.Response:
    stage.settings.OPEN_CAP = 1
    stage.caller.generate()
    stage.from_here()
    return stage.caller.generate()


def our_fault(stage: Stage) -> httpx.Response:
    stage.settings.FETCH_DENY_NETS = ["not a network"]
    return stage.caller.generate(image="https://example.com/a.png")


def late(stage: Stage) -> httpx.Response:
    identity = UUID(stage.caller.generate(headers=KEY).json()["id"])
    submitting.now_is_later(identity, by=timedelta(hours=1))
    finishing.end_lost(generation_id=identity)
    return stage.caller.generate(headers=KEY)


def overloaded(stage: Stage) -> httpx.Response:
    stage.settings.QUEUE_AGE_CAP = timedelta(seconds=60)
    test_overload.waiting_since(stage.caller.generate().json()["id"], seconds=70)
    stage.from_here()
    return stage.caller.generate()


def sent(body: bytes, kind: str) -> Provoke:
    return lambda stage: stage.caller.post("/generate", content=body, headers={"Content-Type": kind})


UPLOADS, BALANCE, CANCEL = ("post", "/uploads"), ("get", "/balance"), ("post", "/generations/{generation_id}/cancel")
ONE, REFUSE = ("get", "/generations/{generation_id}"), ("post", "/generations/{generation_id}/refuse")
CUT_OUT = test_canvas.inline(test_canvas.cut_out(50, 30, 60, 40))
CUT_SHORT = test_canvas.inline(saved(noise(120, 90), "PNG")[:2000])
LARGE = {"file": ("a.png", PNG + bytes(20 * 2**20))}

TABLE = [
    Row("INVALID_JSON", 400, sent(b"{", "application/json")),
    Row("INVALID_HEADER", 400, asked(headers={"Prefer": "wait=soon"}), case="prefer"),
    Row("INVALID_HEADER", 400, asked(headers={"Idempotency-Key": ""}), case="key"),
    Row("INVALID_API_KEY", 401, lambda _: call("POST", "/generate", json=BODY), case="missing", has_key=False),
    Row("INVALID_API_KEY", 401, lambda _: call("GET", "/balance", key=NEVER_MADE), {}, BALANCE, "unknown", False),
    Row("INSUFFICIENT_TOKENS", 402, lambda s: s.becomes(s.stranger).generate(), {"required": 1, "balance": 0}),
    Row("KEY_LIMIT_REACHED", 402, capped, {"limit": 1, "used": 1, "resets_at": ANY}),
    Row("MISSING_SCOPE", 403, narrow, {"scope": "generate"}),
    Row("ACCOUNT_FROZEN", 403, frozen),
    Row("NOT_FOUND", 404, lambda s: s.caller.get(f"/generations/{NOBODY}"), {}, ONE, "missing"),
    Row("NOT_FOUND", 404, foreign, {}, ONE, "stranger"),
    Row(
        "METHOD_NOT_ALLOWED",
        405,
        lambda s: s.caller.get("/generate"),
        has_key=False,
        headers={"Allow": "OPTIONS, POST"},
    ),
    Row(
        "NOT_ACCEPTABLE",
        406,
        lambda s: s.caller.get("/balance", headers={"Accept": "text/html"}),
        {},
        BALANCE,
        "",
        False,
    ),
    Row("UNSUPPORTED_MEDIA_TYPE", 415, sent(b"x", "text/plain"), case="generate"),
    Row("UNSUPPORTED_MEDIA_TYPE", 415, lambda s: s.caller.post("/uploads", json={}), {}, UPLOADS, "uploads"),
    Row("IDEMPOTENCY_CONFLICT", 409, conflict),
    Row("ALREADY_FINISHED", 409, finished, {}, CANCEL),
    Row("GENERATION_CANCELED", 409, canceled, MADE),
    Row("REFUSE_NOT_ALLOWED", 409, back_unfinished, {"rule": "not_succeeded"}, REFUSE, "not_succeeded"),
    Row("REFUSE_NOT_ALLOWED", 409, back_late, {"rule": "too_late"}, REFUSE, "too_late"),
    Row("REFUSE_NOT_ALLOWED", 409, back_too_often, {"rule": "limit"}, REFUSE, "limit"),
    Row(
        "IMAGE_TOO_LARGE",
        413,
        lambda s: s.caller.post("/uploads", files=LARGE),
        {"limit_bytes": 20 * 2**20},
        UPLOADS,
        "bytes",
    ),
    Row("IMAGE_TOO_LARGE", 413, asked(image=picture(png_of(8000, 8000))), {"limit_pixels": 25_000_000}, case="pixels"),
    Row("BODY_TOO_LARGE", 413, body_too_large, {"limit_bytes": 28 * 2**20}, has_key=False),
    Row("INVALID_PARAMETERS", 422, asked(seed="x"), {"fields": {"seed": ["This must be a whole number."]}}),
    Row("UNKNOWN_MODEL", 422, asked(model="changebg2"), {"available": NAMES}),
    Row("MODEL_UNAVAILABLE", 422, asked(model="video"), {"available": NAMES}),
    Row("IMAGE_UNREADABLE", 422, asked(image=picture(PNG[:20])), case="at the gate"),
    Row("IMAGE_UNREADABLE", 422, worked(image=CUT_SHORT), MADE, case="by the worker", painted=True),
    Row("IMAGE_FORMAT_NOT_ALLOWED", 422, asked(image=picture(b"GIF89a" + bytes(99)))),
    Row("IMAGE_URL_NOT_ALLOWED", 422, asked(image="https://127.0.0.1/a.png")),
    Row("IMAGE_URL_UNREACHABLE", 422, unreachable),
    Row(
        "CANVAS_NOT_POSSIBLE",
        422,
        worked(image=CUT_OUT, canvas={"padding": 0}),
        MADE | {"rule": "too_large"},
        painted=True,
    ),
    Row("NO_SUBJECT_FOUND", 422, worked(prompt="[[no-subject]]"), MADE | {"stage": "matte"}),
    Row("PROMPT_REJECTED", 422, worked(prompt="[[moderated]]"), MADE | {"stage": "input", "categories": ["violence"]}),
    Row("RESULT_REJECTED", 422, worked(prompt="[[held-back]]"), MADE | {"stage": "result", "categories": ["violence"]}),
    Row("RATE_LIMITED", 429, too_often, {"retry_after_s": ANY}, headers={"Retry-After": ANY}),
    Row("TOO_MANY_IN_FLIGHT", 429, too_many_open, {"retry_after_s": 5}, headers={"Retry-After": "5"}),
    Row("INTERNAL_ERROR", 500, our_fault),
    Row("ENGINE_FAILED", 502, worked(runs=3, prompt="[[bug]]"), MADE),
    Row(
        "ENGINE_UNAVAILABLE",
        503,
        worked(runs=3, prompt="[[engine-down]]"),
        MADE | {"retry_after_s": 60},
        headers={"Retry-After": "60"},
    ),
    Row("OVERLOADED", 503, overloaded, {"retry_after_s": 30}, headers={"Retry-After": "30"}),
    Row("GENERATION_EXPIRED", 504, late, MADE),
]
