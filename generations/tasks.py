"""Celery's way in: shells only. The row is the truth, so a duplicate, late or foolish message does nothing."""

from uuid import UUID

from celery import shared_task

from generations import running


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]  # celery ships no types
def run_generation(generation_id: object) -> None:
    """Work on the generation of this id, if it is to be had."""
    try:
        found = UUID(str(generation_id))
    except ValueError:
        return
    running.run(generation_id=found)
