"""Each error code's words: what happened, and what the reader can do now. Pages and the API say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Words:
    """sentence: what happened; action: what to do about it; http_status: what `/api/v1/generate` answers with."""

    http_status: int
    sentence: Text
    action: Text


NOT_CHARGED = _("You were not charged. Try again; if it happens again, tell us the request's id.")
ANOTHER_PICTURE = _("Choose another picture. You were not charged.")

WORDS: dict[str, Words] = {
    "INVALID_JSON": Words(400, _("The body is not valid JSON."), _("Send one JSON object.")),
    "INVALID_HEADER": Words(400, _("A header of this request cannot be read."), _("Correct it and send it again.")),
    "INVALID_API_KEY": Words(401, _("Invalid or missing API key"), _("Send a key of your own as a Bearer token.")),
    "INSUFFICIENT_TOKENS": Words(402, _("Not enough tokens"), _("Add tokens, then try again.")),
    "KEY_LIMIT_REACHED": Words(
        402, _("This API key has used its tokens for the month."), _("Raise its limit or use another key.")
    ),
    "MISSING_SCOPE": Words(403, _("This API key may not do that."), _("Create a key with the scope it lacks.")),
    "ACCOUNT_FROZEN": Words(403, _("This workspace is frozen."), _("Write to us to have it looked at.")),
    "NOT_FOUND": Words(404, _("There is nothing here."), _("Check the address.")),
    "METHOD_NOT_ALLOWED": Words(
        405, _("This address does not answer this method."), _("Use a method named in the Allow header.")
    ),
    "NOT_ACCEPTABLE": Words(406, _("We answer in JSON only."), _("Accept application/json.")),
    "UNSUPPORTED_MEDIA_TYPE": Words(
        415, _("Send application/json or multipart/form-data."), _("Set the Content-Type header.")
    ),
    "IDEMPOTENCY_CONFLICT": Words(
        409, _("This Idempotency-Key was used for another request."), _("Use a new key for a new request.")
    ),
    "ALREADY_FINISHED": Words(409, _("This generation has already finished."), _("Look at its result.")),
    "GENERATION_CANCELED": Words(
        409, _("This generation was canceled."), _("You were not charged. Start it again if you still want it.")
    ),
    "REFUSE_NOT_ALLOWED": Words(
        409, _("This picture cannot be handed back."), _("Pictures can be handed back for a day.")
    ),
    "IMAGE_TOO_LARGE": Words(
        413, _("This picture is too large."), _("Use at most 20 MiB and 25 megapixels. You were not charged.")
    ),
    "BODY_TOO_LARGE": Words(413, _("This request is too large."), _("Send smaller pictures.")),
    "INVALID_PARAMETERS": Words(
        422, _("Some parameters are not valid."), _("Correct the fields named and send it again.")
    ),
    "UNKNOWN_MODEL": Words(422, _("There is no such model."), _("Choose one of those available.")),
    "MODEL_UNAVAILABLE": Words(422, _("This model is not available here."), _("Choose one of those available.")),
    "IMAGE_UNREADABLE": Words(
        422, _("We could not read this picture. It may be damaged or incomplete."), ANOTHER_PICTURE
    ),
    "IMAGE_FORMAT_NOT_ALLOWED": Words(
        422,
        _("We accept JPEG, PNG, WebP, AVIF and HEIC."),
        _("Save the picture as one of these. You were not charged."),
    ),
    "IMAGE_URL_NOT_ALLOWED": Words(
        422,
        _("We do not fetch pictures from this address. Use a public https address."),
        _("Put the picture at a public address, or send the file itself."),
    ),
    "IMAGE_URL_UNREACHABLE": Words(
        422,
        _("We could not fetch a picture from this address."),
        _("Check that the address opens the picture itself, or send the file."),
    ),
    "CANVAS_NOT_POSSIBLE": Words(
        422, _("The subject does not fit into this frame."), _("Choose another frame. You were not charged.")
    ),
    "NO_SUBJECT_FOUND": Words(
        422,
        _("We could not find a subject in this picture."),
        _("Try another photo, or send a mask that shows what to keep. You were not charged."),
    ),
    "PROMPT_REJECTED": Words(
        422, _("This prompt is not allowed."), _("Describe another background. You were not charged.")
    ),
    "RESULT_REJECTED": Words(
        422, _("The picture was held back by a content check."), _("Change the prompt. You were not charged.")
    ),
    "RATE_LIMITED": Words(429, _("Too many requests."), _("Wait a moment and try again.")),
    "TOO_MANY_IN_FLIGHT": Words(429, _("Too many generations are open."), _("Wait until some have finished.")),
    "INTERNAL_ERROR": Words(500, _("Something failed on our side."), NOT_CHARGED),
    "ENGINE_FAILED": Words(502, _("The picture could not be made."), NOT_CHARGED),
    "ENGINE_UNAVAILABLE": Words(
        503,
        _("Nothing that could make this picture is available."),
        _("You were not charged. Try again in a few minutes."),
    ),
    "OVERLOADED": Words(503, _("We are busy at the moment."), _("You were not charged. Please try again soon.")),
    "GENERATION_EXPIRED": Words(
        504, _("The picture was not ready in time."), _("You were not charged. Please try again.")
    ),
}
# Which picture of the call an error is about, where it is not the photo itself (its field `input`).
ABOUT: dict[str, Text] = {
    "mask": _("In the mask: %(said)s"),
    "background": _("In the background: %(said)s"),
}

#: Why a picture is not taken back, by the rule in the way.
REFUSE_RULES: dict[str, Text] = {
    "not_succeeded": _("Only a delivered picture can be handed back."),
    "too_late": _("This run cannot be refused any more. Your picture is still here."),
    "limit": _("This month's refusals are used up. Your picture is still here."),
}


def of(code: str) -> Words:
    """Return the words of this code; one nobody wrote words for reads as a fault of ours."""
    return WORDS.get(code, WORDS["INTERNAL_ERROR"])


def sentences(code: str, *, extra: Mapping[str, Any]) -> str:
    """Return what to tell of a generation that ended with this code; extra: the error's own fields as the row keeps
    them, of which `input` names the picture it is about and `fields` says what was wrong where.
    """
    words = of(code)
    said = [each for field in extra.get("fields", {}).values() for each in field] or [words.sentence]
    whole = f"{' '.join(map(str, said))} {words.action}"
    about = ABOUT.get(extra.get("input", ""))
    return str(about) % {"said": whole} if about else whole
