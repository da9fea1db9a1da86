"""An earlier run used once more: its settings, its photo and its own pictures, and the runs of the same photo.

Nothing is left out in silence: what is not kept any more is said at its field.
"""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from generations import canvas_fields, storage
from generations.catalog import CatalogModel
from generations.catalog.base import SEED_MAX
from generations.forms import COLOR, PICTURE, SCENE, StudioForm
from generations.images import gate
from generations.models import Generation, State, Upload
from generations.views import takes

# Of what a run was given besides its photo -> the field that names it.
PICTURES = {"background": "background_upload", "mask": "mask_upload"}
GONE: dict[str, str | Promise] = {
    "image": _("The photo of this run is not kept any more. Choose it again."),
    "background_image": _("The background picture of this run is not kept any more. Choose it again."),
    "mask": _("The mask of this run is not kept any more. The subject is found anew."),
}
#: What becomes of the seed: "same" keeps it, "next" counts it up, "new" has another one chosen.
SEEDS = ("same", "next", "new")
# How far back one workspace's runs are looked through for a photo, and how many of them are shown.
LOOKED_THROUGH, SHOWN = 200, 6


def links(generation: Generation) -> dict[str, str]:
    """Return the addresses of the studio as this run left it, by name.

    again_url: everything as it was, the seed too; next_url: the seed counted up, "" where no seed had a say;
    edit_url: to write other words, with a seed of their own.
    """
    url = f"{reverse('generations:studio_model', kwargs={'model_id': generation.model})}?again={generation.id}"
    next_url = f"{url}&seed=next" if decided_by_seed(generation) else ""
    return {"again_url": url, "next_url": next_url, "edit_url": f"{url}&seed=new#id_prompt"}


def settings_of(earlier: Generation, *, model: CatalogModel, seed: str = "same") -> dict[str, Any]:
    """Return the form's values for an earlier run. seed: one of SEEDS; another word counts as "same"."""
    given = earlier.params
    behind = given.get("background") or {}
    initial = {name: given[name] for name in StudioForm(model).own_names if given.get(name) is not None}
    initial |= {"again": str(earlier.id)} | {name: given.get(name) or "" for name in ("prompt", "format", "shadow")}
    initial |= {"background_kind": COLOR if "color" in behind else PICTURE if behind else SCENE}
    initial |= {"background_color": behind.get("color", ""), "background_fit": behind.get("fit", "cover")}
    initial |= {field: _kept(earlier, name) for name, field in PICTURES.items()}
    if model.takes("canvas") and given.get("canvas"):
        initial |= canvas_fields.initial(model, given["canvas"])
    if decided_by_seed(earlier) and seed != "new":
        initial["seed"] = (given["seed"] + (seed == "next")) % (SEED_MAX + 1)
    return initial


def decided_by_seed(earlier: Generation) -> bool:
    """Say whether the run's seed had, or would have had, a say in its picture."""
    return earlier.params.get("seed") is not None and (earlier.result or {"seed": 0}).get("seed") is not None


def gone(earlier: Generation, *, fields: dict[str, Any]) -> dict[str, str | Promise]:
    """Return what is not kept of an earlier run any more, by the field it is said at; `fields`: its form's values."""
    lapsed: dict[str, str | Promise] = {}
    if photo_key(earlier) is None:
        lapsed["image"] = GONE["image"]
    if fields["background_kind"] == PICTURE and not fields["background_upload"]:
        lapsed["background_image"] = GONE["background_image"]
    if "mask" in earlier.inputs and not fields["mask_upload"]:
        lapsed["mask"] = GONE["mask"]
    return lapsed


def photo_key(earlier: Generation) -> str | None:
    """Return where the photo of a run lies; None when it is gone.

    A finished picture keeps the clean photo as long as itself, one that never came what was received.
    """
    key = str(earlier.inputs["image"]["object_key"])
    return key if not key.startswith("up/") or _kept(earlier, "image") else None


def photo(*, workspace: Workspace, earlier: Generation) -> str:
    """Return an upload of the earlier run's photo, made where there is none; "" when the photo is gone.

    Raises what `storage.store_upload` does.
    """
    digest = bytes.fromhex(earlier.inputs["image"]["sha256"])
    # What was sent at first is known by its digest, by which the runs of one photo are found.
    alive = Upload.objects.for_workspace(workspace).filter(sha256=digest).exclude(object_key="").first()
    if alive:
        return alive.id
    try:
        data = storage.read(earlier.inputs["image"]["object_key"])
    except FileNotFoundError:
        return ""
    # A large photo weighs more as the clean PNG we made of it than anybody may send.
    return storage.store_upload(workspace_id=workspace.id, data=data, limit_bytes=gate.OWN_LIMIT_BYTES).id


def others_of(generation: Generation) -> list[dict[str, Any]]:
    """Return the pictures made of this run's photo by other submissions, newest first; as `runs_of` does."""
    sha256 = generation.inputs.get("image", {}).get("sha256", "")
    if not sha256:
        return []
    submission = takes.submission_of(generation)
    found = runs_of(workspace=generation.workspace, photo_sha256=sha256)
    return [
        one
        for one in found
        if one["generation"] != generation and not (submission and takes.submission_of(one["generation"]) == submission)
    ]


def runs_of(*, workspace: Workspace, photo_sha256: str) -> list[dict[str, Any]]:
    """Return the pictures made of the photo with this digest (hex), newest first: `generation` and its `url`."""
    recent = Generation.objects.for_workspace(workspace).in_gallery()[:LOOKED_THROUGH]
    made = Generation.objects.filter(pk__in=recent.values("pk"), state=State.SUCCEEDED)
    found = made.filter(inputs__image__sha256=photo_sha256, result_key__isnull=False).order_by("-created_at", "-id")
    return [{"generation": one, "url": storage.preview_url(one, key=str(one.result_key))} for one in found[:SHOWN]]


def _kept(earlier: Generation, name: str) -> str:
    if name not in earlier.inputs:
        return ""
    alive = Upload.objects.for_workspace(earlier.workspace).filter(object_key=earlier.inputs[name]["object_key"])
    return alive.values_list("id", flat=True).first() or ""
