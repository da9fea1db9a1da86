"""A broker that may throw messages away is refused at the start, with the setting that puts it right."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from roomai_web.embedded import processes
from roomai_web.embedded.valkey import Valkey
from tests import servers


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="rai") as room:
        Path(room).chmod(0o711)
        server = Valkey(Path(room) / "kv", Path(room) / "s" / "s", durable=False)
        server.start()
        yield server
        server.stop()


@pytest.mark.parametrize(
    ("setting", "wrong", "fix"),
    [
        ("maxmemory-policy", "allkeys-lru", "set maxmemory-policy to noeviction"),
        ("appendonly", "no", "set appendonly to yes"),
    ],
)
def test_a_worker_refuses_a_broker_that_forgets(valkey: Valkey, setting: str, wrong: str, fix: str) -> None:
    Redis.from_url(valkey.url()).config_set(setting, wrong)
    given = {"REDIS_URL": valkey.url(), "DJANGO_SETTINGS_MODULE": "roomai_web.settings"}
    environment = {**os.environ, **servers.environment(), **given}
    [worker] = [child for child in processes.ours(environment=environment, port=1) if child.name == "pictures"]
    ended = subprocess.run(
        worker.command, cwd=processes.ROOT, env=dict(worker.environment), capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 1
    assert fix in ended.stderr
