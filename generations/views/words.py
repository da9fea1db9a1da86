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
    # The table says it itself where the reader of the API needs it too.
    return said if "charged" in said else f"{said} {gettext('Nothing was charged.')}"


def _short(*, required: int, balance: int) -> str:
    needs = ngettext(
        "This needs %(required)d token; you have %(balance)d.",
        "This needs %(required)d tokens; you have %(balance)d.",
        required,
    )
    return f"{needs % {'required': required, 'balance': balance}} {gettext('Nothing was charged.')}"
