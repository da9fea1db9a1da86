"""What the page of a run says once it is over: the picture with its figures, or why there is none."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from generations import storage
from generations.images import sizes
from generations.models import Generation, Stage, State
from generations.views import again, evidence, tiles
from generations.views.studio import MODEL_LABELS
from generations.views.words import told_of, ways

ENGINES = {"embedded": "Room AI"}


def told(generation: Generation) -> dict[str, Any]:
    """Return what the page of a finished run shows."""
    studio = reverse("generations:studio_model", kwargs={"model_id": generation.model})
    shown = {"again_url": f"{studio}?again={generation.id}"}
    if not generation.is_succeeded:
        code = "GENERATION_CANCELED" if generation.state == State.CANCELED else generation.error_code
        extra = generation.error_extra
        return shown | {"told": told_of(code, extra=extra), "ways": ways(code, extra=extra, form=shown["again_url"])}
    photo = generation.inputs["image"]
    # Within another frame than the photo's the two do not lie on each other, so there is nothing to slide between.
    comparable = photo["object_key"] in storage.served_keys(generation) and not generation.params.get("canvas")
    related = again.runs_of(workspace=generation.workspace, photo_sha256=photo["sha256"])
    return shown | {
        "result_url": storage.preview_url(generation, key=str(generation.result_key)),
        "download_url": storage.download_url(generation),
        "original_url": storage.preview_url(generation, key=photo["object_key"]) if comparable else "",
        "small": _small(generation) if comparable else None,
        "panel": evidence.panel(generation),
        "made": made(generation),
        "related": [tiles.of(one["generation"]) for one in related if one["generation"].id != generation.id],
        "photo_sha256": photo["sha256"],
    }


def _small(generation: Generation) -> dict[str, Any] | None:
    """Return the addresses of photo and result as a phone shows them, and their width; None where one is missing or
    they are as large as the files.

    The two are as large as each other, or they would not lie on each other. To judge a difference by, the page loads
    the files themselves.
    """
    keys = [generation.inputs.get(name, {}).get("object_key") for name in ("photo_thumbnail", "thumbnail")]
    if not all(keys):
        return None
    figures = generation.result or {}
    width_px, _ = sizes.small(figures["width"], figures["height"])
    if width_px == figures["width"]:
        return None
    before, after = (storage.preview_url(generation, key=key) for key in keys)
    return {"before": before, "after": after, "width_px": width_px}


def gone(generation: Generation) -> dict[str, Any]:
    """Return what the page says of a run whose files may not be shown: in the trash, or deleted when its time was over.

    Its settings are kept as long as its row is not cleared.
    """
    studio = reverse("generations:studio_model", kwargs={"model_id": generation.model})
    return {
        "generation": generation,
        "again_url": "" if generation.deleted_at else f"{studio}?again={generation.id}",
        "in_trash": bool(generation.trashed_at) and generation.kept_until > timezone.now(),
        "on": min(generation.deleted_at or generation.kept_until, generation.kept_until),
    }


def made(generation: Generation) -> dict[str, Any]:
    """Return how a picture was made: the words for its model and engine, and its time in all and by stage."""
    figures = generation.result or {}
    engine = figures.get("engine", "")
    took = figures.get("stage_ms") or {}
    return {
        "model": MODEL_LABELS.get(generation.model, generation.model),
        "engine": "" if engine == "none" else ENGINES.get(engine, engine),
        "seconds": f"{figures.get('processing_time_ms', 0) / 1000:.1f}",
        "stages": [(one.label, took[one.value]) for one in Stage if one.value in took],
        "alone": generation.params.get("result") == "cutout",
    }
