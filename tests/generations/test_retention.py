import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db.models.functions import Now

from generations import retention, running, services, storage
from generations.models import Generation, Upload
from tests.databases import CommittedDatabase
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import now_is_later, submitted

pytestmark = pytest.mark.usefixtures("committed_db", "quick")


def made_of(someone: Person, **uploads: Upload) -> Generation:
    made = submitted(someone, inputs={name: storage.input_of(upload=upload) for name, upload in uploads.items()})
    running.run(generation_id=made.id)
    return made


def old(path: Path) -> None:
    long_ago = path.stat().st_mtime - 25 * 3600
    os.utime(path, (long_ago, long_ago))


def test_an_upload_goes_with_the_last_picture_made_of_it(alice: Person, files: Path) -> None:
    photo = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png())
    backdrop = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png() + b"other")
    both, one = made_of(alice, image=photo, background=backdrop), made_of(alice, image=photo)
    services.delete_content(generation=both)
    assert (files / photo.object_key).exists()
    assert not (files / backdrop.object_key).exists()
    assert Upload.objects.for_workspace(alice.workspace).get() == photo
    services.delete_content(generation=one)
    assert not (files / photo.object_key).exists()
    assert not Upload.objects.for_workspace(alice.workspace).exists()
    assert not list((files / "up").glob("*/*")) + list((files / "gen").glob("*/*"))


def test_an_upload_stays_while_an_open_generation_needs_it(alice: Person, files: Path) -> None:
    photo = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png())
    done = made_of(alice, image=photo)
    waiting = submitted(alice, inputs={"image": storage.input_of(upload=photo)})
    services.delete_content(generation=done)
    running.run(generation_id=waiting.id)
    waiting.refresh_from_db()
    assert waiting.is_succeeded


def test_one_turn_deletes_all_that_has_lapsed(alice: Person) -> None:
    Upload.objects.bulk_create(
        Upload(
            workspace=alice.workspace, object_key=f"up/{number}", sha256=b"", format="png",
            width_px=1, height_px=1, size_bytes=1, delete_after=Now() - timedelta(hours=1),
        )
        for number in range(450)
    )  # fmt: skip
    assert (retention.purge(), retention.purge()) == (450, 0)


def test_a_turn_ends_in_time_and_the_next_goes_on(alice: Person, monkeypatch: Any) -> None:
    now_is_later(made_of_bytes(alice).id, by=timedelta(days=31))
    monkeypatch.setattr(retention, "TURN", timedelta(seconds=-1))
    assert retention.purge() == 0
    monkeypatch.undo()
    assert retention.purge() == 1


def made_of_bytes(someone: Person) -> Generation:
    made = submitted(someone)
    running.run(generation_id=made.id)
    return made


def test_a_row_somebody_holds_keeps_no_other(alice: Person, committed_db: CommittedDatabase, caplog: Any) -> None:
    held, other = [made_of_bytes(alice) for _ in range(2)]
    now_is_later(held.id, by=timedelta(days=32))
    now_is_later(other.id, by=timedelta(days=31))
    with psycopg.connect(committed_db.url) as somebody:
        somebody.execute("SELECT 1 FROM generations_generation WHERE id = %s FOR UPDATE", [held.id])
        assert retention.purge() == 1
    assert Generation.objects.get(deleted_at__isnull=False) == other
    assert str(held.id) in caplog.text
    assert retention.purge() == 1


def test_the_sweep_asks_once_for_many_folders(alice: Person, files: Path, django_assert_max_num_queries: Any) -> None:
    kept = made_of_bytes(alice)
    orphans = [
        storage.write(key=f"gen/00000000-0000-7000-8000-{number:012}/1-{'0' * 32}.png", data=b"nobody's")
        for number in range(20)
    ]
    for file in files.rglob("*.png"):
        old(file)
    with django_assert_max_num_queries(3):
        assert retention.sweep_objects() == len(orphans)
    kept.refresh_from_db()
    assert all((files / key).exists() for key in storage.served_keys(kept))


def test_the_sweep_takes_empty_folders_with_it(files: Path) -> None:
    orphan = storage.write(key=f"gen/00000000-0000-7000-8000-000000000000/1-{'0' * 32}.png", data=b"nobody's")
    folder = (files / orphan).parent
    old(files / orphan)
    assert retention.sweep_objects() == 1
    # Removing touched it, so somebody could be about to write there: it goes when it has stood empty for a day.
    assert folder.exists()
    old(folder)
    assert retention.sweep_objects() == 0
    assert not folder.exists()


def test_an_object_that_vanishes_ends_no_sweep(files: Path) -> None:
    orphan = storage.write(key=f"gen/00000000-0000-7000-8000-000000000000/1-{'0' * 32}.png", data=b"nobody's")
    old(files / orphan)
    # Listed, and gone when it is looked at.
    (files / orphan).with_name("0-gone.png").symlink_to("nowhere")
    assert retention.sweep_objects() == 1
