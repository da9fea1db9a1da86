"""What is said through the broker: "this generation is due" to the workers, "this one has ended" to those waiting.

Both are hints that may be lost, doubled or late: the row decides, the timer says it again, a waiter also polls.
So no failure here is anybody's error, and none takes longer than a second.
"""

from functools import cache
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from kombu import pools
from kombu.exceptions import OperationalError
from redis import BlockingConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from generations.models import Queue

log = structlog.get_logger(__name__)

RUN = "generations.tasks.run_generation"
DELIVER, CALLS_QUEUE = "generations.tasks.deliver_webhook", "default"
EXPORT = "generations.tasks.pack_export"
RETURNED = "generations.tasks.mail_returned"
DONE_CHANNEL = "gen:done"
PATIENCE_S = 1.0
# A queue is several lists to Kombu, one a step of priority, and a worker takes from the first that is not empty: 0 is
# the most urgent, 9 the least.
PAID, FREE = 0, 9


def announce_due(*, generation_id: UUID, queue: str) -> bool:
    """Send a generation's id to its queue; False, and a line in the log, when the broker would not take it."""
    return _send(RUN, [str(generation_id)], queue=queue, priority=PAID)


def announce_export(*, export_id: UUID) -> bool:
    """Ask the workers for the file of an export, behind everything else; False as with `announce_due`."""
    return _send(EXPORT, [str(export_id)], queue=CALLS_QUEUE, priority=FREE)


def announce_delivery(*, delivery_id: UUID) -> bool:
    """Send a webhook delivery's id to the workers that call customers' servers; False as with `announce_due`."""
    return _send(DELIVER, [str(delivery_id)], queue=CALLS_QUEUE, priority=PAID)


def announce_returned(*, generation_id: UUID) -> bool:
    """Have a worker mail that a picture was handed back; False as with `announce_due`."""
    return _send(RETURNED, [str(generation_id)], queue=CALLS_QUEUE, priority=FREE)


def announce_free(*, task: str, ids: list[str]) -> bool:
    """Send work nobody pays for to the workers of pictures, who take it up when no paid picture waits."""
    return _send(task, ids, queue=Queue.PICTURES.value, priority=FREE)


def _send(task: str, ids: list[str], *, queue: str, priority: int) -> bool:
    try:
        with _producers().acquire(block=True, timeout=PATIENCE_S) as producer:
            current_app.send_task(
                task,
                args=ids,
                queue=queue,
                priority=priority,
                producer=producer,
                retry=False,
                ignore_result=True,
                # What Celery would show of the arguments, in logs and events we do not have.
                argsrepr=",".join(ids),
                kwargsrepr="",
            )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("message_not_sent", task=task, ids=ids, error=type(error).__name__)
        return False
    return True


def announce_end(*, generation_id: UUID) -> None:
    """Wake whoever waits for this generation, in any web process."""
    try:
        _redis().publish(DONE_CHANNEL, str(generation_id))
    except (RedisError, OSError) as error:
        log.warning("wake_up_not_sent", generation_id=str(generation_id), error=type(error).__name__)


def broker_answers() -> bool:
    """Say whether the broker answers a PING within a second."""
    try:
        return bool(_redis().ping())
    except (RedisError, OSError):
        return False


def broker_problem() -> str:
    """Return what makes the broker unfit to keep messages and how to put it right, or nothing."""
    try:
        memory, persistence = _redis().info("memory"), _redis().info("persistence")
    except (RedisError, OSError):
        return ""
    if (policy := memory.get("maxmemory_policy", "")) != "noeviction":
        return f"Redis evicts keys ({policy}); set maxmemory-policy to noeviction."
    if not persistence.get("aof_enabled"):
        return "Redis keeps no append-only file; set appendonly to yes."
    return ""


def valkey() -> "Redis":
    """Return this process's connections to the broker's server; no call takes longer than a second."""
    return _redis()


@cache
def _producers() -> Any:
    """Return the pool of connections for sending; a shorter patience than the worker's own, which blocks to read."""
    shared = current_app.conf.broker_transport_options
    options = {**shared, "socket_timeout": PATIENCE_S, "max_retries": 0}
    return pools.producers[current_app.connection_for_write(transport_options=options)]


@cache
def _redis() -> "Redis":
    pool = BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=16,
        timeout=PATIENCE_S,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis(connection_pool=pool)
