"""Calls made from the served description itself, by schemathesis: no fault of ours, no answer that is not described.

The application is called inside this process, from the guard on. Half the calls keep to the description and half break
it. Of each operation's calls most come from a test key of somebody with tokens, which reaches everything there is, and
some from a live key without any; both must have afterwards what they had before.
"""

import asyncio
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import SkipTest
from uuid import uuid4

import httpx
import requests
import schemathesis
from django.conf import settings as product
from django.test import override_settings
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing import ledger
from generations import running
from tests import factories
from tests.factories import Person
from tests.generations.api import whole_pictures
from tests.generations.api.calling import INLINE, client
from tests.generations.submitting import submit
from tests.hostile.outcome import SEED, Outcome

BASE = "http://localhost:8000"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: How many times as often as others an operation is called: what takes most is asked most.
WEIGHTS = {"generate": 8, "listGenerations": 2, "poll": 2, "refuseGeneration": 3}
BREAKS_SHOWN = 20
EVERY_SCOPE = ("generate", "read", "billing:read", "webhooks")


@dataclass
class Fuzzing:
    """One run: the description, who calls, and what was found."""

    description: dict[str, Any]
    keys: list[str] = field(repr=False)
    ids: list[str]
    client: httpx.AsyncClient
    loop: asyncio.AbstractEventLoop
    outcome: Outcome = field(default_factory=Outcome)
    statuses: Counter[int] = field(default_factory=Counter)

    def play(self, count: int) -> Outcome:
        """Send so many calls, each operation its share, and return what was found."""
        schema = schemathesis.openapi.from_dict(self.description)
        operations = [one.ok() for one in schema.get_all_operations()]
        shares = [WEIGHTS.get(one.definition.raw.get("operationId"), 1) for one in operations]
        kinds = [
            (operation.as_strategy(generation_mode=mode), share)
            for operation, share in zip(operations, shares, strict=True)
            for mode in GenerationMode
            if _is_possible(operation, mode)
        ]
        whole, turn = sum(share for _, share in kinds), 0
        # An operation without parameters has few different calls, so that the others are asked once more.
        while (left := count - self.outcome.cases) > 0:
            for cases, share in kinds:
                self._play(cases, -(-left * share // whole), turn=(turn := turn + 1))
        self.outcome.notes = {str(status): number for status, number in sorted(self.statuses.items())}
        return self.outcome

    def _play(self, cases: Any, count: int, *, turn: int) -> None:
        @seed(SEED + turn)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def each(case: Case[Any]) -> None:
            self._send(case)

        each()

    def _send(self, case: Case[Any]) -> None:
        number = self.outcome.cases = self.outcome.cases + 1
        self._make_quick(case, number)
        headers = {"Authorization": f"Bearer {self.keys[number % len(self.keys)]}"}
        kwargs = case.as_transport_kwargs(base_url=BASE, headers=headers)
        sent = requests.Request(**{name: value for name, value in kwargs.items() if name in REQUEST}).prepare()
        answer = self.loop.run_until_complete(self._answer(sent))
        self.statuses[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS, headers=dict(sent.headers), transport_kwargs=kwargs)
        except BaseExceptionGroup as faults:
            said = "; ".join(str(fault).splitlines()[0] for fault in faults.exceptions)
            self._break(f"{said}: {answer.status_code} {answer.text[:200]} for {case.as_curl_command()[:600]}")
        self.outcome.expect(answer.headers.get("X-Tokens-Charged") == "0", f"charged: {case.as_curl_command()[:300]}")

    def _break(self, sentence: str) -> None:
        if len(self.outcome.breaks) < BREAKS_SHOWN:
            self.outcome.breaks.append(sentence)

    def _make_quick(self, case: Case[Any], number: int) -> None:
        """Let most calls be about things that are there, none wait for a picture and none leave this machine."""
        if case.operation.definition.raw.get("operationId") == "generate":
            case.headers["Prefer"] = ", ".join(filter(None, [case.headers.get("Prefer"), "respond-async"]))
            if isinstance(case.body, dict) and number % 3:
                case.body = _with_what_is_there(case.body)
        if "generation_id" in (case.path_parameters or {}) and number % 4:
            case.path_parameters["generation_id"] = self.ids[number % len(self.ids)]

    async def _answer(self, sent: requests.PreparedRequest) -> httpx.Response:
        # What a real client could not send, no server has to answer.
        return await self.client.request(
            sent.method or "",
            httpx.URL(sent.url or ""),
            headers=[(_bytes(name), _bytes(value)) for name, value in sent.headers.items()],
            content=sent.body.encode() if isinstance(sent.body, str) else sent.body,
        )


#: What requests itself takes of what schemathesis hands over.
REQUEST = {"method", "url", "headers", "files", "data", "json", "params", "auth", "cookies"}


def _with_what_is_there(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with a model of ours and pictures that can be read, which no description can bring about."""
    changed = {name: INLINE for name in ("image", "mask", "background.image") if name in body or name == "image"}
    if body.get("model") != "removebg":
        changed |= {"model": "changebg", "prompt": body.get("prompt") or "a quiet room"}
    if isinstance(background := body.get("background"), dict) and "image" in background:
        changed["background"] = background | {"image": INLINE}
    return body | changed


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def _is_possible(operation: Any, mode: GenerationMode) -> bool:
    """Say whether calls of this kind can be made: without a parameter none can break the description."""
    once = settings(database=None, phases=[Phase.generate])
    try:
        find(operation.as_strategy(generation_mode=mode), lambda _case: True, settings=once)
    except (NoSuchExample, SkipTest, Unsatisfiable):
        return False
    return True


def play(count: int) -> Outcome:
    """Play so many calls on the database Django has; where tokens have moved, that is a break as well."""
    # What refuses a crowd would soon answer every call.
    unlimited = dict.fromkeys(getattr(product, "RATE_LIMITS", {}), 1_000_000)
    open_gates = {"OPEN_CAP": 1_000_000, "QUEUE_AGE_CAP": timedelta(days=1), "RATE_LIMITS": unlimited}

    with (
        override_settings(PICTURE_PIPELINE=whole_pictures.PATH, **open_gates),
        closing(asyncio.new_event_loop()) as loop,
    ):
        rich, poor = factories.person(f"rich-{uuid4().hex}", tokens=10), factories.person(f"poor-{uuid4().hex}")
        calling = client()
        sending = loop.run_until_complete(calling.__aenter__())
        try:
            fuzzing = _of(rich, poor, sending, loop)
            outcome = fuzzing.play(count)
        finally:
            loop.run_until_complete(calling.__aexit__(None, None, None))
        for who, posted in ((rich, 10), (poor, 0)):
            now = ledger.snapshot(wallet_id=who.wallet_id)
            outcome.expect((now.posted, now.held) == (posted, 0), f"tokens have moved: {now}")
    return outcome


def _of(rich: Person, poor: Person, client: httpx.AsyncClient, loop: asyncio.AbstractEventLoop) -> Fuzzing:
    """Return a run of these two people's keys, with pictures in several states for the one with tokens."""
    description = loop.run_until_complete(client.get("/api/v1/openapi.json")).json()
    test = factories.key_of(rich, livemode=False, scopes=EVERY_SCOPE)
    live = factories.key_of(poor, scopes=EVERY_SCOPE)
    made = [submit(rich, livemode=False, tokens=0, prompt=f"one of {number}").generation for number in range(8)]
    for one in made[:5]:
        running.run(generation_id=one.id)
    return Fuzzing(description, [test, test, test, live], [str(one.id) for one in made], client, loop)
