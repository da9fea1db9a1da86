"""Mail when an API key has no token of the month left: once for a key, month and limit, off the path of its calls.

What runs under way reserve counts, as it does where a call is refused, and the mail says so.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import F

from billing import notices
from billing.models import KeyBudget


def tell() -> int:
    """Mail the owners of keys that are at their limit; return how many keys are. The timer's work."""
    first = datetime.now(UTC).date().replace(day=1)
    resets_on = (first + timedelta(days=32)).replace(day=1)
    full = KeyBudget.objects.filter(
        period=first, api_key__revoked_at__isnull=True, committed__gte=F("api_key__monthly_token_cap")
    )
    told = 0
    for budget in full.select_related("api_key__workspace"):
        limit = budget.api_key.monthly_token_cap
        notices.key_limit(key=budget.api_key, limit=limit or 0, resets_on=resets_on)
        told += 1
    return told
