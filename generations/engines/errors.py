"""EngineError      engine; its detail is for our logs, never for the customer; ends as 502 or 503, 0 tokens
├── BadInput        our own validation let it through: no retry, logged as our bug
├── BadOutput       answered without a usable picture: one more try
│   └── Unfaithful      the gates turned down every picture it made: no retry, its seeds are used up
├── Unavailable     retry with jitter
│   └── RateLimited     retry_after_s: wait that long, then retry
└── Moderated       stage, categories: no retry, no other engine -> 422 PROMPT_REJECTED
    └── ModeratedResult     the same about the picture it made -> 422 RESULT_REJECTED
"""

from typing import ClassVar

from roomai_web.errors import RoomAIError


class EngineError(RoomAIError):
    """An engine could not make a plate. The message is for the customer, `detail` for the log.

    is_retryable: the same request may succeed when sent to the same engine again.
    """

    code: ClassVar[str] = "ENGINE_FAILED"
    http_status: ClassVar[int] = 502
    default_message: ClassVar[str] = "The background could not be made. Nothing was charged."
    is_retryable: ClassVar[bool] = False

    def __init__(self, *, engine: str, detail: str = "") -> None:
        super().__init__()
        self.engine = engine
        self.detail = detail


class BadInput(EngineError):
    """The engine refuses our request as malformed, which our own checks should have done."""


class BadOutput(EngineError):
    """The engine answered, but not with a plate of the size asked for."""

    is_retryable = True


class Unfaithful(BadOutput):
    """The engine's pictures moved, redrew or enlarged the subject, or changed nothing, whatever the seed."""

    is_retryable = False


class Unavailable(EngineError):
    """The engine cannot be reached or fails for reasons of its own."""

    code = "ENGINE_UNAVAILABLE"
    http_status = 503
    default_message = "The engine is not available at the moment. Nothing was charged."
    is_retryable = True


class RateLimited(Unavailable):
    """The engine asks us to come back in `retry_after_s` seconds."""

    def __init__(self, *, engine: str, retry_after_s: float, detail: str = "") -> None:
        super().__init__(engine=engine, detail=detail)
        self.retry_after_s = retry_after_s
        self.extra = {"retry_after_s": retry_after_s}


class Moderated(EngineError):
    """The engine refuses the prompt or the photograph; categories in the engine's own words."""

    code = "PROMPT_REJECTED"
    http_status = 422
    default_message = "This request was refused by the content rules. Nothing was charged."
    stage: ClassVar[str] = "input"

    def __init__(self, *, engine: str, categories: tuple[str, ...], detail: str = "") -> None:
        super().__init__(engine=engine, detail=detail)
        self.categories = categories
        self.extra = {"stage": self.stage, "categories": list(categories)}


class ModeratedResult(Moderated):
    """The engine refuses what it has painted itself."""

    code = "RESULT_REJECTED"
    stage = "result"
