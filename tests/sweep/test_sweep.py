"""Every address as everybody: nobody reaches another's things, and no address is without its row."""

import re
from pathlib import Path

import pytest

from tests.sweep import sending, table
from tests.sweep.table import METHODS, Row
from tests.sweep.world import World

pytestmark = pytest.mark.usefixtures("db")
HERE = Path(__file__).parent
ROWS = [*table.read(HERE / "pages.rows"), *table.read(HERE / "api.rows")]
THERE = [row for row in ROWS if row.route is not None]
#: The operators' site is shut to everybody without a second factor; only its sign-in and sign-out lead elsewhere.
SHUT = dict.fromkeys(("nobody", "stranger", "developer", "staff"), "302:/operators/login/")
OPERATORS = {
    "/operators/login/": SHUT
    | {"nobody": "login", "stranger": "403", "developer": "403", "staff": "302:/accounts/2fa/totp/*"},
    "/operators/logout/": dict.fromkeys(SHUT, "302:/operators/"),
}


def test_every_address_has_a_row() -> None:
    assert table.routes() - {row.route for row in THERE} == set()


def test_no_row_is_of_an_address_that_is_gone_or_has_come() -> None:
    assert [str(row) for row in ROWS if row.route is None and not row.is_coming] == [], (
        "no such address: take the row out"
    )
    assert [str(row) for row in THERE if row.is_coming] == [], "it has come: take the word `coming` away"


def test_there_are_as_many_cells_as_were_asked_for() -> None:
    assert sum(len(row.cells) for row in THERE) >= 250


@pytest.mark.parametrize("row", THERE, ids=str)
def test_nobody_else_gets_at_it(world: World, row: Row) -> None:
    assert sending.differences(row, world, [who for who in row.cells if who != "owner"]) == []
    if row.method != "GET":
        assert world.changes() == []


def operators_addresses(world: World) -> list[str]:
    """Return an address of each pattern of the operators' site, of a row of alice's where it takes one."""
    keys = {label.replace(".", "/"): str(pk) for label, pk in world.before}
    found = []
    for route in sorted(table.operators_routes()):
        page = route.removeprefix("operators/")
        pk = next((pk for label, pk in keys.items() if page.startswith(f"{label}/")), "1")
        words = {"<path:object_id>": pk, "<path:pk>": pk, "<path:content_type_id>": "1"}
        for word, value in words.items():
            page = page.replace(word, value)
        page = re.sub(r"\^\(\?P<app_label>[a-z|]+\)/\$", "billing/", page)
        found.append("/operators/" + page.replace("(?P<url>.*)$", "nothing"))
    return found


def test_the_operators_site_is_shut_without_a_second_factor(world: World) -> None:
    addresses = operators_addresses(world)
    assert not any(set("<>^$(") & set(address) for address in addresses), "an address of a kind not filled in yet"
    for address in addresses:
        cells = OPERATORS.get(address, SHUT)
        for method, people in (("GET", [*cells]), ("POST", ["staff"])):
            row = Row(method, address, cells, "", is_coming=False)
            assert sending.differences(row, world, people) == [], str(row)
    assert world.changes() == []


def test_methods_without_a_row_do_nothing(world: World) -> None:
    """Asked by the owner, whom nothing else keeps out. allauth's views take a PUT for a POST, which has its row."""
    for route in sorted(table.routes()):
        listed = [row for row in THERE if row.route == route]
        for method in () if route.startswith("accounts/") else sorted(set(METHODS) - {row.method for row in listed}):
            row = Row(method, listed[0].address, {"owner": "405"}, listed[0].sent, is_coming=False)
            assert sending.differences(row, world, ["owner"]) == [], str(row)
    assert world.changes() == []


@pytest.mark.parametrize("row", [row for row in THERE if row.method == "GET"], ids=str)
def test_the_owner_reads_it(world: World, row: Row) -> None:
    """Without this the sweep would be content with addresses that lead nowhere."""
    assert sending.differences(row, world, ["owner"]) == []


@pytest.mark.parametrize("row", [row for row in THERE if row.method != "GET"], ids=str)
def test_the_owner_does_it(world: World, row: Row) -> None:
    """Last in this file: afterwards the world is another."""
    assert sending.differences(row, world, ["owner"]) == []
