"""A page of a list, newest first: which rows it has, and where the one after begins."""

from typing import Annotated, Any, TypeAlias, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from pydantic import Field

from generations.errors import InvalidParameters

LIMIT, LIMIT_MAX = 20, 100
Limit: TypeAlias = Annotated[int, Field(ge=1, le=LIMIT_MAX)]
Row = TypeVar("Row", bound=Model)


def page(rows: QuerySet[Row], *, cursor: UUID | None, limit: int) -> tuple[list[Row], str | None]:
    """Return the page behind the row `cursor`, or the first one, and the next page's cursor, None on the last.

    rows: in the order `-created_at`, `-id`. Raises InvalidParameters for a cursor that is none of these rows.
    """
    if cursor is not None:
        last: Any = rows.filter(pk=cursor).first()
        if last is None:
            raise InvalidParameters(fields={"cursor": ["Give the next_cursor of an earlier answer."]})
        # `<=` first, so that the index leads straight to the page however far down it is.
        same = Q(created_at=last.created_at, id__gte=last.pk)
        rows = rows.filter(created_at__lte=last.created_at).exclude(same)
    found = list(rows[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None
