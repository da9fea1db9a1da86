"""The Celery application: its settings, queues and routes. A message is a hint; the row decides."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu.transport import TRANSPORT_ALIASES

from roomai_web.env import env_str

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")


def broker_url(redis_url: str) -> str:
    """Return a redis-py address as kombu writes it: `unix:///p?db=1` becomes `redis+socket:///p?virtual_host=1`."""
    if not redis_url.startswith("unix://"):
        return redis_url or "redis://localhost"
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


# Whoever names Redis, by whatever address, gets the transport that does not make a client for every message.
TRANSPORT_ALIASES["redis"] = "roomai_web.broker:Transport"

# `roomai_web.worker` is loaded by workers only; every other process merely sends.
app = Celery("roomai", include=["roomai_web.worker"])
app.config_from_object("roomai_web.celery:configuration")
app.autodiscover_tasks(["generations"])


class Configuration:
    """Measured choices: acknowledgements are late, nothing is retried by Celery, no result is kept.

    The visibility timeout must exceed three hard time limits' worth of patience for one message and stay the
    same for everyone sharing the broker, for the shortest wins.
    """

    broker_transport_options = {
        "visibility_timeout": 540,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }
    broker_connection_retry_on_startup = True
    task_acks_late = True
    task_reject_on_worker_lost = False
    task_ignore_result = True
    task_publish_retry = False
    task_soft_time_limit = 150
    task_time_limit = 180
    task_default_queue = "default"
    task_routes = {"generations.tasks.run_generation": {"queue": "pictures"}}
    worker_prefetch_multiplier = 1
    worker_cancel_long_running_tasks_on_connection_loss = True
    worker_max_tasks_per_child = 200
    worker_max_memory_per_child = 1_500_000
    # Ours, read by roomai_web/worker.py: how long running work may take after SIGTERM.
    shutdown_patience_s = 30
    worker_hijack_root_logger = False
    # A child keeps its connections from task to task; each task begins by having them checked.
    CELERY_DB_REUSE_MAX = 1_000_000

    @property
    def broker_url(self) -> str:
        """Read the address when it is first needed: a launcher or a test run sets it after this is imported."""
        return broker_url(env_str("REDIS_URL"))


configuration = Configuration()


@setup_logging.connect  # type: ignore[untyped-decorator]  # celery ships no types
def keep_our_logging(**_: Any) -> None:
    """Leave logging as Django set it up; Celery's own would lose the masks and the JSON.

    Two lines for each message say nothing that the row does not.
    """
    for chatty in ("celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
