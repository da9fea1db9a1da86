"""Refusals about keys; both are met on pages only.

RoomAIError
├── TooManyKeys     409  the workspace has as many working keys as it may
└── KeyAlreadyShown 409  the form that made a key was sent again
"""

from roomai_web.errors import RoomAIError


class TooManyKeys(RoomAIError):
    """The workspace has `limit` working keys already."""

    code = "INVALID_PARAMETERS"
    http_status = 409
    default_message = "This workspace has as many keys as it may have. Revoke one first."


class KeyAlreadyShown(RoomAIError):
    """A key was made from this very form before; its text is gone."""

    code = "IDEMPOTENCY_CONFLICT"
    http_status = 409
    default_message = "This key was shown once and cannot be shown again."
