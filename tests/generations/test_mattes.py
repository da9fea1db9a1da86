"""Mattes kept by workspace and input: found once, used again to the byte, gone with their picture."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db.models.functions import Now

from billing import invariants, ledger
from generations import mattes, preparing, remembering, retention, running, services, storage, tasks
from generations.engines import get_engine
from generations.errors import InvalidParameters
from generations.images.decoder import Decoder
from generations.images.matting import Matter
from generations.images.weights import NETWORKS
from generations.mattes import Found
from generations.models import Generation, Matte, Upload
from generations.pipeline import Pipeline
from tests.factories import Person
from tests.generations.material import noise, photo, saved
from tests.generations.submitting import submitted
from tests.pictures import flat, grey

pytestmark = pytest.mark.usefixtures("committed_db", "files", "painted")

SOFA, CHAIR = photo("syn_sofa_beige"), photo("syn_armchair_blue")
MASK = saved(np.pad(np.full((400, 500), 255, np.uint8), ((200, 200), (250, 250))), "PNG")


def sent(someone: Person, data: bytes = SOFA) -> Upload:
    return storage.store_upload(workspace_id=someone.workspace.id, data=data)


def prepared(someone: Person, data: bytes = SOFA) -> Upload:
    upload = sent(someone, data)
    tasks.prepare_matte(upload.id)
    return upload


def run(someone: Person, **inputs: Upload) -> Generation:
    stored = {name: storage.input_of(upload=upload) for name, upload in inputs.items()}
    made = submitted(someone, inputs=stored)
    running.run(generation_id=made.id)
    made.refresh_from_db()
    assert made.is_succeeded, made.error_code
    return made


def kept_files(files: Path) -> list[Path]:
    return list(files.glob("matte/*/*.png"))


@pytest.fixture
def without_network(tmp_path: Path, painted: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same pipeline, as far as its mattes are concerned, on a machine that has no network."""
    matter = Matter(weights_dir=tmp_path, network=NETWORKS["u2netp"])
    with Decoder() as decoder:
        bare = Pipeline(decoder, matter, get_engine("embedded"))
        assert bare.matte_identity == painted.matte_identity
        yield lambda: monkeypatch.setattr(running, "worker_pipeline", lambda: bare)


def test_what_was_prepared_makes_the_same_picture_to_the_byte(
    alice: Person, charlie: Person, without_network: Any
) -> None:
    photo = sent(alice)
    first = run(alice, image=photo)
    Matte.objects.all().delete()
    tasks.prepare_matte(photo.id)
    without_network()
    second = run(alice, image=photo)
    assert (first.result["network"].pop("kept"), second.result["network"].pop("kept")) == (False, True)
    assert first.result["network"] == second.result["network"]
    assert first.result["proof"] == second.result["proof"]
    for one, other in zip(storage.served_keys(first), storage.served_keys(second), strict=True):
        assert storage.read(one) == storage.read(other)
    assert invariants.breaks() == []


def test_the_first_run_finds_and_the_next_uses_it(alice: Person, without_network: Any) -> None:
    photo = sent(alice)
    assert run(alice, image=photo).result["network"]["kept"] is False
    without_network()
    assert run(alice, image=photo).result["network"]["kept"] is True
    row = Matte.objects.get()
    assert (row.width_px, row.height_px) == (photo.width_px, photo.height_px)
    assert row.outline.startswith("M")


def test_nobody_gets_a_matte_of_another_workspace(alice: Person, charlie: Person, files: Path) -> None:
    theirs, ours = prepared(charlie), sent(alice)
    assert mattes.of_photo(photo=ours) is None
    assert run(alice, image=ours).result["network"]["kept"] is False
    assert {row.workspace for row in Matte.objects.all()} == {alice.workspace, charlie.workspace}
    assert len(kept_files(files)) == 2
    assert mattes.of_photo(photo=theirs) == Matte.objects.get(workspace=charlie.workspace)


