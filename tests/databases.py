"""A database in which a test really commits, made from a template and dropped afterwards.

The `db` fixture wraps a test in one transaction that is rolled back: no other thread or process sees its rows. A test
that needs them seen (threads, a live server, workers) names `committed_db` as well, and nothing else changes: alice,
bob and charlie then live in the fresh database, to which this process's settings point until the test ends.

    def test_last_token(committed_db, alice, at_once): ...
    subprocess.Popen(command, env=os.environ | committed_db.environment())     # another process, same database

Do not mark such a test with `django_db(transaction=True)`: its flush would truncate the journal, which a trigger
refuses. End what you started (threads, processes) before the test returns; what is still connected is cut off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests import servers

TEMPLATE = "template_for_tests"
#: Room for 32 threads at once beside the test's own connection; the cluster allows 100.
POOL = 40
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class CommittedDatabase:
    """The fresh database of one test."""

    name: str

    @property
    def url(self) -> str:
        """Its address, for psycopg or another process's DATABASE_URL."""
        return urlsplit(servers.environment()["DATABASE_URL"])._replace(path=f"/{self.name}").geturl()

    def environment(self) -> dict[str, str]:
        """Return the variables under which another process works on this database and the test's Valkey."""
        return servers.environment() | {"DATABASE_URL": self.url}


def copy_of_the_empty_one(name: str) -> CommittedDatabase:
    """Create the database `name` as a copy of the migrated, empty test database."""
    _administer("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
    return CommittedDatabase(name)


def drop(database: CommittedDatabase) -> None:
    """Drop it, whoever is still connected."""
    _administer("DROP DATABASE {} WITH (FORCE)", database.name)


def point_at(name: str, *, pool: int) -> None:
    """Let this process's connections, of any thread, go to the database `name` from now on."""
    connections.close_all()
    connection.close_pool()
    # One dict stands behind settings, the handler and every thread's connection.
    connection.settings_dict["NAME"] = name
    connection.settings_dict["OPTIONS"]["pool"]["max_size"] = pool


def _administer(statement: str, *names: str) -> None:
    with psycopg.connect(servers.environment()["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def database_template(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep a copy of the migrated, empty database to which nobody ever connects, as PostgreSQL demands."""
    with django_db_blocker.unblock():
        connections.close_all()
        connection.close_pool()
        _administer("CREATE DATABASE {} TEMPLATE {}", TEMPLATE, connection.settings_dict["NAME"])
    yield
    _administer("DROP DATABASE {}", TEMPLATE)


@pytest.fixture
def db(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[CommittedDatabase | None]:
    """Give the test a database: a fresh one for `committed_db`, else a transaction that is rolled back."""
    if "committed_db" not in request.fixturenames:
        request.getfixturevalue("_django_db_helper")
        yield None
        return
    assert not request.node.get_closest_marker("django_db"), "committed_db stands alone, without django_db"
    request.getfixturevalue("database_template")
    usual, usual_pool = connection.settings_dict["NAME"], settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    database = copy_of_the_empty_one(f"test_committed_{next(_numbers)}")
    with django_db_blocker.unblock():
        point_at(database.name, pool=POOL)
        yield database
        point_at(usual, pool=usual_pool)
    drop(database)


@pytest.fixture
def committed_db(db: CommittedDatabase | None) -> CommittedDatabase:
    """A fresh database in which this test's commits are real: see the module's docstring."""
    assert db is not None
    return db
