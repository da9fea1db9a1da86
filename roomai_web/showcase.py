"""The pictures of our own pages: which there are, and the tag `{% picture %}` that shows one at the size it needs.

`static/img/PLAN.toml` says what is wanted: originals, and what is to be made of them. `manage.py build_samples` makes
it and writes `static/img/CREDITS.toml`: one entry a file, with `name` where several files are one picture.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

IMAGES = Path(settings.BASE_DIR, "static/img")
FALLBACKS = (".jpg", ".webp", ".png")


@cache
def entries() -> dict[str, dict[str, Any]]:
    """Return the credit of each file, by its path below `static/img`."""
    return tomllib.loads((IMAGES / "CREDITS.toml").read_text(encoding="utf-8"))


@cache
def files(name: str) -> dict[str, dict[str, Any]]:
    """Return the files of one picture, the smallest first; KeyError when there is none of this name."""
    found = {path: entry for path, entry in entries().items() if entry.get("name") == name}
    if not found:
        raise KeyError(name)
    return dict(sorted(found.items(), key=lambda item: int(item[1]["width"])))


def credit(name: str) -> dict[str, Any]:
    """Return what is known of the picture, from its largest file."""
    return list(files(name).values())[-1]


def groups() -> list[dict[str, Any]]:
    """Return each original with its credit, the results made of it, and how many thumbnails; for the credits page."""
    found = []
    for path, entry in entries().items():
        if not path.startswith("samples/") or "name" not in entry:
            continue
        of_it = [other | {"at": f"img/{at}"} for at, other in entries().items() if other.get("source") == path]
        results = {other["name"]: other for other in of_it if "name" in other and "made_for" not in other}
        places = [other for other in of_it if other.get("made_for") and "name" not in other]
        thumb = path.replace(".jpg", "-thumb.avif")
        shown = f"img/{thumb if thumb in entries() else path}"
        found.append({"photo": entry, "thumb": shown, "results": [*results.values()], "places": places})
    return found


@register.simple_tag
def picture(name: str, alt: str, sizes: str = "100vw", first: bool = False) -> SafeString:
    """Return the picture in AVIF at each width there is, for other browsers in one more file.

    sizes: how wide it is shown. first: it is what the page opens with, so it is fetched before anything else.
    """
    found = files(name)
    drawn = {path: entry for path, entry in found.items() if path.endswith(".avif")}
    usual = next(path for path in reversed(found) if path.endswith(FALLBACKS))
    srcset = ", ".join(f"{static(f'img/{path}')} {entry['width']}w" for path, entry in drawn.items())
    width, height = found[usual]["width"], found[usual]["height"]
    source = format_html('<source type="image/avif" srcset="{}" sizes="{}">', srcset, sizes) if drawn else ""
    comes = 'fetchpriority="high"' if first else 'loading="lazy" decoding="async"'
    return format_html(
        '<picture>{}<img src="{}" width="{}" height="{}" alt="{}" {}></picture>',
        source,
        static(f"img/{usual}"),
        width,
        height,
        alt,
        mark_safe(comes),  # noqa: S308  # one of the two above
    )


@register.simple_tag
def prompt_of(name: str) -> str:
    """Return the words this result was made with; "" for one that takes none."""
    return str(credit(name).get("prompt", ""))


@register.simple_tag
def made_by(model_id: str) -> dict[str, str] | None:
    """Return a result of this model and its original, both by name; None where there is none to show."""
    for entry in entries().values():
        if entry.get("model") == model_id and entry.get("name") and entry["source"] in entries():
            return {"before": entries()[entry["source"]]["name"], "after": entry["name"]}
    return None
