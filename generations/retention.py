"""What is kept, and until when: contents past their time, uploads nobody used, objects no row names."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError
from django.db.models.functions import Least, Now
from django.utils import timezone

from generations import mattes, storage
from generations.models import OPEN, TRASH_KEPT, Generation, Matte, State, Upload
from generations.transactions import durably
from generations.webhooks import events
from generations.webhooks.models import WebhookEvent

log = structlog.get_logger(__name__)

# A turn of the timer ends when there is nothing left or at this time, whichever comes first; the next goes on.
TURN = timedelta(minutes=5)
MOST = 50_000
ROWS = 500
ORPHAN = timedelta(hours=24)
DELIVERIES_KEPT = timedelta(days=30)
# A call made in an upload's last second may come again for a day, and is known by the upload's digest.
REPLAYED = timedelta(hours=24)
# What repeats a person's words, and what would know their picture again; figures about pixels stay.
FORGOTTEN = {"scene", "proof"}
# Of the objects beside the result, those that show it or were found for it.
MADE = {"matte", "thumbnail"}
RESULT_FIELDS = ["result_key", "inputs", "result"]


def delete_content(*, generation_id: UUID) -> bool:
    """Forget a generation's prompt and pictures, then remove the files; False when that was done before.

    The row keeps id, state, times, cost and figures. An upload goes with the last generation made of it: what a
    camera wrote into it stays nowhere. With it go its matte and the masks drawn on it. A file that cannot be removed
    now is found by the sweep.
    """

    def work() -> list[str]:
        row = Generation.objects.select_for_update().filter(id=generation_id, deleted_at__isnull=True).first()
        if row is None:
            return []
        sent = digests(row)
        keys = _end_uploads(row, sent) + forget(row)
        drawn = mattes.masks_on_gone(workspace_id=row.workspace_id, digests=sent)
        keys += _end_uploads(row, drawn) + mattes.let_go(workspace_id=row.workspace_id, digests=[*sent, *drawn])
        return ["", *keys]

    keys = durably(work)
    remove(keys)
    return bool(keys)


def forget(row: Generation) -> list[str]:
    """Take prompt and pictures out of a locked row; return the objects to remove once that is committed.

    Uploads are not among them: they are the person's own and have a time of their own.
    """
    named = [row.result_key, *(stored["object_key"] for stored in row.inputs.values())]
    row.deleted_at, row.result_key, row.inputs, row.params = Now(), None, {}, {}
    row.result = {name: value for name, value in (row.result or {}).items() if name not in FORGOTTEN} or None
    row.save(update_fields=["deleted_at", "result_key", "inputs", "params", "result"])
    events.forget(generation=row)
    return [key for key in named if key and not key.startswith("up/")]


def forget_result(row: Generation) -> list[str]:
    """Take the picture and its proof out of a locked row, unsaved; return the objects to remove after the commit.

    What the picture was made of stays until its time is over. Save `RESULT_FIELDS` and why it went in one statement,
    as the table allows no success without a picture or a reason.
    """
    made = [one["object_key"] for name, one in row.inputs.items() if name in MADE]
    named = [row.result_key, *made]
    row.result_key, row.inputs = None, {name: one for name, one in row.inputs.items() if name not in MADE}
    row.result = {name: value for name, value in (row.result or {}).items() if name != "proof"} or None
    return [key for key in named if key and not key.startswith("up/")]


def remove(keys: Iterable[str]) -> None:
    """Remove objects; one that cannot be removed now is found by the sweep."""
    for key in filter(None, keys):
        _remove(key)


def digests(row: Generation) -> list[bytes]:
    """Return the SHA-256 of each picture the row was given."""
    return [bytes.fromhex(stored["sha256"]) for stored in row.inputs.values() if "sha256" in stored]


def _end_uploads(row: Generation, digests: list[bytes]) -> list[str]:
    """Let the uploads of its mode lapse that no other generation was made of; return their objects, to be removed."""
    uploads = Upload.objects.select_for_update().filter(
        workspace_id=row.workspace_id, livemode=row.livemode, sha256__in=digests
    )
    unused = [one for one in uploads.exclude(object_key="") if not _is_used(bytes(one.sha256), besides=row)]
    ended = Upload.objects.filter(id__in=[one.id for one in unused])
    ended.update(object_key="", delete_after=Least("delete_after", Now()))
    return [one.object_key for one in unused]


def _is_used(digest: bytes, *, besides: Generation) -> bool:
    """Say whether another generation of workspace and mode, not deleted yet, was made of this picture."""
    others = Generation.objects.made_of(digest).filter(workspace_id=besides.workspace_id, livemode=besides.livemode)
    return others.exclude(id=besides.id).exists()


def purge() -> int:
    """Delete the content of finished generations past `delete_after` or their time in the trash, uploads past theirs,
    and webhooks past 30 days; return how many.
    """
    until = time.monotonic() + TURN.total_seconds()
    ended = Generation.objects.filter(deleted_at__isnull=True).exclude(state__in=OPEN)
    lapsed = [
        ended.filter(delete_after__lt=Now()).order_by("delete_after"),
        ended.filter(trashed_at__lte=Now() - TRASH_KEPT).order_by("trashed_at"),
    ]
    ids = [generation_id for rows in lapsed for generation_id in rows.values_list("id", flat=True)[:MOST]]
    done = _each([partial(delete_content, generation_id=generation_id) for generation_id in ids], until=until)
    return done + _purge_uploads(until=until) + _purge_events(until=until)


def _purge_events(*, until: float) -> int:
    """Delete old events with their deliveries and attempts, a batch at a time until the time is up."""
    past = WebhookEvent.objects.filter(created_at__lt=Now() - DELIVERIES_KEPT)
    done, old = 0, past.exclude(deliveries__lease_until__isnull=False)  # what is being sent goes at the next turn
    while time.monotonic() < until and (ids := list(old.order_by("created_at").values_list("id", flat=True)[:ROWS])):
        done += old.filter(id__in=ids).delete()[1].get("generations.WebhookEvent", 0)
    return done


def _purge_uploads(*, until: float) -> int:
    # A generation submitted in an upload's last second may still be open for its whole deadline.
    lapsed = Upload.objects.filter(delete_after__lt=Now() - settings.DEADLINE * 2).exclude(object_key="")
    done = _each([partial(let_go, upload) for upload in lapsed.order_by("delete_after")[:MOST]], until=until)
    Upload.objects.filter(delete_after__lt=Now() - REPLAYED, object_key="").delete()
    return done


def let_go(upload: Upload) -> bool:
    """Let an upload go, lapsed or not, and what was found in it unless a generation of it is kept."""

    def work() -> list[str]:
        row = Upload.objects.select_for_update().get(id=upload.id)
        keys, row.object_key = [row.object_key], ""
        row.save(update_fields=["object_key"])
        return keys + mattes.let_go(workspace_id=row.workspace_id, digests=[bytes(row.sha256)])

    for key in filter(None, durably(work)):
        _remove(key)
    return True


def _each(deletions: list[partial[bool]], *, until: float) -> int:
    """Do them one by one until the time is up; one that fails is logged and tried again at the next turn."""
    done = 0
    for deletion in deletions:
        if time.monotonic() > until:
            break
        try:
            done += deletion()
        except DatabaseError:
            log.exception("content_not_deleted", generation_id=str(deletion.keywords.get("generation_id", "")))
    return done


def sweep_objects() -> int:
    """Remove objects older than a day that no row names: of refused submits and of stale workers; return how many."""
    swept = 0
    areas: list[tuple[str, Callable[[list[str]], set[str]]]]
    _forget_mattes()
    areas = [("in", _received_by), ("gen", _made_for), ("up", _uploaded_by), ("matte", _found_for)]
    for area, named in areas:
        folders = _folders(area)
        while batch := list(islice(folders, ROWS)):
            kept = named(batch)
            for folder in batch:
                swept += sum(_sweep(key) for key in _old_objects(f"{area}/{folder}") if key not in kept)
                if area == "gen":
                    _remove_empty(f"{area}/{folder}")
    return swept


def _received_by(workspaces: Iterable[str]) -> set[str]:
    """Return the bytes as received that rows still name; a success has replaced its own."""
    rows = Generation.objects.filter(workspace_id__in=workspaces, deleted_at__isnull=True)
    received = rows.exclude(state=State.SUCCEEDED).values_list("inputs", flat=True)
    return {stored["object_key"] for inputs in received for stored in inputs.values()}


def _made_for(generations: Iterable[str]) -> set[str]:
    return {key for row in Generation.objects.filter(id__in=generations) for key in storage.served_keys(row)}


def _uploaded_by(workspaces: Iterable[str]) -> set[str]:
    return set(Upload.objects.filter(workspace_id__in=workspaces).values_list("object_key", flat=True))


def _found_for(workspaces: Iterable[str]) -> set[str]:
    return set(Matte.objects.filter(workspace_id__in=workspaces).values_list("object_key", flat=True))


def _forget_mattes() -> None:
    """Forget mattes whose picture has gone, should one have been kept at that very moment; their files follow."""
    old = Matte.objects.filter(created_at__lt=Now() - ORPHAN)
    for row in old.order_by("id").iterator(chunk_size=ROWS):
        mattes.let_go(workspace_id=row.workspace_id, digests=[bytes(row.sha256), bytes(row.photo_sha256 or b"")])


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
    """Return the objects of a folder that nobody can be in the middle of writing; what vanishes meanwhile is fine."""
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(folder)[1]:
            if _is_old(key := f"{folder}/{name}"):
                yield key


def _is_old(key: str) -> bool:
    try:
        return default_storage.get_modified_time(key) < timezone.now() - ORPHAN
    except FileNotFoundError:
        return False


def _remove_empty(folder: str) -> None:
    """Remove a folder that has stood empty for a day; only a file system has folders."""
    if isinstance(default_storage, FileSystemStorage) and _is_old(folder):
        with contextlib.suppress(OSError):  # not empty
            os.rmdir(default_storage.path(folder))


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
