"""A refusal as the pages say it: what happened, that nothing was charged, what to do now."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from generations import wording
from roomai_web.errors import RoomAIError


def told(refusal: RoomAIError) -> str:
    """Return the sentences for this refusal."""
    if refusal.code == "INSUFFICIENT_TOKENS":
        return _short(required=refusal.extra["required"], balance=refusal.extra["balance"])
    if fields := refusal.extra.get("fields"):
        return " ".join(sentence for sentences in fields.values() for sentence in sentences)
    return told_of(refusal.code, extra=refusal.extra)


def told_of(code: str, *, extra: Mapping[str, Any]) -> str:
    """Return the sentences for an error code and the error's own fields, as a finished run keeps them."""
    said = wording.sentences(code, extra=extra)
    if code == "CANVAS_NOT_POSSIBLE" and "rule" in extra:
        said = told_of_frame(extra["rule"])
    # The table says it itself where the reader of the API needs it too.
    return said if "charged" in said else f"{said} {gettext('Nothing was charged.')}"


def told_of_frame(rule: str) -> str:
    """Return why a frame cannot be."""
    match rule:
        case "cuts_subject":
            return gettext("This frame would cut the subject. Choose another frame.")
        case "opens_cut_edge":
            return gettext("This frame would open an edge at which the photo cuts the subject. Choose another frame.")
        case _:
            return gettext("This frame would be too large. Choose another frame.")


def _short(*, required: int, balance: int) -> str:
    needs = ngettext(
        "This needs %(required)d token; you have %(balance)d.",
        "This needs %(required)d tokens; you have %(balance)d.",
        required,
    )
    return f"{needs % {'required': required, 'balance': balance}} {gettext('Nothing was charged.')}"
