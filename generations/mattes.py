"""Mattes kept by workspace and input, so that a subject is found once: before anything is paid, or by the first run.

The web process asks for them and shows their outline; `generations.preparing` makes them in a worker. A matte lives as
long as its picture: it goes with the last upload or generation of it.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from generations import allowance, messages, storage
from generations.allowance import Answer
from generations.images.framing import Box
from generations.models import Generation, Matte, Upload
from generations.rows import Columns
from generations.transactions import durably

PREPARE, PREPARE_MASK = "generations.tasks.prepare_matte", "generations.tasks.prepare_mask"
_COLUMNS = Columns(Matte)
# Asked for by every picture.
_KEPT = f"""
SELECT {_COLUMNS.names} FROM generations_matte WHERE workspace_id = %(workspace)s AND key = %(key)s
"""  # noqa: S608  names of our own columns only


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A matte to be kept. png: L8; outline: SVG path in its pixels; box: of all it keeps, None = nothing;
    said: the network's figures, if one was asked."""

    png: bytes
    width_px: int
    height_px: int
    outline: str
    box: Box | None
    said: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a matte is known by. sha256: of the received bytes; identity: what found it; photo_sha256: of the photo a
    drawn mask lies on."""

    workspace_id: UUID
    sha256: bytes
    identity: str
    photo_sha256: bytes | None = None

    @property
    def key(self) -> bytes:
        """Return SHA-256 of the received bytes' digest and of what found the matte."""
        return hashlib.sha256(self.sha256 + self.identity.encode()).digest()


def known_of_photo(*, photo: Upload, identity: str) -> Known:
    """Return what is known of a photo by the network and recipe of this identity."""
    return Known(workspace_id=photo.workspace_id, sha256=bytes(photo.sha256), identity=identity)


def known_of_mask(*, photo: Upload, mask: Upload) -> Known:
    """Return what is known of a drawn mask; the photo it lies on gives it its size."""
    digest = bytes(photo.sha256)
    identity = f"drawn on {digest.hex()}"
    return Known(workspace_id=photo.workspace_id, sha256=bytes(mask.sha256), identity=identity, photo_sha256=digest)


def kept(*, known: Known) -> Matte | None:
    """Return what was found under this key, or that nothing was; None where nobody has looked."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"workspace": known.workspace_id, "key": known.key})
        found = cursor.fetchone()
    return _COLUMNS.read(found) if found else None


def of_photo(*, photo: Upload) -> Matte | None:
    """Return what was found in a photo last, by whatever network: the web process has none to ask."""
    found = Matte.objects.filter(workspace_id=photo.workspace_id, sha256=photo.sha256, photo_sha256__isnull=True)
    return found.order_by("-created_at", "-id").first()


def of_mask(*, photo: Upload, mask: Upload) -> Matte | None:
    """Return a drawn mask as it lies on the photo."""
    return kept(known=known_of_mask(photo=photo, mask=mask))


def ask(*, photo: Upload) -> Answer:
    """Have a worker find the subject of a photo, unless that was done or is under way."""
    if of_photo(photo=photo):
        return Answer.UNDER_WAY
    return asked(task=PREPARE, kind=allowance.MATTES, workspace_id=photo.workspace_id, ids=[photo.id])


def ask_for_mask(*, photo: Upload, mask: Upload) -> Answer:
    """Have a worker read a drawn mask and trace it, unless that was done or is under way."""
    if of_mask(photo=photo, mask=mask):
        return Answer.UNDER_WAY
    ids = [photo.id, mask.id]
    return asked(task=PREPARE_MASK, kind=allowance.MASKS, workspace_id=photo.workspace_id, ids=ids)


def asked(*, task: str, kind: allowance.Kind, workspace_id: UUID, ids: list[str]) -> Answer:
    """Send free work to the workers within the workspace's allowance; a message that is lost may be asked for again."""
    work = allowance.work_name(ids)
    answer = allowance.take(kind=kind, workspace_id=workspace_id, work=work)
    if answer == Answer.TAKEN and not messages.announce_free(task=task, ids=ids):
        allowance.end(workspace_id=workspace_id, work=work)
        return Answer.WAIT
    return answer


