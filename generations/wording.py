"""Each error code's words: what happened, and what the reader can do now.

One row serves two readers. The API and its guide take `sentence` and `action`; a page takes `page` and `steps`, where
the steps are links. Words in %(...)s are filled in where the error is told: `generations.views.words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """A way on. label: of its link; to: where it leads, by the name `generations.views.words` knows it by."""

    label: Text
    to: str


@dataclass(frozen=True, slots=True)
class Words:
    """sentence: what happened; action: what to do about it; http_status: what `/api/v1/generate` answers with.

    page: what a page says of it, "" for what only a program meets. steps: what it offers, the first of them as the
    button; none where the fields it names are linked themselves.
    """

    http_status: int
    sentence: Text
    action: Text
    page: Text = ""
    steps: tuple[Step, ...] = ()


NOT_CHARGED = _("You were not charged. Try again; if it happens again, tell us the request's id.")
ANOTHER_PICTURE = _("Choose another picture. You were not charged.")
CHOOSE_ANOTHER = (Step(_("Choose another"), "photo"),)
EDIT_PROMPT, RUN_AGAIN = Step(_("Edit prompt"), "prompt"), Step(_("Run again"), "again")
LATER = (Step(_("Try again in %(n)s s"), "again"),)
MODELS = (Step(_("See available models"), "models"),)
RESULT = (Step(_("Show result"), "result"),)
AT_CAPACITY = _("We are at capacity. Your photo and prompt are kept.")
NO_MODEL = _("This model is not available here.")

WORDS: dict[str, Words] = {
    "INVALID_JSON": Words(400, _("The body is not valid JSON."), _("Send one JSON object.")),
    "INVALID_HEADER": Words(400, _("A header of this request cannot be read."), _("Correct it and send it again.")),
    "INVALID_API_KEY": Words(401, _("Invalid or missing API key"), _("Send a key of your own as a Bearer token.")),
    "INSUFFICIENT_TOKENS": Words(
        402,
        _("Not enough tokens"),
        _("Add tokens, then try again."),
        ngettext_lazy(
            "This needs %(required)s token; you have %(balance)s.",
            "This needs %(required)s tokens; you have %(balance)s.",
            "required",
        ),
        (Step(_("Add tokens"), "tokens"),),
    ),
    "KEY_LIMIT_REACHED": Words(
        402,
        _("This API key has used its tokens for the month."),
        _("Raise its limit or use another key."),
        _("This key has used its %(limit)s tokens. It resets on %(date)s."),
        (Step(_("Change limit"), "keys"),),
    ),
    "MISSING_SCOPE": Words(
        403,
        _("This API key may not do that."),
        _("Create a key with the scope it lacks."),
        _("You do not have access to this page."),
        (Step(_("Switch account"), "switch"),),
    ),
    "ACCOUNT_FROZEN": Words(
        403,
        _("This workspace is frozen."),
        _("Write to us to have it looked at."),
        _("This account is on hold: %(reason)s. Your pictures are still here."),
        (Step(_("Contact us"), "contact"),),
    ),
    "NOT_FOUND": Words(
        404,
        _("There is nothing here."),
        _("Check the address."),
        _("This picture has been cropped out: there is no page at this address."),
        (Step(_("Go to studio"), "studio"), Step(_("Gallery"), "gallery"), Step(_("Docs"), "docs")),
    ),
    "METHOD_NOT_ALLOWED": Words(
        405, _("This address does not answer this method."), _("Use a method named in the Allow header.")
    ),
    "NOT_ACCEPTABLE": Words(406, _("We answer in JSON only."), _("Accept application/json.")),
    "UNSUPPORTED_MEDIA_TYPE": Words(
        415, _("Send application/json or multipart/form-data."), _("Set the Content-Type header.")
    ),
    "IDEMPOTENCY_CONFLICT": Words(
        409,
        _("This Idempotency-Key was used for another request."),
        _("Use a new key for a new request."),
        _("This form was already sent with other values."),
        (Step(_("Start a new run"), "again"),),
    ),
    "ALREADY_FINISHED": Words(
        409,
        _("This generation has already finished."),
        _("Look at its result."),
        _("This run finished before it could be canceled."),
        RESULT,
    ),
    "GENERATION_CANCELED": Words(
        409,
        _("This generation was canceled."),
        _("You were not charged. Start it again if you still want it."),
        _("Canceled. Nothing was charged."),
        (RUN_AGAIN,),
    ),
    "REFUSE_NOT_ALLOWED": Words(
        409,
        _("This picture cannot be handed back."),
        _("Pictures can be handed back for a day."),
        _("%(rule)s Your picture is still here."),
        RESULT,
    ),
    "IMAGE_TOO_LARGE": Words(
        413,
        _("This picture is too large."),
        _("Use at most 20 MiB and 25 megapixels. You were not charged."),
        _("%(file)s is %(size)s; the limit is %(limit)s."),
        CHOOSE_ANOTHER,
    ),
    "BODY_TOO_LARGE": Words(
        413,
        _("This request is too large."),
        _("Send smaller pictures."),
        _("That upload is %(size)s; the limit is %(limit)s."),
        CHOOSE_ANOTHER,
    ),
    "INVALID_PARAMETERS": Words(
        422,
        _("Some parameters are not valid."),
        _("Correct the fields named and send it again."),
        _("There is a problem."),
    ),
    "UNKNOWN_MODEL": Words(422, _("There is no such model."), _("Choose one of those available."), NO_MODEL, MODELS),
    "MODEL_UNAVAILABLE": Words(422, NO_MODEL, _("Choose one of those available."), NO_MODEL, MODELS),
    "IMAGE_UNREADABLE": Words(
        422,
        _("We could not read this picture. It may be damaged or incomplete."),
        ANOTHER_PICTURE,
        _("We could not read %(file)s. It may be damaged or not a picture."),
        CHOOSE_ANOTHER,
    ),
    "IMAGE_FORMAT_NOT_ALLOWED": Words(
        422,
        _("We accept JPEG, PNG, WebP, AVIF and HEIC."),
        _("Save the picture as one of these. You were not charged."),
        _("%(file)s is %(type)s. We accept %(formats)s."),
        CHOOSE_ANOTHER,
    ),
    "IMAGE_URL_NOT_ALLOWED": Words(
        422,
        _("We do not fetch pictures from this address. Use a public https address."),
        _("Put the picture at a public address, or send the file itself."),
        _("We cannot fetch that address. Use a public https:// link."),
        (Step(_("Paste or upload the photo"), "photo"),),
    ),
    "IMAGE_URL_UNREACHABLE": Words(
        422,
        _("We could not fetch a picture from this address."),
        _("Check that the address opens the picture itself, or send the file."),
        _("That link did not return a picture."),
        (Step(_("Try again"), "again"), Step(_("Upload the photo"), "photo")),
    ),
    "CANVAS_NOT_POSSIBLE": Words(
        422,
        _("The subject does not fit into this frame."),
        _("Choose another frame. You were not charged."),
        _("%(rule)s Nothing was charged."),
        (Step(_("Change the frame"), "frame"),),
    ),
    "NO_SUBJECT_FOUND": Words(
        422,
        _("We could not find a subject in this picture."),
        _("Try another photo, or send a mask that shows what to keep. You were not charged."),
        _("We could not find a clear subject. Nothing was charged."),
        (Step(_("Brush the subject"), "brush"), Step(_("Try another photo"), "photo")),
    ),
    "PROMPT_REJECTED": Words(
        422,
        _("This prompt is not allowed."),
        _("Describe another background. You were not charged."),
        _("This prompt is outside our content rules. Nothing was charged."),
        (EDIT_PROMPT, Step(_("Read the rules"), "rules")),
    ),
    "RESULT_REJECTED": Words(
        422,
        _("The picture was held back by a content check."),
        _("Change the prompt. You were not charged."),
        _("The result was outside our content rules, so we did not keep it. Nothing was charged."),
        (EDIT_PROMPT,),
    ),
    "RATE_LIMITED": Words(
        429,
        _("Too many requests."),
        _("Wait a moment and try again."),
        _("Too many requests. Try again in %(n)s s."),
        LATER,
    ),
    "TOO_MANY_IN_FLIGHT": Words(
        429,
        _("Too many generations are open."),
        _("Wait until some have finished."),
        _("%(n)s runs are already under way. Wait for one to finish."),
        (Step(_("Show runs"), "gallery"),),
    ),
    "INTERNAL_ERROR": Words(
        500,
        _("Something failed on our side."),
        NOT_CHARGED,
        _("Something failed on our side. Request %(id)s. Nothing was charged."),
        (Step(_("Try again"), "again"),),
    ),
    "ENGINE_FAILED": Words(
        502,
        _("The picture could not be made."),
        NOT_CHARGED,
        _("The run stopped. Nothing was charged."),
        (RUN_AGAIN,),
    ),
    "ENGINE_UNAVAILABLE": Words(
        503,
        _("Nothing that could make this picture is available."),
        _("You were not charged. Try again in a few minutes."),
        AT_CAPACITY,
        LATER,
    ),
    "OVERLOADED": Words(
        503, _("We are busy at the moment."), _("You were not charged. Try again soon."), AT_CAPACITY, LATER
    ),
    "GENERATION_EXPIRED": Words(
        504,
        _("The picture was not ready in time."),
        _("You were not charged. Try it again."),
        _("The run took too long and was stopped. Nothing was charged."),
        (RUN_AGAIN,),
    ),
}
# Which picture of the call an error is about, where it is not the photo itself (its field `input`).
ABOUT: dict[str, Text] = {
    "mask": _("In the mask: %(said)s"),
    "background": _("In the background: %(said)s"),
}

#: What a frame would do that it must not, by the rule in the way.
FRAME_RULES: dict[str, Text] = {
    "cuts_subject": _("This frame would cut the subject."),
    "opens_cut_edge": _("This frame would open a cut edge."),
    "too_large": _("This frame would be too large."),
}
#: Why a picture is not taken back, by the rule in the way.
REFUSE_RULES: dict[str, Text] = {
    "not_succeeded": _("Only a delivered picture can be handed back."),
    "too_late": _("This run cannot be refused any more."),
    "limit": _("This month's refusals are used up."),
}


def refused(rule: str) -> str:
    """Return why a picture is not taken back, and that it is still there where there is one."""
    said = REFUSE_RULES[rule]
    return str(said) if rule == "not_succeeded" else str(WORDS["REFUSE_NOT_ALLOWED"].page) % {"rule": said}


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
