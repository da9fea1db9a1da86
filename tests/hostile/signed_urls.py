"""The signed address of a result with one byte changed, left out or put in: none shows the picture.

Each place of the path and the query is tried, at the address itself and as the `image` of a new call.
"""

import asyncio
from collections import Counter
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.hostile import grounds
from tests.hostile.outcome import Outcome, chance

SIGNS = "0123456789abcdefABCDEFxyz/?&=.%+-_~;:@#"


def run() -> Outcome:
    """Every byte three times changed, once left out and once doubled."""
    return _played(changes=3, others=True)


def short() -> Outcome:
    """Every byte of the address to show and of the one to save changed once."""
    return _played(changes=1, others=False)


def _played(*, changes: int, others: bool) -> Outcome:
    grounds.prepare(database=True)
    from django.conf import settings

    from generations import running, storage
    from tests import factories
    from tests.generations import quick_pictures
    from tests.generations.submitting import submitted

    settings.PICTURE_PIPELINE = quick_pictures.PATH
    random, outcome = chance("signed_urls"), Outcome()
    someone = factories.person(f"signed{random.getrandbits(48):x}", tokens=1)
    row = submitted(someone)
    running.run(generation_id=row.id)
    row.refresh_from_db()
    for url in (storage.result_url(row), storage.download_url(row)):
        parts = urlsplit(url)
        spoiled = list(_spoiled(f"{parts.path}?{parts.query}", random, changes=changes, others=others))
        asyncio.run(_all(f"{parts.path}?{parts.query}", spoiled, outcome))
        _as_input(f"{parts.scheme}://{parts.netloc}", spoiled, someone, outcome)
    return outcome


def _spoiled(good: str, random: Random, *, changes: int, others: bool) -> Any:
    for at, sign in enumerate(good):
        for other in random.sample([one for one in SIGNS if one != sign], changes):
            yield good[:at] + other + good[at + 1 :]
        if others:
            yield good[:at] + good[at + 1 :]
            if sign not in "?&":  # an empty part of a query says nothing
                yield good[:at] + sign + good[at:]


async def _all(good: str, spoiled: list[str], outcome: Outcome) -> None:
    from django.core.asgi import get_asgi_application

    from roomai_web.guard import Guard

    app = Guard(get_asgi_application())
    statuses: Counter[int] = Counter()
    outcome.expect(await _asked(app, "GET", good) == (200, True), "the address itself does not work")
    for number, url in enumerate(spoiled):
        status, is_shown = await _asked(app, "HEAD" if number % 4 == 3 else "GET", url)
        statuses[status] += 1
        # A question mark too early makes it the address of another page, which may well exist.
        is_refused = status in (400, 403, 404) or not url.partition("?")[0].startswith("/r/")
        outcome.expect(is_refused and not is_shown, f"{status} to {url}, for {good}")
    outcome.expect(await _asked(app, "GET", good) == (200, True), "the address itself no longer works")
    outcome.cases += len(spoiled)
    for status, count in statuses.items():
        outcome.notes[f"answered {status}"] = outcome.notes.get(f"answered {status}", 0) + count


async def _asked(app: Any, method: str, target: str) -> tuple[int, bool]:
    """Send the target byte for byte, as no client would; return the status and whether a picture came."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost:8000")],
        "client": ("127.0.0.1", 4),
        "server": ("localhost", 8000),
    }
    sent: list[dict[str, Any]] = []
    told, whole = asyncio.Event(), {"type": "http.request", "body": b"", "more_body": False}

    async def receive() -> dict[str, Any]:
        if told.is_set():
            await asyncio.Event().wait()
        told.set()
        return whole

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"\x89PNG" in b"".join(message.get("body", b"") for message in sent)


def _as_input(origin: str, spoiled: list[str], someone: Any, outcome: Outcome) -> None:
    from generations import own_results
    from generations.errors import ImageUrlNotAllowed

    for url in spoiled:
        if not own_results.is_ours(f"{origin}{url}"):
            continue  # an address of ours that is no result: the fetcher refuses our hosts
        try:
            own_results.read(url=f"{origin}{url}", workspace=someone.workspace, livemode=True)
        except ImageUrlNotAllowed:
            continue
        outcome.breaks.append(f"{url} was read as an input")
