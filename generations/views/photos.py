"""The photo in the studio, wherever it comes from: a file, an upload, one of our samples, an earlier run."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from generations import storage
from generations.forms import COLOR, PICTURE
from generations.models import Generation, Upload
from generations.views import again as earlier_runs
from generations.views.words import told
from roomai_web.errors import RoomAIError

SAMPLES: dict[str, str | Promise] = {
    "coffee": _("A cup of espresso"),
    "astronaut": _("An astronaut"),
    "cat": _("A cat"),
    "sideboard-walnut": _("A walnut sideboard"),
    "plant": _("A plant in a pot"),
    "sofa-beige": _("A beige sofa"),
}
#: The words a sample comes with, for whoever has none yet; each has a result among our own pictures.
SAMPLE_PROMPTS = {
    "coffee": "a bright marble countertop with natural light",
    "astronaut": "a forest in the golden hour, backlit",
    "cat": "a bright studio backdrop in light blue",
    "sideboard-walnut": "a bright minimalist showroom with white walls and natural light",
    "plant": "a stone patio with soft morning light",
    "sofa-beige": "a warehouse loft with brick walls, an oak floor and afternoon light",
}
SAMPLE_SIZES_PX = {"coffee": (600, 400), "astronaut": (410, 512), "cat": (451, 300)}
USUAL_SIZE_PX = (1000, 800)
# The field of a file -> the field that names it once it is stored.
KEPT = {"image": "upload", "mask": "mask_upload", "background_image": "background_upload"}
UPLOAD_ID = re.compile(r"upl_[0-9A-Za-z]{24}")


@dataclass(frozen=True, slots=True)
class Photo:
    """What the stage shows. url: "" while nothing but the received bytes exists, which are never sent back.

    sha256: of the received bytes, in hex; "" for a sample.
    """

    url: str
    name: str
    width_px: int
    height_px: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo of ours to try."""

    name: str
    title: str | Promise

    @property
    def url(self) -> str:
        """Return where the browser finds it."""
        return static(f"img/samples/{self.name}.jpg")

    @property
    def thumb(self) -> str:
        """Return where the browser finds it at 160 x 128 pixels."""
        return static(f"img/samples/{self.name}-thumb.avif")

    def read(self) -> bytes:
        """Return its bytes."""
        return Path(settings.BASE_DIR, f"static/img/samples/{self.name}.jpg").read_bytes()


def samples() -> list[Sample]:
    """Return the photos to try, in the order of the page."""
    return [Sample(name, title) for name, title in SAMPLES.items()]


def upload_of(*, workspace: Workspace, upload_id: str) -> Upload | None:
    """Return the workspace's upload of this id; None when it has lapsed, is somebody else's or is no id at all."""
    if not UPLOAD_ID.fullmatch(upload_id):
        return None
    return Upload.objects.for_workspace(workspace).filter(pk=upload_id).first()


def keep(*, workspace: Workspace, data: QueryDict, files: MultiValueDict[str, Any]) -> dict[str, str]:
    """Store what was sent and name it in `data` by upload ids; return the refusals by field.

    Runs before anything else is looked at, so that no other mistake loses a picture.
    """
    refused: dict[str, str] = {}
    if files.get("image"):
        data["mask_upload"] = ""  # it was drawn for another photo
    for field, kept in KEPT.items():
        if file := files.get(field):
            try:
                data[kept] = storage.store_upload(workspace_id=workspace.id, data=file.read()).id
            except RoomAIError as refusal:
                refused[field] = told(refusal, file=file)
                data[kept] = ""
    if not data.get("upload") and "image" not in refused:
        try:
            data["upload"] = _from_elsewhere(workspace, data)
        except RoomAIError as refusal:
            refused["image"] = told(refusal)
    if data.get("upload"):
        data["sample"] = data["again"] = ""
    return refused


def drop_suggested_words(data: QueryDict) -> None:
    """Take out the words of a sample where no scene is asked for: nobody wrote them, and nothing is painted of them."""
    if data.get("background_kind") in {COLOR, PICTURE} and data.get("prompt") in SAMPLE_PROMPTS.values():
        data["prompt"] = ""


def sent_ahead(*, workspace: Workspace, data: QueryDict, files: MultiValueDict[str, Any]) -> Upload | None:
    """Keep the one picture a script sends: a file of one of the form's fields, or by name the photo of a sample or run;
    the upload that a link has just become is kept already.

    None where nothing is sent, or what is named is gone. Raises as `storage.store_upload` does.
    """
    for field in KEPT:
        if file := files.get(field):
            return storage.store_upload(workspace_id=workspace.id, data=file.read())
    return upload_of(workspace=workspace, upload_id=str(data.get("upload", "")) or _from_elsewhere(workspace, data))


def _from_elsewhere(workspace: Workspace, data: QueryDict) -> str:
    sample = str(data.get("sample", ""))
    if sample in SAMPLES:
        return storage.store_upload(workspace_id=workspace.id, data=Sample(sample, SAMPLES[sample]).read()).id
    if earlier := run_again(workspace=workspace, generation_id=data.get("again", "")):
        return earlier_runs.photo(workspace=workspace, earlier=earlier)
    return ""


def run_again(*, workspace: Workspace, generation_id: str) -> Generation | None:
    """Return the earlier run whose photo and settings are to be used once more; None when they are gone."""
    try:
        wanted = UUID(generation_id)
    except ValueError:
        return None
    return Generation.objects.for_workspace(workspace).in_gallery().filter(pk=wanted).first()


def shown(*, workspace: Workspace, upload: str, sample: str, again: str) -> Photo | None:
    """Return the photo the stage starts with."""
    if kept := upload_of(workspace=workspace, upload_id=upload):
        return Photo("", gettext("Your photo"), kept.width_px, kept.height_px, bytes(kept.sha256).hex())
    if sample in SAMPLES:
        return Photo(
            Sample(sample, SAMPLES[sample]).url, str(SAMPLES[sample]), *SAMPLE_SIZES_PX.get(sample, USUAL_SIZE_PX)
        )
    earlier = run_again(workspace=workspace, generation_id=again)
    if earlier and earlier_runs.photo_key(earlier):
        photo = earlier.inputs["image"]
        cleaned = photo["object_key"] in storage.served_keys(earlier)
        url = storage.preview_url(earlier, key=photo["object_key"]) if cleaned else ""
        name = gettext("The photo of an earlier run")
        return Photo(url, name, photo["width_px"], photo["height_px"], photo["sha256"])
    return None
