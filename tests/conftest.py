"""What every test may lean on: the people, and the fence that keeps a test on this machine."""

import ipaddress
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from tests import factories

pytest_plugins = ["tests.databases", "tests.live", "tests.programs"]


def _is_here(host: object) -> bool:
    if not isinstance(host, str) or host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return True  # a name: what it resolves to is checked when it is connected to


class LeftTheMachine(AssertionError):
    """A test tried to reach an address other than loopback."""


def _fence(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not _is_here(arguments[1][0]):
        raise LeftTheMachine(str(arguments[1]))


sys.addaudithook(_fence)


@pytest.fixture
def alice(db: None) -> factories.Person:
    """Owns a workspace with ten tokens."""
    return factories.person("alice", tokens=10)


@pytest.fixture
def bob(alice: factories.Person) -> factories.Person:
    """A developer in alice's workspace."""
    return factories.member("bob", of=alice.workspace)


@pytest.fixture
def charlie(db: None) -> factories.Person:
    """A stranger with an empty wallet."""
    return factories.person("charlie")


@pytest.fixture
def at_once() -> Callable[[int, Callable[[int], Any]], list[Any]]:
    """Run a function in so many threads at once, each with connections of its own; return what each returned."""

    def run(count: int, work: Callable[[int], Any]) -> list[Any]:
        def one(number: int) -> Any:
            try:
                return work(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    return run
