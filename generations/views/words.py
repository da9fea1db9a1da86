"""A refusal as the pages say it: what happened, that nothing was charged, what to do now."""

from django.utils.translation import gettext, ngettext

from generations import wording
from roomai_web.errors import RoomAIError


def told(refusal: RoomAIError) -> str:
    """Return the sentences for this refusal."""
    if refusal.code == "INSUFFICIENT_TOKENS":
        return _short(required=refusal.extra["required"], balance=refusal.extra["balance"])
    if fields := refusal.extra.get("fields"):
        return " ".join(sentence for sentences in fields.values() for sentence in sentences)
    return told_of(refusal.code)


def told_of(code: str) -> str:
    """Return the sentences for an error code, as a finished run keeps it."""
    words = wording.of(code)
    said = f"{words.sentence} {words.action}"
    # The table says it itself where the reader of the API needs it too.
    return said if "charged" in said else f"{said} {gettext('Nothing was charged.')}"


def _short(*, required: int, balance: int) -> str:
    needs = ngettext(
        "This needs %(required)d token; you have %(balance)d.",
        "This needs %(required)d tokens; you have %(balance)d.",
        required,
    )
    return f"{needs % {'required': required, 'balance': balance}} {gettext('Nothing was charged.')}"
