"""Deliveries are made by several threads and processes, so their tests commit for real, on a database for each."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import CommittedDatabase
from tests.generations.webhooks import acting
from tests.generations.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(committed_db: CommittedDatabase, settings: Any) -> Iterator[Receiver]:
    """A customer's server that answers 200, and an installation that may call it."""
    acting.messages_taken()
    with receiving() as made:
        settings.FETCH_ALLOW_HOSTS = [made.host]
        yield made
    acting.messages_taken()
