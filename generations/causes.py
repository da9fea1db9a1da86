"""Why the API answers an error and what a program does about it: the developer's side of `generations.wording`.

A code without an entry here is documented by its words alone, so that none is ever missing from the guide.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from generations import wording
from generations.catalog import CatalogModel

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Cause:
    """cause, cure: sentences for a developer; fields: what the error carries beside code, message and request_id."""

    cause: Text
    cure: Text
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One error as the guide lists it."""

    code: str
    http_status: int
    cause: Text
    cure: Text
    fields: tuple[str, ...]


#: Errors that belong to what is done with a generation afterwards, not to making one.
AFTERWARDS = frozenset({"ALREADY_FINISHED", "REFUSE_NOT_ALLOWED", "NOT_FOUND", "METHOD_NOT_ALLOWED"})
#: Errors that are about the picture asked for; all others can meet any call. With the parameter it takes to meet them.
OF_A_PICTURE = {
    "INSUFFICIENT_TOKENS": "model",
    "INVALID_PARAMETERS": "model",
    "IMAGE_TOO_LARGE": "image",
    "IMAGE_UNREADABLE": "image",
    "IMAGE_FORMAT_NOT_ALLOWED": "image",
    "IMAGE_URL_NOT_ALLOWED": "image",
    "IMAGE_URL_UNREACHABLE": "image",
    "CANVAS_NOT_POSSIBLE": "canvas",
    "NO_SUBJECT_FOUND": "image",
    "PROMPT_REJECTED": "prompt",
    "RESULT_REJECTED": "prompt",
    "ENGINE_FAILED": "model",
    "ENGINE_UNAVAILABLE": "model",
    "GENERATION_EXPIRED": "model",
}
FRESH = _("Call again with a new Idempotency-Key; the old one answers the same failure.")
OTHER_PHOTO = _("Send another picture, or save this one again with an image program.")
AVAILABLE = _("Use one of those in available, or ask GET /api/v1/models.")

