"""Growing, shrinking, inverting and resetting a mask by plain form posts: no scripts, nothing paid."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from generations import allowance, storage, tasks
from generations.images import masks as pixels
from generations.models import Generation, Matte, Upload
from generations.views import masks
from generations.views.masks import MaskChange
from tests.factories import Person
from tests.generations.free_work import Broker
from tests.generations.material import photo
from tests.generations.test_mattes import MASK
from tests.pictures import flat, grey

pytestmark = pytest.mark.usefixtures("committed_db", "files", "painted")

SOFA = photo("syn_sofa_beige")


def sent(someone: Person, data: bytes = SOFA) -> Upload:
    return storage.store_upload(workspace_id=someone.workspace.id, data=data)


def work(broker: Broker) -> None:
    """Do what the worker of pictures was sent."""
    for name, ids in broker.taken():
        getattr(tasks, name)(*ids)


def form(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


@pytest.fixture
def at_once_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page answer without waiting for the worker."""
    monkeypatch.setattr(masks, "PATIENCE", timedelta(0))


def changed(someone: Person, broker: Broker, **fields: str) -> tuple[QueryDict, MaskChange]:
    """Press a button, let the worker do its work, and look again."""
    data = form(**fields)
    change = masks.changed_mask(workspace=someone.workspace, data=data)
    work(broker)
    if change.coming:
        data.update({"mask_coming": change.coming})
        data["mask_op"] = "look"
        change = masks.changed_mask(workspace=someone.workspace, data=data)
    return data, change


def matte_of(upload_id: str) -> Any:
    return grey(storage.read(Upload.objects.get(id=upload_id).object_key))


def found_in(upload: Upload) -> Any:
    return grey(storage.read(Matte.objects.get(sha256=bytes(upload.sha256), photo_sha256=None).object_key))


@pytest.mark.usefixtures("at_once_answered")
@pytest.mark.parametrize("op", ["grow", "shrink", "invert"])
@pytest.mark.parametrize("has_mask", [False, True], ids=["automatic", "drawn"])
def test_a_button_changes_the_mask_there_is(alice: Person, broker: Broker, op: str, has_mask: bool) -> None:
    upload, mask = sent(alice), sent(alice, MASK)
    fields = {"upload": upload.id, "mask_op": op, "prompt": "a loft"} | ({"mask_upload": mask.id} if has_mask else {})
    data, change = changed(alice, broker, **fields)
    assert change == MaskChange()
    assert (data["upload"], data["prompt"]) == (upload.id, "a loft")
    before = matte_of(mask.id) if has_mask else found_in(upload)
    after = matte_of(data["mask_upload"])
    assert np.array_equal(after, pixels.CHANGES[op](before))
    assert not np.array_equal(after, before)
    assert Matte.objects.get(photo_sha256=bytes(upload.sha256)).outline.startswith("M")
    assert (Generation.objects.count(), alice.available) == (0, 10)


@pytest.mark.usefixtures("at_once_answered")
def test_changes_follow_each_other(alice: Person, broker: Broker) -> None:
    upload, mask = sent(alice), sent(alice, MASK)
    mask_id = mask.id
    for op in ("grow", "invert", "invert", "shrink"):
        data, _ = changed(alice, broker, upload=upload.id, mask_upload=mask_id, mask_op=op)
        assert data["mask_upload"] != mask_id
        mask_id = data["mask_upload"]
    kept, before = matte_of(mask_id) >= 128, matte_of(mask.id) >= 128
    assert np.count_nonzero(kept != before) < 0.01 * kept.size


def test_the_page_waits_for_the_worker(alice: Person, broker: Broker, at_once: Callable[..., list[Any]]) -> None:
    upload = sent(alice)
    tasks.prepare_matte(upload.id)
    data = form(upload=upload.id, mask_op="grow")

    def act(number: int) -> MaskChange | None:
        if number == 0:
            return masks.changed_mask(workspace=alice.workspace, data=data)
        until = time.monotonic() + 30
        while not Upload.objects.exclude(id=upload.id).exists():
            assert time.monotonic() < until, "the page sent the worker nothing"
            work(broker)
        return None

    assert at_once(2, act) == [MaskChange(), None]
    assert matte_of(data["mask_upload"]).shape == (upload.height_px, upload.width_px)