def keep(*, known: Known, found: Found) -> bool:
    """Keep a matte while its picture is kept; False where that has gone meanwhile or somebody was quicker."""
    row = _row(known)
    row.object_key = storage.write(key=f"matte/{known.workspace_id}/{secrets.token_hex(16)}.png", data=found.png)
    row.size_bytes = len(found.png)
    for name in ("said", "width_px", "height_px", "outline", "box"):
        setattr(row, name, getattr(found, name))
    if _insert(row):
        return True
    storage.delete(row.object_key)
    return False


def keep_refusal(*, known: Known, code: str) -> bool:
    """Keep the answer that nothing can be made of a picture, by the refusal's code."""
    row = _row(known)
    row.refusal = code
    return _insert(row)


def _row(known: Known) -> Matte:
    return Matte(workspace_id=known.workspace_id, key=known.key, sha256=known.sha256, photo_sha256=known.photo_sha256)


def _insert(row: Matte) -> bool:
    def insert() -> bool:
        if not _is_held(workspace_id=row.workspace_id, sha256=bytes(row.sha256)):
            return False
        # Something found replaces a refusal, which may have been a helper's that died.
        Matte.objects.filter(workspace_id=row.workspace_id, key=row.key).exclude(refusal="").delete()
        same = Matte.objects.filter(workspace_id=row.workspace_id, key=row.key)
        return Matte.objects.bulk_create([row], ignore_conflicts=True) != [] and same.get().object_key == row.object_key

    return durably(insert)


def _is_held(*, workspace_id: UUID, sha256: bytes) -> bool:
    """Say whether the picture is still kept, and see to it that it is until this transaction ends.

    Whoever removes an upload or a generation's content locks its row first, so that one of us sees the other.
    """
    uploads = Upload.objects.select_for_update().filter(workspace_id=workspace_id, sha256=sha256)
    if list(uploads.exclude(object_key="").values_list("id", flat=True)):
        return True
    made = Generation.objects.made_of(sha256).filter(workspace_id=workspace_id).order_by("id")
    return bool(list(made.select_for_update().values_list("id", flat=True)[:1]))


def masks_on_gone(*, workspace_id: UUID, digests: Iterable[bytes]) -> list[bytes]:
    """Return the digests of the masks drawn on those of these photos that are kept no more."""
    gone = _gone(workspace_id, digests)
    drawn = Matte.objects.filter(workspace_id=workspace_id, photo_sha256__in=gone)
    return [bytes(sha256) for sha256 in drawn.values_list("sha256", flat=True)]


def let_go(*, workspace_id: UUID, digests: Iterable[bytes]) -> list[str]:
    """Forget the mattes of those of these pictures that are kept no more; return their objects, to be removed after.

    Call it in the transaction that let the uploads and generations go.
    """
    gone = _gone(workspace_id, digests)
    rows = Matte.objects.filter(Q(sha256__in=gone) | Q(photo_sha256__in=gone), workspace_id=workspace_id)
    keys = [row.object_key for row in rows if row.object_key]
    rows.delete()
    return keys


def is_kept(*, workspace_id: UUID, sha256: bytes) -> bool:
    """Say whether an upload or a generation of this picture is there still."""
    uploads = Upload.objects.filter(workspace_id=workspace_id, sha256=sha256).exclude(object_key="")
    return uploads.exists() or Generation.objects.made_of(sha256).filter(workspace_id=workspace_id).exists()


def _gone(workspace_id: UUID, digests: Iterable[bytes]) -> list[bytes]:
    return [digest for digest in set(digests) if not is_kept(workspace_id=workspace_id, sha256=digest)]
