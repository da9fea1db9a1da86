"""The tables of the sweep: who gets what at which address, one line for each method of each address.

A line is a method, an address, and one cell for each person of the table's head, then, behind `|`, what is sent. In
addresses and bodies `<name>` stands for one of the world's things. A cell is what that person must be answered:

    404          this status
    login        led to the page where one signs in; studio: to the studio, as whoever is signed in already;
                 password: to where the password is asked for once more; 302: to somewhere else
    303:/gallery led there, by this status; `*` stands for anything
    200:prompt   this status, and the answer shows this mark of alice's; only the owner has such cells

A line that begins with `coming` is of an address that is not there yet. It is swept as soon as it is, and the suite
then asks for the word to be taken away.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NAMED = re.compile(r"<(\w+)>")
#: What answers addresses that are none.
NOWHERE = {"api/v1/"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line. cells: the outcome by person."""

    method: str
    address: str
    cells: dict[str, str]
    sent: str
    is_coming: bool

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    @property
    def route(self) -> str | None:
        """Return the pattern of the address map this line is of; None when there is none."""
        # Any id will do to find the pattern: a UUID where one is asked for, a file's name in a result's address.
        path = NAMED.sub("01993b52-7a3e-7c51-9d11-3f0f4a6c8e21", urlsplit(self.address).path)
        path = path if path.startswith("/") else f"/r/{'01993b52-7a3e-7c51-9d11-3f0f4a6c8e21'}/{'0' * 32}.png"
        return route_of(path)


def route_of(path: str) -> str | None:
    """Return the pattern that answers this path; None for one that is nothing's."""
    try:
        found = resolve(path).route
    except Resolver404:
        return None
    return None if found in NOWHERE else found


def read(file: Path) -> list[Row]:
    """Return the rows of a table."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    people = lines[0].split()[2:]
    return [_row(line, people) for line in lines[1:]]


def _row(line: str, people: list[str]) -> Row:
    what, _, sent = line.partition(" | ")
    words = what.split()
    is_coming = words[0] == "coming"
    method, address, *cells = words[is_coming:]
    assert method in METHODS, line
    assert len(cells) == len(people), line
    return Row(method, address, dict(zip(people, cells, strict=True)), sent.strip(), is_coming)


def routes() -> set[str]:
    """Return every pattern of the address map but the operators' site, which has a rule instead of rows."""
    return set(_walk(get_resolver(), "")) - NOWHERE - operators_routes()


def operators_routes() -> set[str]:
    """Return every pattern of the operators' site; the page of a first password lies beside it."""
    site = {route for route in _walk(get_resolver(), "") if route.startswith(f"{settings.ADMIN_PATH}/")}
    return site - {"operators/enroll/<str:token>"}


def _walk(resolver: URLResolver, before: str) -> list[str]:
    found: list[str] = []
    for one in resolver.url_patterns:
        here = f"{before}{one.pattern}"
        found += [here] if isinstance(one, URLPattern) else _walk(one, here)
    return found