def test_preparing_makes_no_generation_and_costs_nothing(alice: Person, files: Path) -> None:
    photo = prepared(alice)
    row = Matte.objects.get()
    matte = grey(storage.read(row.object_key))
    assert matte.shape == (photo.height_px, photo.width_px)
    assert bytes(row.key) == mattes.known_of_photo(photo=photo, identity=running.worker_pipeline().matte_identity).key
    assert not Generation.objects.exists()
    snapshot = ledger.snapshot(wallet_id=alice.wallet_id)
    assert (snapshot.available, snapshot.held) == (10, 0)
    tasks.prepare_matte(photo.id)
    assert Matte.objects.get().id == row.id
    assert len(kept_files(files)) == 1


TORN = SOFA[: len(SOFA) // 2]


@pytest.mark.parametrize(
    ("data", "code"), [(flat(width_px=400, height_px=300), "NO_SUBJECT_FOUND"), (TORN, "IMAGE_UNREADABLE")]
)
def test_that_there_is_nothing_is_an_answer(alice: Person, files: Path, data: bytes, code: str) -> None:
    prepared(alice, data)
    row = Matte.objects.get()
    assert (row.refusal, row.object_key, row.is_found) == (code, "", False)
    assert kept_files(files) == []


def test_a_refusal_stands_in_no_run_s_way(alice: Person) -> None:
    photo = sent(alice)
    known = mattes.known_of_photo(photo=photo, identity=running.worker_pipeline().matte_identity)
    assert mattes.keep_refusal(known=known, code="IMAGE_UNREADABLE")
    assert run(alice, image=photo).result["network"]["kept"] is False
    assert Matte.objects.get().is_found
    assert not mattes.keep_refusal(known=known, code="IMAGE_UNREADABLE")


def test_what_is_ours_to_mend_is_no_answer(alice: Person, without_network: Any) -> None:
    without_network()
    prepared(alice)
    assert not Matte.objects.exists()


def test_a_mask_and_a_photo_s_own_alpha_come_first(alice: Person, without_network: Any) -> None:
    photo, mask = sent(alice), sent(alice, MASK)
    assert run(alice, image=photo, mask=mask).result["network"] == {"matte": "mask"}
    assert not Matte.objects.exists()
    rgba = noise(200, 150, 4)
    rgba[:, :, 3] = 0
    rgba[40:120, 50:150, 3] = 255
    cut_out = prepared(alice, saved(rgba, "PNG"))
    assert Matte.objects.get().outline.startswith("M")
    assert run(alice, image=cut_out).result["network"] == {"matte": "alpha"}
    without_network()
    tasks.prepare_matte(photo.id)
    assert run(alice, image=photo, mask=mask).result["network"] == {"matte": "mask"}


def test_a_matte_whose_file_is_gone_is_found_again(alice: Person) -> None:
    photo = prepared(alice)
    storage.delete(Matte.objects.get().object_key)
    assert run(alice, image=photo).result["network"]["kept"] is False


def test_it_goes_with_the_last_picture_of_its_photo(alice: Person, files: Path) -> None:
    photo = prepared(alice)
    first, second = run(alice, image=photo), run(alice, image=photo)
    services.delete_content(generation=first)
    assert len(kept_files(files)) == Matte.objects.count() == 1
    services.delete_content(generation=second)
    assert len(kept_files(files)) == Matte.objects.count() == 0


def lapse(*uploads: Upload) -> None:
    ids = [one.id for one in uploads]
    Upload.objects.filter(id__in=ids).update(delete_after=Now() - timedelta(hours=1))


def test_it_goes_with_its_upload_unless_a_picture_was_made_of_it(alice: Person, files: Path) -> None:
    photo, used = prepared(alice), prepared(alice, CHAIR)
    made = run(alice, image=used)
    lapse(photo, used)
    assert retention.purge() == 2
    assert bytes(Matte.objects.get().sha256) == bytes(used.sha256)
    assert len(kept_files(files)) == 1
    services.delete_content(generation=made)
    assert len(kept_files(files)) == Matte.objects.count() == 0


def test_it_goes_when_a_generation_s_time_is_over(alice: Person, files: Path) -> None:
    made = submitted(alice, inputs={"image": storage.store_input(workspace_id=alice.workspace.id, data=SOFA)})
    running.run(generation_id=made.id)
    assert Matte.objects.count() == 1
    Generation.objects.update(delete_after=Now() - timedelta(seconds=1))
    assert retention.purge() == 1
    assert len(kept_files(files)) == Matte.objects.count() == 0


def test_a_drawn_mask_goes_with_its_photo_or_with_itself(alice: Person, files: Path) -> None:
    photo, mask = prepared(alice), sent(alice, MASK)
    for gone in (mask, photo):
        Upload.objects.filter(id=gone.id).update(delete_after=Now() + timedelta(hours=1))
        tasks.prepare_mask(photo.id, mask.id)
        assert mattes.of_mask(photo=photo, mask=mask)
        lapse(gone)
        assert retention.purge() == 1
        assert mattes.of_mask(photo=photo, mask=mask) is None
        mask = sent(alice, MASK)
    assert kept_files(files) == []


def test_masks_go_with_the_last_picture_of_their_photo(alice: Person, files: Path) -> None:
    photo, mask, used = prepared(alice), sent(alice, MASK), sent(alice, saved(255 - grey(MASK), "PNG"))
    for one in (mask, used):
        tasks.prepare_mask(photo.id, one.id)
    first, second = run(alice, image=photo), run(alice, image=photo)
    other = run(alice, image=sent(alice, CHAIR), mask=used)
    services.delete_content(generation=first)
    assert Upload.objects.for_workspace(alice.workspace).count() == 4
    services.delete_content(generation=second)
    assert mattes.of_mask(photo=photo, mask=mask) is None
    left = {one.id for one in Upload.objects.for_workspace(alice.workspace)}
    assert (photo.id in left, mask.id in left, used.id in left) == (False, False, True)
    assert not (files / mask.object_key).exists()
    services.delete_content(generation=other)
    assert not Upload.objects.for_workspace(alice.workspace).exists()
    assert len(kept_files(files)) == Matte.objects.count() == 0


def test_nothing_is_kept_of_a_photo_that_has_gone_meanwhile(alice: Person, files: Path) -> None:
    photo = prepared(alice)
    known = mattes.known_of_photo(photo=photo, identity="another network")
    png = storage.read(Matte.objects.get().object_key)
    lapse(photo)
    retention.purge()
    assert not mattes.keep(known=known, found=Found(png=png, width_px=1, height_px=1, outline="", box=None))
    remembering.remember(known=known, png=png)
    assert not mattes.keep_refusal(known=known, code="NO_SUBJECT_FOUND")
    preparing.prepare(upload_id=photo.id)
    assert len(kept_files(files)) == Matte.objects.count() == 0


def test_the_sweep_takes_what_no_picture_and_no_row_names(alice: Person, files: Path, settings: Any) -> None:
    photo, other = prepared(alice), prepared(alice, CHAIR)
    storage.write(key=f"matte/{alice.workspace.id}/{'0' * 32}.png", data=b"nobody's")
    Upload.objects.filter(id=other.id).delete()  # past every door, as a restored database might have it
    assert retention.sweep_objects() == 0
    Matte.objects.update(created_at=Now() - timedelta(days=2))
    for file in kept_files(files):
        old(file)
    assert retention.sweep_objects() == 2
    [row] = Matte.objects.all()
    assert bytes(row.sha256) == bytes(photo.sha256)
    assert kept_files(files) == [files / row.object_key]


def old(path: Path) -> None:
    long_ago = path.stat().st_mtime - 25 * 3600
    os.utime(path, (long_ago, long_ago))


def test_what_was_found_in_an_upload_counts_while_it_is_kept(alice: Person, settings: Any) -> None:
    settings.KEPT_OBJECTS_CAP = 2
    photo = prepared(alice)
    with pytest.raises(InvalidParameters):
        sent(alice, CHAIR)
    lapse(photo)
    retention.purge()
    # A run of a program leaves a matte as well; that was paid for.
    made = submitted(alice, inputs={"image": storage.store_input(workspace_id=alice.workspace.id, data=SOFA)})
    running.run(generation_id=made.id)
    assert Matte.objects.count() == 1
    sent(alice, CHAIR)
    sent(alice, MASK)


@pytest.mark.parametrize("message", ["", "garbage", None, 7, "upl_" + "0" * 24, "upl_'; DROP TABLE generations_upload"])
def test_foolish_messages_do_nothing(message: object) -> None:
    tasks.prepare_matte(message)
    tasks.prepare_mask(message, message)
    tasks.change_mask(message, message, message, message)
    assert not Matte.objects.exists()
    assert not Upload.objects.exists()
