"""Rows as the statements of our own write and return them.

Every picture comes by here: the ORM would put these statements together anew each time, for up to forty columns.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from generations.models import Generation

Row = TypeVar("Row", bound=models.Model)


class Columns(Generic[Row]):
    """All columns of a table. names: as a statement lists them, for `read` to take what it returns."""

    def __init__(self, model: type[Row]) -> None:
        self._model = model
        self.fields = model._meta.concrete_fields
        self._attributes = [field.attname for field in self.fields]
        self._json = [place for place, field in enumerate(self.fields) if isinstance(field, models.JSONField)]
        self.names = ", ".join(self._attributes)

    def read(self, values: Sequence[Any]) -> Row:
        """Return the row of these values, which a statement returned for `names`."""
        read = list(values)
        for place in self._json:
            if read[place] is not None:
                read[place] = json.loads(read[place])
        return self._model.from_db(connection.alias, self._attributes, read)


GENERATION = Columns(Generation)
# What a caller chooses. The rest begins as the model or the database says.
_CHOSEN = (
    "id", "workspace_id", "wallet_id", "created_by_id", "api_key_id", "model", "livemode", "cost", "params", "inputs",
    "idem_key", "fingerprint", "webhook_url",
)  # fmt: skip


def _beginnings() -> dict[str, Any]:
    """Return the values a new row begins with that the database would not fill in itself."""
    plain = [
        one
        for one in GENERATION.fields
        if one.attname not in _CHOSEN and one.db_default is NOT_PROVIDED and not one.null
    ]
    values = {field.attname: field.get_default() for field in plain}
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in values.items()}


_BEGINNINGS = _beginnings()
_INSERT = f"""
INSERT INTO generations_generation ({", ".join((*_CHOSEN, *_BEGINNINGS))}, deadline, dispatch_after, delete_after)
VALUES ({", ".join(f"%({name})s" for name in (*_CHOSEN, *_BEGINNINGS))},
        now() + %(deadline)s, now() + %(again)s, now() + %(kept)s)
ON CONFLICT (workspace_id, livemode, idem_key) DO NOTHING RETURNING id
"""  # noqa: S608  names of our own columns only


def insert(row: Generation, *, kept_for: timedelta) -> bool:
    """Write a new row; False where one with its idempotency key is there already, which nothing was done to.

    row: made by its constructor; times are the database's, and read when somebody asks for them.
    """
    values = {name: getattr(row, name) for name in _CHOSEN} | _BEGINNINGS
    values |= {"params": json.dumps(row.params), "inputs": json.dumps(row.inputs)}
    values |= {"deadline": settings.DEADLINE, "again": settings.REDISPATCH, "kept": kept_for}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        is_new = cursor.fetchone() is not None
    for name in [name for name, value in vars(row).items() if hasattr(value, "resolve_expression")]:
        delattr(row, name)
    row._state.adding, row._state.db = False, connection.alias
    return is_new
