"""A copy of the judge's own, served as in production: collected, hashed and compressed files, real workers.

Everything it says goes to `var/judge/copy.log`. What has no page is put there through Django's ORM, which `running`
points at the copy; not from the thread that drives a browser, whose event loop refuses it: `House.do`.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from roomai_web.embedded import joining, ports
from roomai_web.embedded.launcher import is_ready
from roomai_web.embedded.state import RunState
from tests.judge import tools

T = TypeVar("T")
#: The first start fetches the network that cuts out.
READY_S = 600
#: All of the judge's visits come from one address, and some of its runs are meant to stay where they are.
UNHURRIED = {
    "RATE_LIMIT_ADDRESS": "1000000",
    "RATE_LIMIT_GENERATE": "1000000",
    "RATE_LIMIT_UPLOADS": "1000000",
    "RATE_LIMIT_READS": "1000000",
    "GENERATION_QUEUE_AGE_CAP_S": "1000000",
    "GENERATION_RUNNING_CAP": "1",
    "WEIGHTS_DIR": os.environ.get("WEIGHTS_DIR", str(tools.ROOT / "var" / "models")),
}


@dataclass
class House:
    """The running copy. url: its address. static: its collected files."""

    url: str
    port: int
    static: Path
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, run where the ORM may be used."""
        return self.pool.submit(work).result()

    def cookie(self, session: str) -> dict[str, Any]:
        """Return a session as Playwright takes a cookie."""
        return {"name": f"session_{self.port}", "value": session, "url": self.url}


@contextmanager
def running(*, keep: bool) -> Iterator[House]:
    """Start the copy and set Django up on it; stop it at the end. keep: go on with the last round's data."""
    data, port = tools.OUT / "data", ports.free()
    if not keep:
        shutil.rmtree(data, ignore_errors=True)
    tools.OUT.mkdir(parents=True, exist_ok=True)
    environment = os.environ | UNHURRIED | {"ROOMAI_DATA": str(data), "PORT": str(port)}
    with (tools.OUT / "copy.log").open("w", encoding="utf-8") as log:
        copy = subprocess.Popen(
            [sys.executable, "-m", "roomai_web.embedded"], cwd=tools.ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_until_ready(copy, port)
            os.environ |= UNHURRIED | joining.environment(data, RunState(data).read())
            _set_up_django()
            house = House(f"http://localhost:{port}", port, data / "static")
            yield house
            house.pool.shutdown()
        finally:
            copy.send_signal(signal.SIGINT)
            copy.wait()


def _wait_until_ready(copy: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + READY_S
    while not is_ready(port):
        if copy.poll() is not None or time.monotonic() > end:
            raise tools.Missing(f"the copy did not start; {tools.OUT / 'copy.log'} says why")
        time.sleep(0.2)


def _set_up_django() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "roomai_web.settings"
    django.setup()
