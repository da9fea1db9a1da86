"""What every test of the API needs: a database other threads see, quick pictures, and programs of two people.

Calls do their database work in threads of their own, so a transaction that is rolled back would hide the test's rows
from them. One fresh database serves a module: each test brings people of its own.
"""

from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from generations import running
from generations.pipeline import Pipeline
from tests import databases, factories
from tests.generations.api import whole_pictures
from tests.generations.api.calling import Program, program


@pytest.fixture(scope="module")
def shared_database(database_template: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let this module's tests commit into one fresh database."""
    usual, pool = connection.settings_dict["NAME"], settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    database = databases.copy_of_the_empty_one(f"test_api_{uuid4().hex[:8]}")
    with django_db_blocker.unblock():
        databases.point_at(database.name, pool=databases.POOL)
        yield
        databases.point_at(usual, pool=pool)
    databases.drop(database)


@pytest.fixture
def db(shared_database: None) -> None:
    """Stand in for the transaction of other tests; by this name pytest-django knows who needs a database at all."""


@pytest.fixture
def quick(quick: None, settings: Any) -> None:
    """Let the worker's side make quick pictures with all the contract's figures."""
    settings.PICTURE_PIPELINE = whole_pictures.PATH


@pytest.fixture
def alices(db: None, quick: None, files: object) -> Program:
    """A program of somebody with ten tokens."""
    return program(factories.person(f"alice-{uuid4().hex[:8]}", tokens=10))


@pytest.fixture
def charlies(db: None, quick: None, files: object) -> Program:
    """A program of a stranger without tokens."""
    return program(factories.person(f"charlie-{uuid4().hex[:8]}"))


@pytest.fixture
def painted(alices: Program, settings: Any) -> Iterator[Program]:
    """The same program where the worker's side makes real pictures; cut-outs need no network."""
    settings.PICTURE_PIPELINE = running.PIPELINE
    running.worker_pipeline.cache_clear()
    yield alices
    cast(Pipeline, running.worker_pipeline()).close()
    running.worker_pipeline.cache_clear()