CAUSES: dict[str, Cause] = {
    "INVALID_JSON": Cause(
        _("The body is no JSON object, names a field twice or is nested too deep."),
        _("Let your JSON library write the body."),
    ),
    "INVALID_HEADER": Cause(
        _("Idempotency-Key, Prefer or another header has a value we cannot read; the message names it."),
        _("Idempotency-Key is 1 to 255 printable ASCII characters, Prefer is wait=N or respond-async."),
    ),
    "INVALID_API_KEY": Cause(
        _("The key is missing, misspelled, unknown, revoked or expired; the answer never says which."),
        _("Send Authorization: Bearer and a key in force, copied whole."),
    ),
    "INSUFFICIENT_TOKENS": Cause(
        _("The workspace has fewer tokens than the picture costs."),
        _("Add tokens, then send the same call again."),
        ("required", "balance"),
    ),
    "KEY_LIMIT_REACHED": Cause(
        _("This key has spent its own monthly limit; the workspace may still have tokens."),
        _("Wait until resets_at, raise the limit or use another key."),
        ("limit", "used", "resets_at"),
    ),
    "MISSING_SCOPE": Cause(
        _("The key is in force but was not given the scope this call needs."),
        _("Create a key with that scope."),
        ("scope",),
    ),
    "ACCOUNT_FROZEN": Cause(
        _("The workspace is on hold, for example while a payment is looked into."),
        _("Write to us. Do not repeat the call."),
    ),
    "NOT_FOUND": Cause(
        _("There is nothing at this address, or it belongs to another workspace or to the other kind of key."),
        _("Check the id. What a test key made, only test keys find."),
    ),
    "METHOD_NOT_ALLOWED": Cause(_("The address is right, the method is not."), _("Use a method of the Allow header.")),
    "NOT_ACCEPTABLE": Cause(
        _("The Accept header leaves out JSON."), _("Accept application/json, or leave the header out.")
    ),
    "UNSUPPORTED_MEDIA_TYPE": Cause(
        _("The Content-Type is neither JSON nor a form, or its charset is none of text."),
        _("Send application/json in UTF-8, or multipart/form-data."),
    ),
    "IDEMPOTENCY_CONFLICT": Cause(
        _("The same Idempotency-Key came before with another body."),
        _("Use a new key for each new picture; keep the old one only to repeat."),
    ),
    "ALREADY_FINISHED": Cause(
        _("The generation ended before it could be canceled."), _("Fetch it and use its result.")
    ),
    "GENERATION_CANCELED": Cause(_("Someone canceled this generation."), FRESH),
    "REFUSE_NOT_ALLOWED": Cause(
        _("There is no picture, it is older than 24 hours, or this month's refusals are used up."),
        _("Read rule. Refuse within a day of the result."),
        ("rule",),
    ),
    "IMAGE_TOO_LARGE": Cause(
        _("A picture has more than 20 MiB, 25 megapixels or 8192 pixels a side."),
        _("Scale it down before you send it."),
        ("limit_bytes", "limit_pixels"),
    ),
    "BODY_TOO_LARGE": Cause(
        _("The whole request is larger than this address takes."),
        _("Send addresses or uploads instead of base64."),
        ("limit_bytes",),
    ),
    "INVALID_PARAMETERS": Cause(
        _("A parameter is missing, unknown or out of range."),
        _("Read fields: each name with sentences to show."),
        ("fields",),
    ),
    "UNKNOWN_MODEL": Cause(_("No model has this id."), AVAILABLE, ("available",)),
    "MODEL_UNAVAILABLE": Cause(_("The model exists, but nothing here can run it."), AVAILABLE, ("available",)),
    "IMAGE_UNREADABLE": Cause(
        _("The file is damaged, has several frames, is under 16 pixels a side or longer than 20:1."),
        OTHER_PHOTO,
        ("input",),
    ),
    "IMAGE_FORMAT_NOT_ALLOWED": Cause(
        _("The bytes are none of JPEG, PNG, WebP, AVIF and HEIC, whatever the name says."), OTHER_PHOTO, ("input",)
    ),
    "IMAGE_URL_NOT_ALLOWED": Cause(
        _("The address is not https, not public, or has a name and password in it."),
        _("Use a public https address, or send the file itself."),
        ("input",),
    ),
    "IMAGE_URL_UNREACHABLE": Cause(
        _("The server behind the address did not answer with a picture in 10 seconds."),
        _("Open the address in a private window. If it needs a sign-in, send the file itself."),
        ("input",),
    ),
    "CANVAS_NOT_POSSIBLE": Cause(
        _("The frame would cut the subject, open an edge at which the photo cuts it, or be too large."),
        _("Read rule and choose another aspect or more padding."),
        ("rule",),
    ),
    "NO_SUBJECT_FOUND": Cause(
        _("Nothing in the photo stands out as its subject."),
        _("Send a mask whose white shows what to keep, or another photo."),
        ("stage",),
    ),
    "PROMPT_REJECTED": Cause(
        _("The prompt is outside the content rules."),
        _("Change the words. Repeating them brings the same answer."),
        ("stage", "categories"),
    ),
    "RESULT_REJECTED": Cause(
        _("The finished picture was outside the content rules and was not kept."),
        _("Change the prompt."),
        ("stage", "categories"),
    ),
    "RATE_LIMITED": Cause(
        _("Too many calls in a short time."), _("Wait for Retry-After, then repeat."), ("retry_after_s",)
    ),
    "TOO_MANY_IN_FLIGHT": Cause(
        _("Too many generations of this workspace are open at once."),
        _("Wait until some have ended; send fewer in parallel."),
        ("retry_after_s",),
    ),
    "INTERNAL_ERROR": Cause(
        _("A fault of ours."), _("Repeat with the same Idempotency-Key. If it stays, send us the request_id.")
    ),
    "ENGINE_FAILED": Cause(_("The picture was begun and could not be finished."), FRESH),
    "ENGINE_UNAVAILABLE": Cause(
        _("Nothing that could make this picture answers at the moment."), FRESH, ("retry_after_s",)
    ),
    "OVERLOADED": Cause(
        _("The queue is full; nothing was begun."),
        _("Wait for Retry-After, then repeat with the same Idempotency-Key."),
        ("retry_after_s",),
    ),
    "GENERATION_EXPIRED": Cause(_("The picture was not ready before its deadline."), FRESH),
}


def rows() -> list[Row]:
    """Return every error that can be answered, by status."""
    found = [_row(code, words) for code, words in wording.WORDS.items()]
    return sorted(found, key=lambda row: row.http_status)


def of_model(model: CatalogModel) -> tuple[list[Row], list[Row]]:
    """Return the errors a call of this model can end with: those about its picture, and those any call can meet."""
    about = [row for row in rows() if row.code in OF_A_PICTURE and model.takes(OF_A_PICTURE[row.code])]
    return about, [row for row in rows() if row.code not in AFTERWARDS | OF_A_PICTURE.keys()]


def _row(code: str, words: wording.Words) -> Row:
    known = CAUSES.get(code, Cause(words.sentence, words.action))
    return Row(code, words.http_status, known.cause, known.cure, known.fields)
