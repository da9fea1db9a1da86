"""RoomAIError: every refusal a caller can meet, with its code, status and words.

The lowest layer: nothing here imports Django or one of our packages, so pictures, money and accounts can all
raise the same kind of error. Each package draws its own branch of the tree in its `errors.py`.
"""

from typing import Any, ClassVar


class RoomAIError(Exception):
    """A refusal that is answered, never a fault: `code` for a machine, `message` for a person, `extra` beside them.

    code: the contract's error code. http_status: what `/api/v1` answers. extra: further fields of the error body,
    JSON-able (for example `required` and `balance`).
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    http_status: ClassVar[int] = 500
    default_message: ClassVar[str] = "Something failed on our side."

    def __init__(self, message: str = "", **extra: Any) -> None:
        self.message = message or self.default_message
        self.extra = extra
        super().__init__(self.message)
