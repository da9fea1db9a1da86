"""ImageRefused           a picture we were given cannot be used; nothing is charged
├── ImageTooLarge         more bytes or more pixels than we take: 413, with `limit_bytes` or `limit_pixels`
├── ImageFormatNotAllowed not a JPEG, PNG, WebP, AVIF or HEIC: 422
├── ImageUnreadable       damaged, truncated, several frames, or its header lies: 422
├── NoSubjectFound        nothing to keep, or nothing to replace: 422, with `stage`
└── CanvasNotPossible     the frame asked for would cut the subject: 422, with `rule`

One about a second picture of the call says so: `input` is "mask" or "background".

Faults of ours are not refusals: `PixelsChanged` (gate G1) ends as 502, `WeightsUnavailable` and
`DecoderUnavailable` as 503.
"""

from typing import ClassVar

from roomai_web.errors import RoomAIError


class ImageRefused(RoomAIError):
    """The trunk: catch this to answer for any picture of the caller's that cannot be used."""

    code: ClassVar[str] = "IMAGE_UNREADABLE"
    http_status: ClassVar[int] = 422
    default_message: ClassVar[str] = "We could not use this picture."

    def about(self, name: str) -> None:
        """Say which picture of the call is refused, "mask" or "background": in the message, and as `input`."""
        self.message = f"In the {name}: {self.message}"
        self.extra["input"] = name


class ImageTooLarge(ImageRefused):
    """More than we take; raised with exactly one of `limit_bytes` and `limit_pixels`."""

    code: ClassVar[str] = "IMAGE_TOO_LARGE"
    http_status: ClassVar[int] = 413
    default_message: ClassVar[str] = "This picture is too large."


class ImageFormatNotAllowed(ImageRefused):
    """The bytes are of another format, whatever the file is called."""

    code: ClassVar[str] = "IMAGE_FORMAT_NOT_ALLOWED"
    default_message: ClassVar[str] = "We accept JPEG, PNG, WebP, AVIF and HEIC."


class ImageUnreadable(ImageRefused):
    """One of our formats by its first bytes, but not a whole, honest, still picture."""

    code: ClassVar[str] = "IMAGE_UNREADABLE"
    default_message: ClassVar[str] = "We could not read this picture. It may be damaged or incomplete."


class NoSubjectFound(ImageRefused):
    """`stage` says where it was noticed: "matte" (automatic) or "mask" (a mask or alpha given)."""

    code: ClassVar[str] = "NO_SUBJECT_FOUND"
    default_message: ClassVar[str] = (
        "We could not find a subject in this picture. Try another photo, or send a mask that shows what to keep."
    )

    def __init__(self, message: str = "", *, stage: str = "matte") -> None:
        super().__init__(message, stage=stage)


class CanvasNotPossible(ImageRefused):
    """`rule` is cuts_subject, opens_cut_edge or too_large."""

    code: ClassVar[str] = "CANVAS_NOT_POSSIBLE"
    default_message: ClassVar[str] = "The subject does not fit into this frame."

    def __init__(self, message: str = "", *, rule: str) -> None:
        super().__init__(message, rule=rule)


class MaskRefused(ImageRefused):
    """The caller's mask keeps nothing or everything; answered as a parameter error that names `mask`."""

    code: ClassVar[str] = "INVALID_PARAMETERS"
    default_message: ClassVar[str] = "The mask must keep a part of the picture, and not all of it."

    def __init__(self, message: str = "") -> None:
        sentence = message or self.default_message
        super().__init__(sentence, fields={"mask": [sentence]})


class PixelsChanged(RoomAIError):
    """Gate G1: a pixel the matte keeps differs from the photo. A bug of ours: no result, no charge."""

    code: ClassVar[str] = "ENGINE_FAILED"
    http_status: ClassVar[int] = 502
    default_message: ClassVar[str] = "We could not make this picture. You were not charged."


class WeightsUnavailable(RoomAIError):
    """The network's file is missing or is not the file we know; `manage.py fetch_weights` puts it there."""

    code: ClassVar[str] = "ENGINE_UNAVAILABLE"
    http_status: ClassVar[int] = 503
    default_message: ClassVar[str] = "The cut-out network is not installed here yet. You were not charged."


class DecoderUnavailable(RoomAIError):
    """No decode helper could be started on this machine."""

    code: ClassVar[str] = "ENGINE_UNAVAILABLE"
    http_status: ClassVar[int] = 503
    default_message: ClassVar[str] = "We cannot read pictures at the moment. You were not charged."
