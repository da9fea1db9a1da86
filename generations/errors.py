"""RequestRefused              the call itself is at fault; nothing was made, held or charged
├── InvalidJson             400 the body is not one JSON object, or too deep, or names a field twice
├── InvalidHeader           400 Idempotency-Key, Prefer or another header cannot be read
├── InvalidApiKey           401 missing, malformed, unknown, revoked or expired: always the same answer
├── MissingScope            403 `scope`: what the key was not given
├── NotFound                404 no such thing, or another workspace's
├── MethodNotAllowed        405 · NotAcceptable 406 · UnsupportedMediaType 415
├── BodyTooLarge            413 `limit_bytes`
├── InvalidParameters       422 `fields`: name -> sentences
├── UnknownModel            422 `available` · ModelUnavailable 422 `available`
└── ImageUrlNotAllowed      422 one sentence whatever the cause · ImageUrlUnreachable 422
NotInThisState              the call is right, but not for what has become of the generation
├── IdempotencyConflict     409 the key was used with another body
├── AlreadyFinished         409 too late to cancel
├── GenerationCanceled      409 it was canceled, so there is no picture
└── RefuseNotAllowed        409 `rule`: not_succeeded, too_late, limit
TooBusy                     later it may work; `retry_after_s`
├── RateLimited             429 too many calls · TooManyInFlight 429 too many open generations
└── Overloaded              503 refused before a hold, since nobody would start it soon
WorkFailed                  the generation ended without a picture; its hold was released
├── EngineFailed            502 the picture could not be made
├── EngineUnavailable       503 nothing that could make it is there
└── GenerationExpired       504 its deadline passed, or its workers died

Tokens refuse in `billing.errors`, pictures in `generations.images.errors`, content in `generations.engines.errors`.
"""

from typing import ClassVar

from roomai_web.errors import RoomAIError


class RequestRefused(RoomAIError):
    """The trunk of what a caller can put right by sending something else."""

    code: ClassVar[str] = "INVALID_PARAMETERS"
    http_status: ClassVar[int] = 422
    default_message: ClassVar[str] = "This request cannot be carried out as it is."


class InvalidJson(RequestRefused):
    code: ClassVar[str] = "INVALID_JSON"
    http_status: ClassVar[int] = 400
    default_message: ClassVar[str] = "The body is not valid JSON."


class InvalidHeader(RequestRefused):
    code: ClassVar[str] = "INVALID_HEADER"
    http_status: ClassVar[int] = 400
    default_message: ClassVar[str] = "A header of this request cannot be read."


class InvalidApiKey(RequestRefused):
    """Identical for every cause, so that nobody learns which keys exist."""

    code: ClassVar[str] = "INVALID_API_KEY"
    http_status: ClassVar[int] = 401
    default_message: ClassVar[str] = "Invalid or missing API key"


class MissingScope(RequestRefused):
    code: ClassVar[str] = "MISSING_SCOPE"
    http_status: ClassVar[int] = 403
    default_message: ClassVar[str] = "This API key may not do that."

    def __init__(self, message: str = "", *, scope: str) -> None:
        super().__init__(message, scope=scope)


class NotFound(RequestRefused):
    code: ClassVar[str] = "NOT_FOUND"
    http_status: ClassVar[int] = 404
    default_message: ClassVar[str] = "There is nothing here."


class MethodNotAllowed(RequestRefused):
    code: ClassVar[str] = "METHOD_NOT_ALLOWED"
    http_status: ClassVar[int] = 405
    default_message: ClassVar[str] = "This address does not answer this method."


class NotAcceptable(RequestRefused):
    code: ClassVar[str] = "NOT_ACCEPTABLE"
    http_status: ClassVar[int] = 406
    default_message: ClassVar[str] = "We answer in JSON only."


class UnsupportedMediaType(RequestRefused):
    code: ClassVar[str] = "UNSUPPORTED_MEDIA_TYPE"
    http_status: ClassVar[int] = 415
    default_message: ClassVar[str] = "Send application/json or multipart/form-data."


class BodyTooLarge(RequestRefused):
    code: ClassVar[str] = "BODY_TOO_LARGE"
    http_status: ClassVar[int] = 413
    default_message: ClassVar[str] = "This request is too large."

    def __init__(self, message: str = "", *, limit_bytes: int) -> None:
        super().__init__(message, limit_bytes=limit_bytes)


