"""After a broker's reset a worker can stop consuming and look healthy: notice it by what it leaves lying.

Work that somebody could claim now and nobody does, while the broker answers and a living worker of that queue says
it has nothing to do: that worker is told to exit, and its supervisor starts it again.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models.functions import Now

from generations import leases, messages
from generations.models import ProcessStatus

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=60)
FRESH = timedelta(seconds=30)


def look() -> list[str]:
    """Ask at most one idle worker a minute to exit; return whom."""
    overdue = [queue for queue, age_s in leases.queue_ages_s().items() if age_s > PATIENCE.total_seconds()]
    if not overdue or not messages.broker_answers():
        return []
    with transaction.atomic():
        if ProcessStatus.objects.filter(exit_requested__gt=Now() - timedelta(minutes=1)).exists():
            return []
        idle = ProcessStatus.objects.select_for_update().filter(
            kind="worker", busy=0, queues__overlap=overdue, seen_at__gt=Now() - FRESH, exit_requested=None
        )
        found = idle.order_by("seen_at").first()
        if found is None:
            return []
        ProcessStatus.objects.filter(process=found.process).update(exit_requested=Now())
    log.error("worker_stopped_consuming", process=found.process, queues=overdue)
    return [found.process]
