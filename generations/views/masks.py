"""Changing a mask without a brush: buttons that work by keyboard and as a plain form post.

The web process decodes no pictures: a worker makes the new mask and keeps it as an upload under an id given here, and
the answer waits for its row for a moment.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.forms import Form
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from generations import allowance, mattes, quota
from generations.allowance import Answer
from generations.errors import InvalidParameters
from generations.models import Upload, upload_id
from generations.views import outlines, photos
from generations.views.words import told

CHANGE = "generations.tasks.change_mask"
RESET, LOOK = "reset", "look"
CHANGES = ("grow", "shrink", "invert")
PATIENCE, PAUSE = timedelta(seconds=3), timedelta(milliseconds=100)

NO_PHOTO = _("Choose a photo first.")
NO_CHANGE = _("There is no such change of a mask.")
GONE = _("This photo or mask is not kept any more. Choose it again.")
NO_SUBJECT = outlines.NO_SUBJECT
BUSY = _("Too many changes at once. Wait a moment and try again.")
WORKING = _("Still working on the mask. Look again in a moment.")


@dataclass(frozen=True, slots=True)
class MaskChange:
    """What became of a change. coming: the id of the mask that is still being made, to look for again."""

    sentence: str | Promise = ""
    coming: str = ""


def changed_mask(*, workspace: Workspace, data: QueryDict) -> MaskChange:
    """Do what the button `mask_op` says to the mask of the form, and name the new one in its field `mask_upload`.

    grow, shrink, invert: the mask of `mask_upload`, else what was found in the photo; look: see whether the mask
    `mask_coming` is there by now; reset: back to what is found in the photo. Nothing else in `data` is changed.
    """
    op = str(data["mask_op"])
    if op == RESET:
        data["mask_upload"] = ""
        return MaskChange()
    if op == LOOK:
        return _awaited(workspace, data, str(data.get("mask_coming", "")))
    photo = photos.upload_of(workspace=workspace, upload_id=str(data.get("upload", "")))
    mask_id = str(data.get("mask_upload", ""))
    mask = photos.upload_of(workspace=workspace, upload_id=mask_id)
    if photo is None:
        return MaskChange(NO_PHOTO)
    if op not in CHANGES:
        return MaskChange(NO_CHANGE)
    if mask_id and mask is None:
        data["mask_upload"] = ""
        return MaskChange(GONE)
    return _changed(workspace, data, photo=photo, mask=mask, op=op)


def _changed(workspace: Workspace, data: QueryDict, *, photo: Upload, mask: Upload | None, op: str) -> MaskChange:
    if mask is None and (found := mattes.of_photo(photo=photo)) and not found.is_found:
        return MaskChange(NO_SUBJECT)
    try:
        quota.check(workspace_id=workspace.id, more_bytes=0)
    except InvalidParameters as refusal:
        return MaskChange(told(refusal))
    made = upload_id()
    ids = [photo.id, mask.id if mask else "", op, made]
    answer = mattes.asked(task=CHANGE, kind=allowance.MASKS, workspace_id=workspace.id, ids=ids)
    if answer != Answer.TAKEN:
        return MaskChange(BUSY)
    return _awaited(workspace, data, made)


def _awaited(workspace: Workspace, data: QueryDict, made: str) -> MaskChange:
    """Wait a moment for the new mask, holding no connection meanwhile; name it in the form when it is there."""
    if not photos.UPLOAD_ID.fullmatch(made):
        return MaskChange(GONE)
    until = time.monotonic() + PATIENCE.total_seconds()
    while photos.upload_of(workspace=workspace, upload_id=made) is None:
        if time.monotonic() > until:
            return MaskChange(WORKING, coming=made)
        if not connection.in_atomic_block:
            connection.close()
        time.sleep(PAUSE.total_seconds())
    data["mask_upload"] = made
    return MaskChange()


def outline_of(*, workspace: Workspace, form: Form) -> outlines.Outline | None:
    """Return the outline of the form's photo, by its mask where its model takes one."""
    given = form.data if form.is_bound else form.initial
    photo_id = str(given.get("upload") or "")
    mask_id = str(given.get("mask_upload") or "") if "mask_upload" in form.fields else ""
    return outlines.shown(workspace=workspace, upload_id=photo_id, mask_id=mask_id)
