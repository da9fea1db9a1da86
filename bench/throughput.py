"""The whole flow of a picture that costs nothing, beside a bare Celery task, through the same worker in one run.

Whole flow: store the input, submit (row, hold, message), claim, five stages, three files, post, wake-up. Bare: send
a message, run an empty function that counts itself.
"""

import contextlib
import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psutil

from roomai_web.embedded import processes

JOBS, ROUNDS, CLIENTS = 200, 5, 4
GOAL_RATIO, GOAL_CPU = ">= 0.3", "<= 6 ms"
PATIENCE_S = 120


def main() -> dict[str, dict[str, object]]:
    """Return pictures and bare tasks a second, their ratio, and the CPU of submitting side and worker per picture."""
    from django.conf import settings
    from django.test.utils import override_settings

    with override_settings(RUNNING_CAP=10_000, OPEN_CAP=10_000), _worker() as worker:
        # Made before anything is measured: making a person hashes a password, which is slow on purpose.
        payers = [_payer(JOBS * (ROUNDS + 1)) for _ in range(CLIENTS)]
        _flow(20, payers)
        _bare(20)
        rounds, cpu_ms = [], []
        for _ in range(ROUNDS):
            before = _cpu_s(worker)
            ours = _flow(JOBS, payers)
            cpu_ms.append((_cpu_s(worker) - before) * 1000 / JOBS)
            rounds.append((ours, _bare(JOBS)))
    assert settings.RUNNING_CAP < JOBS
    # Bare Celery swings between 40 and 440 tasks/s from run to run on two cores; each side's best round is the fair
    # pair. It is compared with the run before all the same: a fall has to be looked at, even where it is noise.
    flow, bare = (max(column) for column in zip(*rounds, strict=True))
    ratio = flow / bare
    return {
        "whole flow of a picture that costs nothing": {"value": round(flow), "unit": "pictures/s"},
        "bare Celery task, sent and run": {"value": round(bare), "unit": "tasks/s"},
        "whole flow beside bare Celery": {"value": round(ratio, 3), "unit": "ratio", "goal": GOAL_RATIO},
        "CPU of one picture beyond the engine, both sides": {
            "value": round(statistics.median(cpu_ms), 1),
            "unit": "ms",
            "goal": GOAL_CPU,
        },
    }


@contextlib.contextmanager
def _worker() -> Iterator[psutil.Process]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.null_settings",
        "GENERATION_RUNNING_CAP": "10000",
    }
    [child] = [child for child in processes.ours(environment=environment, port=1) if child.name == "pictures"]
    # A worker's child is replaced after 200 pictures, minutes of work; here that is seconds, and stands still for one.
    child.command += ["--include", "bench.null_pictures", "--max-tasks-per-child", "1000000"]
    child.start()
    try:
        assert child.process is not None
        yield psutil.Process(child.process.pid)
    finally:
        child.ask_to_stop()
        child.wait_or_kill()


def _flow(count: int, payers: list[Any]) -> float:
    from generations.models import OPEN, Generation

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for done in [clients.submit(_submit_some, payer, count // CLIENTS) for payer in payers]:
            done.result()
    _until(lambda: not Generation.objects.filter(state__in=OPEN).exists())
    return count / (time.perf_counter() - started)


def _payer(tokens: int) -> Any:
    from tests import factories

    return factories.person(f"bench{uuid4().hex[:12]}", tokens=tokens)


def _submit_some(payer: Any, count: int) -> None:
    from django.db import connections

    from tests.generations.submitting import submit

    for _ in range(count):
        submit(payer)
    connections.close_all()


def _bare(count: int) -> float:
    from celery import current_app
    from django.conf import settings
    from redis import Redis

    from bench import null_pictures
    from generations import messages

    counted = Redis.from_url(settings.REDIS_URL)
    counted.delete(null_pictures.COUNTER)
    started = time.perf_counter()
    with messages._producers().acquire(block=True) as producer:
        for _ in range(count):
            current_app.send_task("bench.null_pictures.nothing", queue="pictures", producer=producer, retry=False)
    _until(lambda: int(counted.get(null_pictures.COUNTER) or 0) >= count)
    return count / (time.perf_counter() - started)


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end, "the worker did not get there in time"
        time.sleep(0.005)


def _cpu_s(worker: psutil.Process) -> float:
    everyone = [psutil.Process(), worker, *worker.children(recursive=True)]
    return float(sum(process.cpu_times().user + process.cpu_times().system for process in everyone))
