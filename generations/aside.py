"""The trash: what a person put aside on the site. It comes back as it was, or goes for good when its time is over.

The API neither fills nor empties it: its DELETE is for good.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from generations import finishing, services
from generations.models import OPEN, TRASH_KEPT, Generation, GenerationQuerySet, State

# So many are deleted while the person waits; what is left is out of sight at once and goes with the timer's next turn.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class PutAside:
    """One act: how many were put into the trash, how many of them it canceled, and the time that all of them bear."""

    count: int
    canceled: int
    at: datetime


def put(*, rows: GenerationQuerySet) -> PutAside:
    """Put generations into the trash. One still open is canceled, so nothing is charged for it."""
    at = timezone.now()
    ends = [finishing.cancel(generation_id=one.id) for one in rows.filter(state__in=OPEN)]
    count = rows.filter(trashed_at__isnull=True).update(trashed_at=at)
    return PutAside(count, sum(end in {State.CANCELED, State.RUNNING} for end in ends), at)


def take_out(*, rows: GenerationQuerySet) -> int:
    """Put generations back where they were, unless their time is over; return how many. Asking twice is fine."""
    return rows.in_trash().update(trashed_at=None)


def empty(*, rows: GenerationQuerySet) -> int:
    """Delete for good what of these is in the trash; return how many."""
    ids = list(rows.in_trash().values_list("id", flat=True))
    those = Generation.objects.filter(id__in=ids)
    those.update(trashed_at=timezone.now() - TRASH_KEPT)
    for one in those[:AT_ONCE]:
        services.delete_content(generation=one)
    return len(ids)