class InvalidParameters(RequestRefused):
    code: ClassVar[str] = "INVALID_PARAMETERS"
    default_message: ClassVar[str] = "Some parameters are not valid."

    def __init__(self, message: str = "", *, fields: dict[str, list[str]]) -> None:
        super().__init__(message, fields=fields)


class UnknownModel(RequestRefused):
    code: ClassVar[str] = "UNKNOWN_MODEL"
    default_message: ClassVar[str] = "There is no such model."

    def __init__(self, message: str = "", *, available: list[str]) -> None:
        super().__init__(message, available=available)


class ModelUnavailable(RequestRefused):
    """A model of the catalogue that nothing installed here can serve."""

    code: ClassVar[str] = "MODEL_UNAVAILABLE"
    default_message: ClassVar[str] = "This model is not available here."

    def __init__(self, message: str = "", *, available: list[str]) -> None:
        super().__init__(message, available=available)


class ImageUrlNotAllowed(RequestRefused):
    """The same sentence whatever the cause, so that no answer describes somebody's network."""

    code: ClassVar[str] = "IMAGE_URL_NOT_ALLOWED"
    default_message: ClassVar[str] = "We do not fetch pictures from this address. Use a public https address."


class ImageUrlUnreachable(RequestRefused):
    code: ClassVar[str] = "IMAGE_URL_UNREACHABLE"
    default_message: ClassVar[str] = "We could not fetch a picture from this address."


class NotInThisState(RoomAIError):
    """The trunk of conflicts: what was asked for does not fit what has happened already."""

    code: ClassVar[str] = "ALREADY_FINISHED"
    http_status: ClassVar[int] = 409
    default_message: ClassVar[str] = "This is not possible any more."


class IdempotencyConflict(NotInThisState):
    code: ClassVar[str] = "IDEMPOTENCY_CONFLICT"
    default_message: ClassVar[str] = "This Idempotency-Key was used for another request."


class AlreadyFinished(NotInThisState):
    code: ClassVar[str] = "ALREADY_FINISHED"
    default_message: ClassVar[str] = "This generation has already finished."


class GenerationCanceled(NotInThisState):
    code: ClassVar[str] = "GENERATION_CANCELED"
    default_message: ClassVar[str] = "This generation was canceled. You were not charged."


class RefuseNotAllowed(NotInThisState):
    """`rule` is not_succeeded, too_late or limit."""

    code: ClassVar[str] = "REFUSE_NOT_ALLOWED"
    default_message: ClassVar[str] = "This picture cannot be handed back."

    def __init__(self, message: str = "", *, rule: str) -> None:
        super().__init__(message, rule=rule)


class TooBusy(RoomAIError):
    """The trunk of what may work later; `retry_after_s` becomes the Retry-After header."""

    code: ClassVar[str] = "RATE_LIMITED"
    http_status: ClassVar[int] = 429
    default_message: ClassVar[str] = "Too many requests. Wait a moment and try again."

    def __init__(self, message: str = "", *, retry_after_s: int) -> None:
        super().__init__(message, retry_after_s=retry_after_s)


class RateLimited(TooBusy):
    code: ClassVar[str] = "RATE_LIMITED"


class TooManyInFlight(TooBusy):
    code: ClassVar[str] = "TOO_MANY_IN_FLIGHT"
    default_message: ClassVar[str] = "Too many generations are open. Wait until some have finished."


class Overloaded(TooBusy):
    code: ClassVar[str] = "OVERLOADED"
    http_status: ClassVar[int] = 503
    default_message: ClassVar[str] = "We are busy at the moment. You were not charged. Try again soon."


class WorkFailed(RoomAIError):
    """The trunk of generations that ended without a picture through no fault of the caller's."""

    code: ClassVar[str] = "ENGINE_FAILED"
    http_status: ClassVar[int] = 502
    default_message: ClassVar[str] = "The picture could not be made. You were not charged."


class EngineFailed(WorkFailed):
    code: ClassVar[str] = "ENGINE_FAILED"


class EngineUnavailable(WorkFailed):
    code: ClassVar[str] = "ENGINE_UNAVAILABLE"
    http_status: ClassVar[int] = 503
    default_message: ClassVar[str] = "Nothing that could make this picture is available. You were not charged."


class GenerationExpired(WorkFailed):
    code: ClassVar[str] = "GENERATION_EXPIRED"
    http_status: ClassVar[int] = 504
    default_message: ClassVar[str] = "The picture was not ready in time. You were not charged."
