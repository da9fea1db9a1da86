"""What is kept, and until when: contents past their time, uploads nobody used, objects no row names."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.utils import timezone

from generations import storage
from generations.models import OPEN, Generation, State, Upload
from generations.transactions import durably

log = structlog.get_logger(__name__)

BATCH = 200
ORPHAN = timedelta(hours=24)
# A call made in an upload's last second may come again for a day, and is known by the upload's digest.
REPLAYED = timedelta(hours=24)
# What a person wrote or what repeats their words; figures about pixels stay.
WORDS = {"scene"}


def delete_content(*, generation_id: UUID) -> bool:
    """Forget a generation's prompt and pictures, then remove the files; False when that was done before.

    The row keeps id, state, times, cost and figures. A file that cannot be removed now is found by the sweep.
    """

    def forget() -> list[str]:
        row = Generation.objects.select_for_update().filter(id=generation_id, deleted_at__isnull=True).first()
        if row is None:
            return []
        keys = [row.result_key, *(stored["object_key"] for stored in row.inputs.values())]
        row.deleted_at, row.result_key, row.inputs, row.params = Now(), None, {}, {}
        row.result = {name: value for name, value in (row.result or {}).items() if name not in WORDS} or None
        row.save(update_fields=["deleted_at", "result_key", "inputs", "params", "result"])
        return ["", *filter(None, keys)]

    keys = durably(forget)
    for key in keys:
        # An upload's object goes with the upload.
        if key and not key.startswith("up/"):
            _remove(key)
    return bool(keys)


def purge() -> int:
    """Delete the content of finished generations past `delete_after`, and uploads past theirs; return how many."""
    lapsed = Generation.objects.filter(delete_after__lt=Now(), deleted_at__isnull=True).exclude(state__in=OPEN)
    ids = list(lapsed.order_by("delete_after").values_list("id", flat=True)[:BATCH])
    done = sum(delete_content(generation_id=generation_id) for generation_id in ids)
    return done + _purge_uploads()


def _purge_uploads() -> int:
    # A generation submitted in an upload's last second may still be open for its whole deadline.
    lapsed = Upload.objects.filter(delete_after__lt=Now() - settings.DEADLINE * 2).exclude(object_key="")
    done = 0
    for upload in lapsed.order_by("delete_after")[:BATCH]:
        _remove(upload.object_key)
        upload.object_key = ""
        upload.save(update_fields=["object_key"])
        done += 1
    Upload.objects.filter(delete_after__lt=Now() - REPLAYED, object_key="").delete()
    return done


def sweep_objects() -> int:
    """Remove objects older than a day that no row names: of refused submits and of stale workers; return how many."""
    swept = 0
    for workspace in _folders("in"):
        kept = _received_by(workspace)
        swept += sum(_sweep(key) for key in _old_objects(f"in/{workspace}") if key not in kept)
    for generation in _folders("gen"):
        row = Generation.objects.filter(id=generation).first()
        kept = set(storage.served_keys(row)) if row else set()
        swept += sum(_sweep(key) for key in _old_objects(f"gen/{generation}") if key not in kept)
    for workspace in _folders("up"):
        kept = set(Upload.objects.filter(workspace_id=workspace).values_list("object_key", flat=True))
        swept += sum(_sweep(key) for key in _old_objects(f"up/{workspace}") if key not in kept)
    return swept


def _received_by(workspace: str) -> set[str]:
    """Return the bytes as received that rows still name; a success has replaced its own."""
    rows = Generation.objects.filter(workspace_id=workspace, deleted_at__isnull=True).exclude(state=State.SUCCEEDED)
    return {stored["object_key"] for inputs in rows.values_list("inputs", flat=True) for stored in inputs.values()}


def _folders(area: str) -> Iterator[str]:
    """Return the folders of an area that are named by a UUID, as all of ours are."""
    try:
        names, _ = default_storage.listdir(area)
    except FileNotFoundError:
        return
    for name in names:
        try:
            yield str(UUID(name))
        except ValueError:
            continue


def _old_objects(folder: str) -> Iterator[str]:
    """Return the objects of a folder that nobody can be in the middle of writing."""
    _, names = default_storage.listdir(folder)
    for name in names:
        key = f"{folder}/{name}"
        if default_storage.get_modified_time(key) < timezone.now() - ORPHAN:
            yield key


def _sweep(key: str) -> bool:
    log.info("orphan_swept", area=key.partition("/")[0])
    return _remove(key)


def _remove(key: str) -> bool:
    try:
        storage.delete(key)
    except OSError as error:
        log.warning("object_not_deleted", error=type(error).__name__)
        return False
    return True
