"""What a workspace used: tokens, pictures and failures of finished generations, added up by day, key or model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import ApiKey
from generations.models import Generation, State

By = Literal["day", "key", "model"]
DAY = timedelta(days=1)
# Of keys there may be any number over the years; those that used most are told, the total counts all.
GROUPS_MAX = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """Whole tokens and numbers of generations. tokens_returned: of tokens_used, came back when handed back."""

    tokens_used: int = 0
    tokens_returned: int = 0
    pictures: int = 0
    failures: int = 0
    canceled: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one day, model, or API key; None for what no key or a deleted one asked for."""

    of: date | str | ApiKey | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Usage:
    """Every day in order, those without use too; models and keys by tokens, at most 100. total: of everything."""

    groups: list[Group]
    total: Figures


# In the order of Figures. Only columns of the index generations_usage: the table itself is not looked at.
FIGURES: dict[str, Any] = {
    "used": Coalesce(Sum("tokens_used"), 0),
    "returned": Coalesce(Sum("tokens_used", filter=Q(refused_at__isnull=False)), 0),
    "pictures": Count("state", filter=Q(state=State.SUCCEEDED)),
    "failures": Count("state", filter=Q(state__in=[State.FAILED, State.EXPIRED])),
    "canceled": Count("state", filter=Q(state=State.CANCELED)),
}


def of(*, workspace_id: UUID, livemode: bool, first: date, last: date, by: By) -> Usage:
    """Return what finished from the first day to the last, both included, in UTC.

    livemode: real generations, or those of test keys, which use no tokens. A generation counts on the day it ended:
    that is when it was charged.
    """
    rows = finished(workspace_id=workspace_id, livemode=livemode, first=first, last=last)
    total = _figures(rows.aggregate(**FIGURES))
    match by:
        case "day":
            return Usage(list(_by_day(rows, first, last)), total)
        case "model":
            return Usage([Group(row["model"], _figures(row)) for row in _grouped(rows, "model")], total)
        case "key":
            found = list(_grouped(rows, "api_key"))
            keys = ApiKey.objects.in_bulk([row["api_key"] for row in found if row["api_key"]])
            return Usage([Group(keys.get(row["api_key"]), _figures(row)) for row in found], total)


def finished(*, workspace_id: UUID, livemode: bool, first: date, last: date) -> QuerySet[Generation]:
    """Return the generations that ended in these days."""
    return Generation.objects.filter(
        workspace_id=workspace_id,
        livemode=livemode,
        finished_at__gte=datetime.combine(first, time.min, UTC),
        finished_at__lt=datetime.combine(last + DAY, time.min, UTC),
    )


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(*(row[name] for name in FIGURES))


def _grouped(rows: QuerySet[Generation], name: str) -> Iterator[Mapping[str, Any]]:
    yield from rows.values(name).annotate(**FIGURES).order_by("-used", name)[:GROUPS_MAX]


def _by_day(rows: QuerySet[Generation], first: date, last: date) -> Iterator[Group]:
    found = rows.annotate(day=TruncDate("finished_at", tzinfo=UTC)).values("day").annotate(**FIGURES).order_by("day")
    used = {row["day"]: _figures(row) for row in found}
    for number in range((last - first).days + 1):
        day = first + number * DAY
        yield Group(day, used.get(day, Figures()))
