"""What the sweeps find wrong: kept for the operators' overview, told once, forgotten when it is mended."""

from collections.abc import Mapping

from django.db import transaction

from billing import alerts
from billing.once import Finding


def settle(*, what: str, found: Mapping[str, str]) -> None:
    """Keep what is wrong now and tell staff what is new or has changed; what was found before and is not now goes.

    what: the kind, `stripe_endpoint`. found: a sentence for each object, by its id; neither names a person.
    """
    with transaction.atomic():
        known = dict(Finding.objects.filter(what=what).values_list("about", "detail"))
        new = {about: detail[:500] for about, detail in found.items() if known.get(about) != detail[:500]}
        Finding.objects.filter(what=what).exclude(about__in=found.keys() - new.keys()).delete()
        Finding.objects.bulk_create(
            [Finding(what=what, about=about, detail=detail) for about, detail in new.items()], ignore_conflicts=True
        )
    for about, detail in new.items():
        alerts.raised(what=what, about=about, detail=detail)
