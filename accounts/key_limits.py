"""What limits a key beyond its scopes: where it works and what it may spend in a month. Operators set both."""

from collections.abc import Iterable

from django.db import transaction

from accounts import audit, networks
from accounts.models import ApiKey

CAP_MAX = 2**31 - 1


def change(
    *, key: ApiKey, monthly_token_cap: int | None, allowed_networks: Iterable[str], actor: str, reason: str
) -> ApiKey:
    """Set both limits, from the next request on, and return the key; what is as it was writes nothing.

    monthly_token_cap: 0..CAP_MAX tokens a calendar month (UTC), None for no cap; what was spent before there was one
    does not count. allowed_networks: where the key works, empty for everywhere. actor: as `accounts.audit` names them.
    Raises BadNetworks, ValueError for a cap that is none.
    """
    if monthly_token_cap is not None and not 0 <= monthly_token_cap <= CAP_MAX:
        raise ValueError(f"a cap is 0 to {CAP_MAX} tokens")
    limits = {"monthly_token_cap": monthly_token_cap, "allowed_networks": networks.checked(allowed_networks)}
    with transaction.atomic():
        now = ApiKey.objects.select_for_update().get(pk=key.pk)
        before = {name: getattr(now, name) for name in limits}
        if before != limits:
            ApiKey.objects.filter(pk=key.pk).update(**limits)
            audit.record(
                actor=actor,
                what="key_limits_changed",
                workspace_id=now.workspace_id,
                target=f"key {now.id}",
                reason=reason,
                before=before,
                after=limits,
            )
    key.refresh_from_db()
    return key
