"""Where pictures lie, and the signed addresses under which their owners reach them.

Four kinds of object: `in/<workspace>/…` bytes as received, never served; `up/<workspace>/…` uploads;
`gen/<generation>/<fence>-<32 hex>.<ext>` what a worker wrote: result, clean input and matte; `matte/<workspace>/…`
mattes kept by input. Names hold 128 random bits, so nothing is ever overwritten. Everything goes through Django's
storage API.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.utils import timezone

from generations import quota
from generations.images import gate
from generations.models import Generation, Upload

# What an address is signed for: to be shown where it stands, or to be saved as a file.
Purpose = Literal["read", "save"]
PREVIEW = timedelta(hours=1)
KEPT = timedelta(hours=24)
EXTENSIONS = {"jpeg": "jpg"}
# A Unix time as we write it: another spelling of the same number would be another address for the same file.
EXPIRY = re.compile(r"[1-9][0-9]{0,11}")
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredInput:
    """A picture we were given, as it lies in storage; width and height as its header states them."""

    object_key: str
    sha256: bytes
    format: str
    width_px: int
    height_px: int
    size_bytes: int

    def as_json(self) -> dict[str, Any]:
        """Return the fields as the row keeps them, the digest in hex."""
        return asdict(self) | {"sha256": self.sha256.hex()}


def store_input(*, workspace_id: UUID, data: bytes, limit_bytes: int = gate.LIMIT_BYTES) -> StoredInput:
    """Check a picture at the gate (nothing is decoded) and store it for one generation.

    limit_bytes: `gate.OWN_LIMIT_BYTES` for bytes read from one of our own results; the limit in pixels always holds.
    Raises ImageTooLarge, ImageFormatNotAllowed, ImageUnreadable, and InvalidParameters when the workspace has us keep
    as much as it may already.
    """
    return _store(area="in", workspace_id=workspace_id, data=data, limit_bytes=limit_bytes)


def store_upload(
    *, workspace_id: UUID, data: bytes, limit_bytes: int = gate.LIMIT_BYTES, livemode: bool = True
) -> Upload:
    """Check a picture at the gate and keep it for a day under an id of its own; limit_bytes, raises as store_input.

    livemode: False for what a test key sends. One that the workspace has sent before in the same mode and that has
    not lapsed is the same upload, kept for a day from now.
    """
    alive = Upload.objects.filter(workspace_id=workspace_id, livemode=livemode, delete_after__gt=Now())
    if earlier := alive.exclude(object_key="").filter(sha256=hashlib.sha256(data).digest()).first():
        earlier.delete_after = timezone.now() + KEPT
        earlier.save(update_fields=["delete_after"])
        return earlier
    stored = _store(area="up", workspace_id=workspace_id, data=data, limit_bytes=limit_bytes)
    return Upload.objects.create(workspace_id=workspace_id, livemode=livemode, **asdict(stored))


def store_made(*, workspace_id: UUID, upload_id: str, data: bytes) -> Upload:
    """Keep a picture a worker made, a changed mask, as an upload under the id somebody waits for; raises as above."""
    stored = _store(area="up", workspace_id=workspace_id, data=data, limit_bytes=gate.OWN_LIMIT_BYTES)
    return Upload.objects.create(id=upload_id, workspace_id=workspace_id, **asdict(stored))


def input_of(*, upload: Upload) -> StoredInput:
    """Return an upload as the input of a generation. The object stays the upload's."""
    return StoredInput(
        object_key=upload.object_key,
        sha256=bytes(upload.sha256),
        format=upload.format,
        width_px=upload.width_px,
        height_px=upload.height_px,
        size_bytes=upload.size_bytes,
    )


def _store(*, area: str, workspace_id: UUID, data: bytes, limit_bytes: int) -> StoredInput:
    header = gate.inspect(data, limit_bytes=limit_bytes)
    quota.check(workspace_id=workspace_id, more_bytes=len(data))
    key = write(key=f"{area}/{workspace_id}/{secrets.token_hex(16)}.{header.format}", data=data)
    return StoredInput(
        object_key=key,
        sha256=hashlib.sha256(data).digest(),
        format=header.format,
        width_px=header.width_px,
        height_px=header.height_px,
        size_bytes=len(data),
    )


