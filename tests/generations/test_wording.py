"""Every code that can be answered has words, and the words know the status the error itself has."""

from generations import wording
from generations.api import errors
from roomai_web.errors import RoomAIError


def branches(trunk):
    for branch in trunk.__subclasses__():
        yield branch
        yield from branches(branch)


def test_every_error_has_words_with_its_status():
    for kind in branches(RoomAIError):
        words = wording.WORDS.get(kind.code)
        assert words is not None, kind
        if kind.__module__.startswith(("generations", "billing")):
            assert words.http_status == kind.http_status, kind
        assert str(words.sentence)
        assert str(words.action).endswith((".", "id."))


def test_a_code_without_words_reads_as_a_fault_of_ours():
    assert wording.of("NOBODY_KNOWS") == wording.WORDS["INTERNAL_ERROR"]


def test_a_body_carries_the_error_s_own_fields():
    error = RoomAIError("So it is.", limit=3)
    assert errors.body(error, request_id="r")["error"] == {
        "code": "INTERNAL_ERROR",
        "message": "So it is.",
        "request_id": "r",
        "limit": 3,
    }


def test_a_kept_error_says_which_picture_it_is_about():
    of_the_photo = wording.sentences("IMAGE_UNREADABLE", extra={})
    assert of_the_photo.startswith("We could not read this picture.")
    for name in ("mask", "background"):
        assert wording.sentences("IMAGE_UNREADABLE", extra={"input": name}) == f"In the {name}: {of_the_photo}"
    assert wording.sentences("IMAGE_UNREADABLE", extra={"input": "elsewhere"}) == of_the_photo


def test_a_kept_error_says_what_was_wrong_where():
    said = wording.sentences("INVALID_PARAMETERS", extra={"fields": {"mask": ["Keep a part."]}})
    assert said.startswith("Keep a part. ")
