"""Sends a row's call as each person and says in the table's words what came back."""

from collections import defaultdict
from fnmatch import fnmatch
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.generations.api.calling import AT_ONCE, calls
from tests.sweep.table import NAMED, Row
from tests.sweep.world import CSRF, World, csrf_cookie

API = "/api/v1/"
#: Where one is led, by the table's words.
LED = {"/accounts/login/": "login", "/studio": "studio", "/accounts/reauthenticate/": "password"}
#: What a key may know because it is of alice's workspace: every answer to a known key tells the balance.
KNOWN = defaultdict(set, {"narrow": {"balance"}, "test": {"balance", "id_of_test"}})


def filled(text: str, world: World) -> str:
    """Return the text with the world's things in their places; a thing that is not there yet is left as a word."""
    return NAMED.sub(lambda found: world.ids.get(found[1], found[1]), text)


def answers(row: Row, world: World, people: list[str]) -> dict[str, httpx.Response]:
    """Return what each of these people is answered, one after another."""
    return dict(zip(people, calls(*(request(row, world, who) for who in people)), strict=True))


def request(row: Row, world: World, who: str) -> dict[str, object]:
    """Return one person's call as httpx takes it."""
    address, sent = filled(row.address, world), filled(row.sent, world)
    called = {"method": row.method, "url": address}
    if address.startswith(API):
        headers = AT_ONCE | _api_headers(world, who, row.method) | {"Content-Type": "application/json"}
        return called | {"headers": headers, "content": sent.encode()}
    headers = _page_headers(world, who, row.method)
    if row.method == "GET":
        return called | {"headers": headers}
    return called | {"headers": headers, "data": dict(parse_qsl(sent, keep_blank_values=True))}


def _api_headers(world: World, who: str, method: str) -> dict[str, str]:
    match who:
        case "nobody":
            return {}
        case "session":
            return {"Cookie": world.session("owner", method=method)}
        case _:
            return {"Authorization": f"Bearer {world.keys[who]}"}


def _page_headers(world: World, who: str, method: str) -> dict[str, str]:
    """Return a browser's headers; whoever they are, they hold the form's secret, which is not what keeps them out."""
    headers = {"X-CSRFToken": CSRF, "Accept": "text/html"}
    match who:
        case "nobody":
            return headers | {"Cookie": csrf_cookie()}
        case "key":
            return headers | {"Cookie": csrf_cookie(), "Authorization": f"Bearer {world.keys['owner']}"}
        case _:
            return headers | {"Cookie": world.session(who, method=method)}


def outcome(answer: httpx.Response) -> str:
    """Return an answer as a cell says it."""
    if not answer.has_redirect_location:
        return str(answer.status_code)
    path = urlsplit(answer.headers["Location"]).path
    return LED.get(path, f"{answer.status_code}:{path}")


def differences(row: Row, world: World, people: list[str]) -> list[str]:
    """Send the row's call as each of these people; return what is not as their cells say, and what was told."""
    found = []
    asked = known_before(row, world)
    for who, answer in answers(row, world, people).items():
        status, _, mark = row.cells[who].partition(":")
        expected = filled(row.cells[who] if status.startswith("30") else status, world)
        if not fnmatch(came := outcome(answer), expected) and not (expected == "302" and came.startswith("302:")):
            found.append(f"{who}: {came}, not {expected}")
        told = set(world.told(answer=text_of(answer), asked=asked)) - KNOWN[who]
        if who != "owner" and told:
            found.append(f"{who} is told {sorted(told)}")
        if who == "owner" and mark and not status.startswith("30") and mark not in told:
            found.append(f"the owner is not shown the {mark}")
    return found


def text_of(answer: httpx.Response) -> str:
    """Return all that an answer tells, headers too."""
    return "\n".join([*(f"{name}: {value}" for name, value in answer.headers.items()), answer.text])


def known_before(row: Row, world: World) -> str:
    """Return what whoever sends this row knew already."""
    return f"{filled(row.address, world)} {filled(row.sent, world)}"
