"""Celery's way in: shells only. The row is the truth, so a duplicate, late or foolish message does nothing."""

from uuid import UUID

from celery import shared_task
from django.db import close_old_connections

from generations import running


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]  # celery ships no types
def run_generation(generation_id: object) -> None:
    """Work on the generation of this id, if it is to be had."""
    try:
        found = UUID(str(generation_id))
    except ValueError:
        return
    # The last task's connection goes back to the pool, which checks it before it gives it out again.
    close_old_connections()
    running.run(generation_id=found)
