"""From two optional days of a query to a range: at most 366 of them, the last 30 where nothing is said."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from generations.errors import InvalidParameters

USUAL, MOST = timedelta(days=30), timedelta(days=366)
# Of years nobody will ask for, the first and the last have no day before and after them.
DAY = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
EXPECTED = "Give a day as YYYY-MM-DD, from the year 2000 on."


def _day(text: Any) -> date:
    try:
        if isinstance(text, str) and DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # the 30th of February
        pass
    raise PydanticCustomError("day", EXPECTED)


Day: TypeAlias = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{DAY.pattern}$"})
]


def between(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    """Return the first and the last day meant, both included. Raises InvalidParameters naming `from`."""
    until = last or today
    since = first or until - USUAL + timedelta(days=1)
    if since > until:
        raise InvalidParameters(fields={"from": ["This must not be later than `to`."]})
    if until - since >= MOST:
        raise InvalidParameters(fields={"from": [f"Ask for at most {MOST.days} days."]})
    return since, until