@pytest.mark.usefixtures("at_once_answered")
def test_the_studio_carries_the_mask_on_and_says_what_it_is_waiting_for(
    client: Client, alice: Person, broker: Broker
) -> None:
    client.force_login(alice.user)
    upload, url = sent(alice), reverse("generations:studio")
    page = client.post(url, {"upload": upload.id, "mask_op": "grow", "prompt": "a loft"})
    assert page.status_code == 200
    assert "Still working on the mask." in page.content.decode()
    assert ">a loft</textarea>" in page.content.decode()
    coming = page.context["mask_change"].coming
    assert f'<input type="hidden" name="mask_coming" value="{coming}">' in page.content.decode()
    work(broker)
    page = client.post(url, {"upload": upload.id, "mask_op": "look", "mask_coming": coming})
    assert page.context["form"].initial["mask_upload"] == coming
    assert page.context["outline"].state == "ready"
    assert coming in page.context["outline"].matte_url
    page = client.post(url, {"upload": upload.id, "mask_op": "reset", "mask_upload": coming})
    assert page.context["form"].initial["mask_upload"] == ""
    assert coming not in page.context["outline"].matte_url
    assert Generation.objects.count() == 0


@pytest.mark.usefixtures("at_once_answered")
def test_what_cannot_be_changed_is_said(alice: Person, charlie: Person, broker: Broker, settings: Any) -> None:
    upload, theirs = sent(alice), sent(charlie, MASK)

    def pressed(**fields: str) -> tuple[str, str]:
        data = form(**({"upload": upload.id, "mask_op": "grow"} | fields))
        change = masks.changed_mask(workspace=alice.workspace, data=data)
        assert not change.coming
        return str(change.sentence), str(data.get("mask_upload", ""))

    assert pressed(upload="") == (masks.NO_PHOTO, "")
    assert pressed(upload=theirs.id) == (masks.NO_PHOTO, "")
    assert pressed(mask_op="burn") == (masks.NO_CHANGE, "")
    assert pressed(mask_upload=theirs.id) == (masks.GONE, "")
    assert pressed(mask_upload="nothing") == (masks.GONE, "")
    assert pressed(mask_op="look", mask_coming="nothing") == (masks.GONE, "")
    empty = sent(alice, flat(width_px=400, height_px=300))
    tasks.prepare_matte(empty.id)
    assert pressed(upload=empty.id) == (masks.NO_SUBJECT, "")
    for number in range(2):
        allowance.take(kind=allowance.MASKS, workspace_id=alice.workspace.id, work=str(number))
    assert pressed() == (masks.BUSY, "")
    settings.KEPT_OBJECTS_CAP = 1
    assert "We keep at most" in pressed()[0]
    assert broker.taken() == []


@pytest.mark.usefixtures("away")
def test_without_the_broker_it_says_so(alice: Person) -> None:
    change = masks.changed_mask(workspace=alice.workspace, data=form(upload=sent(alice).id, mask_op="grow"))
    assert change == MaskChange(masks.BUSY)


def test_a_message_that_comes_twice_or_names_another_s_does_nothing(alice: Person, charlie: Person) -> None:
    upload, theirs, made = sent(alice), sent(charlie, MASK), "upl_" + "0" * 24
    tasks.change_mask(upload.id, theirs.id, "grow", made)
    tasks.change_mask(theirs.id, sent(alice, MASK).id, "grow", made)
    tasks.prepare_mask(upload.id, theirs.id)
    tasks.change_mask(upload.id, "", "burn", made)
    assert not Upload.objects.filter(id=made).exists()
    assert not Matte.objects.exists()
    for change in ("grow", "shrink"):
        tasks.change_mask(upload.id, "", change, made)
    assert np.array_equal(matte_of(made), pixels.grown(found_in(upload)))


def test_somebody_else_s_coming_mask_is_not_looked_at(alice: Person, charlie: Person, at_once_answered: None) -> None:
    data = form(mask_op="look", mask_coming=sent(charlie, MASK).id)
    assert masks.changed_mask(workspace=alice.workspace, data=data).sentence == masks.WORKING
    assert "mask_upload" not in data
