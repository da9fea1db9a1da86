"""Pictures as lists show them: one tile for each run, and tiles by the photo they were made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Window
from django.db.models.functions import RowNumber

from generations import storage
from generations.models import Generation, GenerationQuerySet

GROUPS, SHOWN = 6, 6
DIGEST = "inputs__image__sha256"


@dataclass(frozen=True, slots=True)
class Tile:
    """One run. kind: ready, running, failed, canceled or expired; url: of its picture, small where one was made;
    tone: the class that stands in its place until it has come, "" where none was found.
    """

    generation: Generation
    kind: str
    url: str
    tone: str
    is_cutout: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The runs of one photo: how many there are, the newest of them, and the photo where it may be shown."""

    sha256: str
    count: int
    photo_url: str
    tiles: list[Tile]


def of(generation: Generation) -> Tile:
    """Return the tile of one run."""
    shown = generation.is_succeeded and bool(generation.result_key) and not generation.is_gone
    figures = generation.result or {}
    return Tile(
        generation=generation,
        kind=_kind(generation, shown=shown),
        url=storage.preview_url(generation, key=small_key(generation)) if shown else "",
        tone=f"tone-{figures['tone']}" if "tone" in figures else "",
        is_cutout=generation.params.get("result") == "cutout",
    )


def small_key(generation: Generation) -> str:
    """Return the object that shows a finished picture in a list; of one from before there were small ones, itself."""
    small = generation.inputs.get("thumbnail", {}).get("object_key")
    return str(small or generation.result_key)


def groups(rows: GenerationQuerySet, *, before: datetime | None) -> tuple[list[Group], datetime | None]:
    """Return a page of groups, the one with the newest run first, and where the next page begins; None on the last."""
    heads = rows.order_by().values(DIGEST).annotate(newest=Max("created_at"), count=Count("id")).order_by("-newest")
    if before:
        heads = heads.filter(newest__lt=before)
    found = list(heads[: GROUPS + 1])
    page = found[:GROUPS]
    place = Window(RowNumber(), partition_by=F(DIGEST), order_by=[F("created_at").desc(), F("id").desc()])
    newest = rows.filter(**{f"{DIGEST}__in": [head[DIGEST] for head in page]}).annotate(place=place)
    by_photo: dict[str, list[Generation]] = {}
    for one in newest.filter(place__lte=SHOWN):
        by_photo.setdefault(one.inputs["image"]["sha256"], []).append(one)
    made = [_group(head, by_photo.get(head[DIGEST], [])) for head in page]
    return made, page[-1]["newest"] if len(found) > GROUPS else None


def _group(head: dict[str, Any], members: list[Generation]) -> Group:
    urls = (_photo_url(one) for one in members)
    return Group(head[DIGEST], head["count"], next(filter(None, urls), ""), [of(one) for one in members])


def _photo_url(generation: Generation) -> str:
    """Return where a run's photo is to be seen, small if it can be; "" while only the bytes as sent are kept."""
    if generation.is_gone:
        return ""
    keys = [generation.inputs.get(name, {}).get("object_key") for name in ("photo_thumbnail", "image")]
    shown = [key for key in keys if key in storage.served_keys(generation)]
    return storage.preview_url(generation, key=shown[0]) if shown else ""


def _kind(generation: Generation, *, shown: bool) -> str:
    if not generation.is_finished:
        return "running"
    if generation.is_succeeded:
        return "ready" if shown else "expired"
    return "canceled" if generation.state == "canceled" else "failed"
