"""Celery's way in: shells only. The row is the truth, so a duplicate, late or foolish message does nothing."""

from uuid import UUID

from celery import shared_task

from generations import notices, packing, preparing, running
from generations.webhooks import delivering


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]  # celery ships no types
def run_generation(generation_id: object) -> None:
    """Work on the generation of this id, if it is to be had."""
    try:
        found = UUID(str(generation_id))
    except ValueError:
        return
    running.run(generation_id=found)


# Taken off the queue before it is sent: what a dying worker loses the timer finds.
@shared_task(ignore_result=True, acks_late=False)  # type: ignore[untyped-decorator]
def deliver_webhook(delivery_id: object) -> None:
    """Make an attempt at the delivery of this id, if one is due."""
    try:
        found = UUID(str(delivery_id))
    except ValueError:
        return
    delivering.deliver(delivery_id=found)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def mail_returned(generation_id: object) -> None:
    """Mail that the tokens of this generation are back."""
    notices.token_returned(generation_id=UUID(str(generation_id)))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def prepare_matte(upload_id: object) -> None:
    """Find the subject of this upload, before anything is paid."""
    preparing.prepare(upload_id=str(upload_id))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def prepare_mask(upload_id: object, mask_id: object) -> None:
    """Read this mask as it lies on this upload."""
    preparing.prepare_mask(upload_id=str(upload_id), mask_id=str(mask_id))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def change_mask(upload_id: object, mask_id: object, change: object, made_id: object) -> None:
    """Change this mask of this upload, and keep the result under an id chosen by whoever waits for it."""
    preparing.change_mask(upload_id=str(upload_id), mask_id=str(mask_id), change=str(change), made_id=str(made_id))


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def pack_export(export_id: object) -> None:
    """Pack the file of the export of this id, if it is waited for."""
    try:
        found = UUID(str(export_id))
    except ValueError:
        return
    packing.pack(export_id=found)
