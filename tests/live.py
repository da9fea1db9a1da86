"""A whole copy of the product for one test process: web, worker and timer on a database of their own.

Journeys talk to it as a person or a program would, over HTTP. What a test must put there or look at without a page
goes through `Live.do`, which runs a function with Django's ORM pointed at the copy's database.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import load_backend

from roomai_web.embedded import fake_stripe, processes, secret_files
from roomai_web.embedded.mail import Sent, sent_messages
from tests import factories, servers

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
READY_S = 40
# A killed worker's picture must be back within a test's patience; a test that stops the worker may still send more.
QUICK = {
    "GENERATION_LEASE_S": "5",
    "GENERATION_HEARTBEAT_MS": "1000",
    "GENERATION_REDISPATCH_S": "3",
    "GENERATION_QUEUE_AGE_CAP_S": "600",
    # All calls of a test process come from one address.
    "RATE_LIMIT_ADDRESS": "1000000",
    "RATE_LIMIT_GENERATE": "1000000",
    "RATE_LIMIT_READS": "1000000",
}


@dataclass
class Live:
    """The running copy. url: its address. stripe: its fake Stripe's. environment: what its processes were given."""

    url: str
    data: Path
    database: str
    environment: dict[str, str]
    children: dict[str, processes.Child]
    blocker: Any
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, run with the ORM on the copy's database and files."""

        def there() -> T:
            config = connections.settings["default"]
            options = {name: value for name, value in config["OPTIONS"].items() if name != "pool"}
            backend = load_backend(config["ENGINE"])
            connection = backend.DatabaseWrapper(config | {"NAME": self.database, "OPTIONS": options}, "default")
            connections["default"] = connection
            try:
                return work()
            finally:
                connection.close()
                del connections["default"]

        with self.blocker.unblock():
            return self.pool.submit(there).result()

    def person(self, *, tokens: int = 0) -> factories.Person:
        """Return a verified person of the copy, under a name nobody else has."""
        return self.do(lambda: factories.person(f"p{uuid4().hex[:10]}", tokens=tokens))

    def key_of(self, someone: factories.Person, **options: Any) -> str:
        """Return a new key's plain text."""
        return self.do(lambda: factories.key_of(someone, **options))

    @property
    def stripe(self) -> str:
        """Return the address of the fake Stripe it buys from."""
        return self.environment["STRIPE_API_BASE"]

    def play(self, **what: Any) -> Any:
        """Have the fake Stripe do what only the world outside can; tests/fakestripe/levers.py says what there is."""
        answer = httpx.post(f"{self.stripe}/_do", json=what).raise_for_status()
        return answer.json()

    @property
    def callable_port(self) -> int:
        """Return the port of loopback that the copy may fetch from and send webhooks to."""
        return int(self.environment["FETCH_ALLOW_HOSTS"].rpartition(":")[2])

    def available(self, someone: factories.Person) -> int:
        """Return the person's available tokens."""
        return self.do(lambda: someone.available)

    def mail_to(self, address: str) -> list[Sent]:
        """Return what the copy sent to this address, newest first."""
        return [sent for sent in sent_messages(self.data / "mail") if sent.to == address]


@pytest.fixture(scope="session")
def live(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Start the copy once a test process, and stop it when that ends."""
    data = tmp_path_factory.mktemp("live")
    database = f"live_{uuid4().hex[:8]}"
    port = free_port()
    environment = _environment(data=data, database=database, port=port)
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    ours = processes.ours(environment=environment, port=port)
    # The second worker's queue carries no message of a journey; two cores have enough to do without it.
    children = {child.name: child for child in ours if child.name != "default"}
    children["stripe"] = fake_stripe.child(data=data, environment=environment, port=port)
    for child in children.values():
        child.start()
    copy = Live(environment["PUBLIC_URL"], data, database, environment, children, django_db_blocker)
    try:
        wait_until_ready(copy.url)
        yield copy
    finally:
        processes.stop_all(list(children.values()))
        copy.pool.shutdown()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(*, data: Path, database: str, port: int) -> dict[str, str]:
    found = servers.environment(broker=1)
    base = found["DATABASE_URL"]
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{database}"')
    path = urlsplit(base).path
    return {
        **os.environ,
        **QUICK,
        **found,
        "DATABASE_URL": base.replace(f"{path}?", f"/{database}?"),
        "ROOMAI_EMBEDDED": "on",
        "ROOMAI_DATA": str(data),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "PORT": str(port),
        "PUBLIC_URL": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "roomai_web.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "API_KEY_PEPPERS": ",".join(settings.API_KEY_PEPPERS),
        "RESULTS_SECRET": settings.RESULTS_SECRET,
        # Where a test's own server may listen that the copy is to call.
        "FETCH_ALLOW_HOSTS": f"127.0.0.1:{free_port()}",
        **secret_files.prepare(data / "secrets"),
        **fake_stripe.environment(data),
    }


def wait_until_ready(url: str) -> None:
    """Return when the web process there answers that database and broker are there."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"The copy at {url} was not ready after {READY_S} s")
