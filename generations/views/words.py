"""A refusal as the pages say it: what happened, that nothing was charged, and where to go now."""

from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import PurePath
from typing import Any, Protocol

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext
from structlog.contextvars import get_contextvars

from generations import wording
from roomai_web.errors import RoomAIError

FILE_NAME_MAX = 60
#: Names our own formats go by; a file under one of them that is refused is something else inside.
OURS = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif"}
#: Steps that lead to a field of the form a run is asked for with.
FIELDS = {"photo": "id_image", "prompt": "id_prompt", "frame": "id_canvas_aspect", "brush": "id_mask"}
#: Steps that lead to another page, by its name.
PAGES = {"keys": "accounts:keys", "gallery": "generations:gallery", "studio": "generations:studio"}
PAGES |= {"docs": "docs:start", "models": "docs:start", "switch": "account_logout"}


class File(Protocol):
    """A file as a form brings it."""

    name: str
    size: int


def told(refusal: RoomAIError, *, file: File | None = None) -> str:
    """Return the sentences for this refusal. file: the one that was refused, where it was one."""
    if fields := refusal.extra.get("fields"):
        return " ".join(sentence for sentences in fields.values() for sentence in sentences)
    return told_of(refusal.code, extra=refusal.extra, file=file)


def told_of(code: str, *, extra: Mapping[str, Any], file: File | None = None) -> str:
    """Return the sentences for an error code and the error's own fields, as a finished run keeps them."""
    if extra.get("fields"):
        said = wording.sentences(code, extra=extra)
    else:
        said = _filled(code, {**extra, **_of_file(file)})
        if about := wording.ABOUT.get(extra.get("input", "")):
            said = str(about) % {"said": said}
    nothing = gettext("Nothing was charged.")
    # The table says it itself where its sentence is read alone.
    return said if nothing in said or gettext("You were not charged.") in said else f"{said} {nothing}"


def told_of_frame(rule: str) -> str:
    """Return why a frame cannot be."""
    return str(wording.FRAME_RULES.get(rule, wording.FRAME_RULES["too_large"]))


def ways(code: str, *, extra: Mapping[str, Any], form: str = "") -> list[tuple[str, str]]:
    """Return what to do about an error as (label, address), the first as the button.

    form: the address of the studio with everything as it was; "" on the very page that shows it, whose own button
    leads to more tokens with everything kept.
    """
    steps = [step for step in wording.of(code).steps if form or step.to != "tokens"]
    values = _values(extra)
    return [(str(step.label) % values, _address(step.to, form)) for step in steps]


def _address(to: str, form: str) -> str:
    if to in FIELDS:
        return f"{form}#{FIELDS[to]}"
    if to in PAGES:
        return reverse(PAGES[to])
    match to:
        case "tokens":
            return reverse("billing:wallet") + ("#add" if settings.SHOP else "")
        case "rules":
            return reverse("rules")
        case "contact":
            return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
        case _:  # the form itself, sent again
            return form or "#studio-form"


def _filled(code: str, known: Mapping[str, Any]) -> str:
    """Return the page's sentence; where something it names is not known, what the API says."""
    words = wording.of(code)
    try:
        return str((words.page or words.sentence) % _values(known))
    except KeyError:
        return f"{words.sentence} {words.action}"


def _values(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sentence may name, as a reader wants it."""
    values = {"n": known.get("retry_after_s", settings.OPEN_CAP), "reason": gettext("we are looking into it")}
    values |= {name: known[name] for name in ("required", "balance", "limit", "file", "size", "type") if name in known}
    values["formats"] = gettext("JPEG, PNG, WebP, AVIF and HEIC")
    values.setdefault("file", gettext("this picture"))
    if "limit_bytes" in known:
        values["limit"] = filesizeformat(known["limit_bytes"])
    if resets_at := parse_datetime(str(known.get("resets_at", ""))):
        values["date"] = date_format(resets_at)
    if rule := known.get("rule"):
        values["rule"] = {**wording.FRAME_RULES, **wording.REFUSE_RULES}.get(rule, "")
    if request_id := get_contextvars().get("request_id"):
        values["id"] = request_id
    return values


def _of_file(file: File | None) -> dict[str, str]:
    if file is None:
        return {}
    suffix = PurePath(file.name).suffix.lower()
    kind = gettext("in another format")
    if suffix and suffix not in OURS:
        kind = gettext("a %(suffix)s file") % {"suffix": suffix[1:9].upper()}
    # Without the signs nobody sees, some of which turn what stands beside them.
    name = Truncator("".join(sign for sign in file.name if sign.isprintable())).chars(FILE_NAME_MAX)
    return {"file": name, "size": filesizeformat(file.size), "type": kind} if name else {}
