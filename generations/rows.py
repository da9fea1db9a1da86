"""A generation's row as our own statements write and return it.

Every picture comes by here twice: the ORM would put both statements together anew each time, for forty columns.
"""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from generations.models import Generation

_FIELDS = Generation._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
#: All of a row, in the order `generation_of` takes it.
COLUMNS = ", ".join(_NAMES)
_DECODERS: list[tuple[int, Callable[[str], Any]]] = [
    (place, json.loads) for place, field in enumerate(_FIELDS) if isinstance(field, models.JSONField)
]
# What a caller chooses. The rest begins as the model or the database says.
_CHOSEN = (
    "id", "workspace_id", "wallet_id", "created_by_id", "api_key_id", "model", "livemode", "cost", "params", "inputs",
    "idem_key", "fingerprint", "webhook_url",
)  # fmt: skip


def _beginnings() -> dict[str, Any]:
    """Return the values a new row begins with that the database would not fill in itself."""
    plain = [one for one in _FIELDS if one.attname not in _CHOSEN and one.db_default is NOT_PROVIDED and not one.null]
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


def generation_of(values: Sequence[Any]) -> Generation:
    """Return the row of these values, as `RETURNING` COLUMNS gives them."""
    read = list(values)
    for place, decode in _DECODERS:
        if read[place] is not None:
            read[place] = decode(read[place])
    return Generation.from_db(connection.alias, _NAMES, read)
