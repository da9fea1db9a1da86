"""A web process that is told to stop answers everybody who waits, and is gone."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import pytest
from django.conf import settings

from generations.models import Generation
from roomai_web.embedded import processes
from tests import factories
from tests.databases import CommittedDatabase
from tests.factories import Person
from tests.generations.api.calling import BODY


@pytest.fixture
def web(committed_db: CommittedDatabase) -> Iterator[tuple[processes.Child, str]]:
    """The web process alone, as `make run` starts it, and its address: no worker, so every call waits."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = os.environ | committed_db.environment() | {"PUBLIC_URL": f"http://localhost:{port}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "roomai_web.settings", "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    environment["API_KEY_PEPPERS"] = ",".join(settings.API_KEY_PEPPERS)
    child = next(one for one in processes.ours(environment=environment, port=port) if one.name == "web")
    child.start()
    url = f"http://localhost:{port}"
    until = time.monotonic() + 40
    while not _is_ready(url):
        assert time.monotonic() < until
        time.sleep(0.1)
    yield child, url
    child.kill()
    child.wait_or_kill()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_everybody_who_waits_is_answered_and_the_process_ends(
    web: tuple[processes.Child, str], alice: Person, number: signal.Signals
) -> None:
    child, url = web
    assert child.process is not None
    workers = psutil.Process(child.process.pid).children(recursive=True)
    headers = {"Authorization": f"Bearer {factories.key_of(alice)}", "Prefer": "wait=60"}

    def ask(_: int) -> tuple[int, float]:
        answer = httpx.post(f"{url}/api/v1/generate", json=BODY, headers=headers, timeout=60)
        return answer.status_code, time.monotonic()

    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(ask, one) for one in range(5)]
        while Generation.objects.count() < 5:
            time.sleep(0.05)
        time.sleep(1)
        told = time.monotonic()
        child.process.send_signal(number)
        answers = [one.result() for one in asked]
        child.process.wait(10)
    assert {status for status, _ in answers} == {202}
    assert max(at for _, at in answers) - told < 2
    assert time.monotonic() - told < 5
    assert [one.pid for one in workers if one.is_running()] == []
    assert not _is_ready(url)
