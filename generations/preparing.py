"""What a worker does before anything is paid: find a photo's subject, read a drawn mask, change a mask.

No generation, no hold: it is done within the workspace's allowance, and once. Messages carry ids; one that comes
twice, late or for nothing does nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog

from generations import allowance, mattes, remembering, running, storage
from generations.images import encoding, masks
from generations.images.decoder import own_matte
from generations.images.errors import ImageRefused
from generations.mattes import Known
from generations.models import Matte, Upload
from generations.parts import Pixels
from roomai_web.errors import RoomAIError

log = structlog.get_logger(__name__)


def prepare(*, upload_id: str) -> None:
    """Find the subject of an upload and keep it, or keep that it has none, unless that was done."""
    photo = _kept(upload_id)
    if photo is None or _found(photo) is not None:
        return
    with _place(photo.workspace_id, [upload_id]) as given:
        if given:
            _find(photo)


def prepare_mask(*, upload_id: str, mask_id: str) -> None:
    """Read a drawn mask as it lies on the photo and keep that with its outline, unless that was done."""
    photo, mask = _kept(upload_id), _kept(mask_id)
    if photo is None or mask is None or photo.workspace_id != mask.workspace_id:
        return
    if mattes.of_mask(photo=photo, mask=mask):
        return
    with _place(photo.workspace_id, [upload_id, mask_id]) as given:
        if given:
            _read_mask(photo, mask)


def change_mask(*, upload_id: str, mask_id: str, change: str, made_id: str) -> None:
    """Change a photo's mask, or what was found in it where mask_id is "", and keep the result as the upload made_id."""
    photo, mask = _kept(upload_id), _kept(mask_id) if mask_id else None
    if photo is None or (mask_id and (mask is None or mask.workspace_id != photo.workspace_id)):
        return
    if change not in masks.CHANGES or Upload.objects.filter(id=made_id).exists():
        return
    with _place(photo.workspace_id, [upload_id, mask_id, change, made_id]) as given:
        matte = _current(photo, mask) if given else None
        if matte is None:
            return
        png = encoding.matte_png(masks.CHANGES[change](matte))
        made = storage.store_made(workspace_id=photo.workspace_id, upload_id=made_id, data=png)
        _read_mask(photo, made)


def _current(photo: Upload, mask: Upload | None) -> Pixels | None:
    """Return the mask to be changed; None where it cannot be read, or nothing was found in the photo."""
    try:
        if mask is not None:
            return running.worker_pipeline().read_mask(storage.read(mask.object_key), size_px=None)
        if (row := _found(photo)) is None:
            _find(photo)
            row = _found(photo)
        return own_matte(storage.read(row.object_key)) if row and row.is_found else None
    except (RoomAIError, FileNotFoundError) as error:
        log.info("mask_not_changed", error=type(error).__name__)
        return None


def _found(photo: Upload) -> Matte | None:
    return mattes.kept(known=_known(photo))


def _known(photo: Upload) -> Known:
    return mattes.known_of_photo(photo=photo, identity=running.worker_pipeline().matte_identity)


def _find(photo: Upload) -> None:
    known = _known(photo)
    try:
        found = running.worker_pipeline().cut_out(storage.read(photo.object_key))
    except ImageRefused as refusal:
        mattes.keep_refusal(known=known, code=refusal.code)
        return
    except (RoomAIError, FileNotFoundError) as error:  # ours, or the photo has gone: there is no answer to keep
        log.info("matte_not_prepared", error=type(error).__name__)
        return
    asked = found.origin if found.origin["matte"] == "network" else None
    remembering.remember(known=known, png=encoding.matte_png(found.matte), origin=asked)


def _read_mask(photo: Upload, mask: Upload) -> None:
    """Keep the mask at the photo's size; as it is where that is not known."""
    row, known = _found(photo), mattes.known_of_mask(photo=photo, mask=mask)
    size_px = (row.width_px, row.height_px) if row and row.is_found else None
    try:
        matte = running.worker_pipeline().read_mask(storage.read(mask.object_key), size_px=size_px)
    except ImageRefused as refusal:
        mattes.keep_refusal(known=known, code=refusal.code)
        return
    except (RoomAIError, FileNotFoundError) as error:
        log.info("mask_not_read", error=type(error).__name__)
        return
    remembering.remember(known=known, png=encoding.matte_png(matte))


def _kept(upload_id: str) -> Upload | None:
    return Upload.objects.exclude(object_key="").filter(id=upload_id).first()


@contextmanager
def _place(workspace_id: UUID, ids: list[str]) -> Iterator[bool]:
    """Hold one of the workspace's places for this work; False when both are taken, and the page asks again."""
    work = allowance.work_name(ids)
    if not allowance.begin(workspace_id=workspace_id, work=work):
        yield False
        return
    try:
        yield True
    finally:
        allowance.end(workspace_id=workspace_id, work=work)
