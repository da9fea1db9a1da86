"""Logs as JSON lines with the request's id, and with secrets masked wherever they might slip in."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

SECRETS = re.compile(r"rai_(live|test)_\w+|sk_(live|test)_\w+|whsec_[\w+/=]+|(?<=[?&]s=)[0-9a-f]{16,}|(?i:bearer) \S+")


def _masked(value: Any) -> Any:
    return SECRETS.sub("[masked]", value) if isinstance(value, str) else value


def mask_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return the event with everything that looks like a credential replaced by `[masked]`."""
    return {name: _masked(value) for name, value in event.items()}


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """Renders our own and everybody else's log records alike, as one JSON object a line."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("message"),
                mask_secrets,
                structlog.processors.JSONRenderer(),
            ],
        )


class NotRoutine(logging.Filter):
    """Drops what a healthy server says all day: requests refused with a 4xx are answered, not logged as warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is worth a line."""
        return getattr(record, "status_code", 500) >= 500


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "filters": {"not_routine": {"()": NotRoutine}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"filters": ["not_routine"]},
        "django.server": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
        # At INFO it tells what Stripe said, and that may hold an address.
        "stripe": {"level": "WARNING"},
    },
}