def made_key(*, generation_id: UUID, fence: int, format: str) -> str:
    """Return a new name for something a worker made under this fence."""
    return f"gen/{generation_id}/{fence}-{secrets.token_hex(16)}.{EXTENSIONS.get(format, format)}"


def write(*, key: str, data: bytes) -> str:
    """Store the bytes under a name nobody has used; return the name.

    What Django's `save` does before is to find a name that is safe and free, which ours are by the way they are made.
    """
    return str(default_storage._save(key, ContentFile(data)))  # type: ignore[attr-defined]  # documented for storages


def read(object_key: str) -> bytes:
    """Return an object's bytes; raises FileNotFoundError."""
    with default_storage.open(object_key, "rb") as file:
        return bytes(file.read())


def delete(object_key: str) -> None:
    """Remove an object; one that is gone already is fine."""
    default_storage.delete(object_key)


def served_keys(generation: Generation) -> list[str]:
    """Return the objects of a generation that may be shown: its result, its clean input, its matte."""
    keys = [generation.result_key] + [stored["object_key"] for stored in generation.inputs.values()]
    return [key for key in keys if key and key.startswith("gen/")]


def result_url(generation: Generation) -> str:
    """Return the address of a finished picture, good until the generation's content is deleted."""
    assert generation.result_key, "only a generation with a picture has an address for it"
    return _signed_url(generation, key=generation.result_key)


def download_url(generation: Generation) -> str:
    """Return the address under which a finished picture is saved as a file, on whatever origin it stands; good as long
    as `result_url`, and signed for this purpose alone.
    """
    assert generation.result_key, "only a generation with a picture has an address for it"
    return _signed_url(generation, key=generation.result_key, purpose="save")


def evidence_url(generation: Generation, *, name: str) -> str:
    """Return the address of what a finished picture can be checked against, "image" or "matte", good as long as it."""
    return _signed_url(generation, key=generation.inputs[name]["object_key"])


def preview_url(generation: Generation, *, key: str) -> str:
    """Return an address for one of `served_keys`, good for an hour: for our own pages."""
    return _signed_url(generation, key=key, valid_for=PREVIEW)


def _signed_url(
    generation: Generation, *, key: str, valid_for: timedelta | None = None, purpose: Purpose = "read"
) -> str:
    until = generation.delete_after
    if valid_for is not None:
        until = min(until, timezone.now() + valid_for)
    path, expiry = f"/r/{generation.id}/{public_name(key)}", int(until.timestamp())
    asked = f"e={expiry}" if purpose == "read" else f"e={expiry}&as={purpose}"
    return f"{settings.RESULTS_URL}{path}?{asked}&s={signature(path=path, expiry=expiry, purpose=purpose)}"


def public_name(key: str) -> str:
    """Return the last part of an object's address: its name without the fence, which is nobody's business."""
    return key.rpartition("/")[2].partition("-")[2]


def signature(*, path: str, expiry: int, purpose: Purpose = "read") -> str:
    """Sign GET and HEAD of one path until a Unix time, to be shown or to be saved: HMAC-SHA256, hex."""
    message = f"{purpose}\n{path}\n{expiry}".encode()
    return hmac.new(settings.RESULTS_SECRET.encode(), message, hashlib.sha256).hexdigest()


def purpose_of(*, path: str, query: Mapping[str, str]) -> Purpose | None:
    """Return what an address of ours was signed for; None when the signature is not ours.

    query: the address's own `e`, `s` and, for one to save, `as`. Compared in constant time. Whether the time has
    passed is another question.
    """
    expiry, given, asked = query.get("e", ""), query.get("s", ""), query.get("as")
    if not EXPIRY.fullmatch(expiry) or asked not in {None, "save"}:
        return None
    purpose: Purpose = "save" if asked else "read"
    wanted = signature(path=path, expiry=int(expiry), purpose=purpose)
    return purpose if given.isascii() and hmac.compare_digest(wanted, given) else None
