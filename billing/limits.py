"""Brakes on card testing: people who try stolen cards in small sums. Said before anything is asked of Stripe.

At most 5 checkouts an hour for a workspace and 10 for an address; after 3 declines in an hour, or with more than 3
different cards in a day, none for 24 hours.
"""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts import networks
from billing.errors import TooManyCheckouts
from billing.models import CardAttempt, Purchase, Wallet

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_WORKSPACE, PER_ADDRESS = 5, 10
DECLINES, CARDS = 3, 3


def check(*, wallet_id: int, ip: str) -> None:
    """Refuse one more checkout where a limit is reached; otherwise count it against its address.

    Asks the cache, so call it outside a transaction. Raises TooManyCheckouts(retry_after_s).
    """
    _check_started(wallet_id)
    check_cards(wallet_id=wallet_id)
    _count_address(ip)


def check_in_turn(*, wallet_id: int) -> None:
    """Refuse one checkout too many of a wallet, one caller after the other: its turn ends with the transaction.

    What is written in this transaction counts for whoever is next. Raises TooManyCheckouts(retry_after_s).
    """
    Wallet.objects.select_for_update(no_key=True).get(id=wallet_id)
    _check_started(wallet_id)


def _check_started(wallet_id: int) -> None:
    recent = Purchase.objects.filter(wallet_id=wallet_id, created_at__gt=timezone.now() - HOUR).order_by("created_at")
    times = list(recent.values_list("created_at", flat=True)[:PER_WORKSPACE])
    if len(times) >= PER_WORKSPACE:
        raise TooManyCheckouts(retry_after_s=_until(times[0] + HOUR))


def check_cards(*, wallet_id: int) -> None:
    """Refuse a wallet whose payments look like somebody trying cards. Raises TooManyCheckouts(retry_after_s)."""
    tries = CardAttempt.objects.filter(purchase__wallet_id=wallet_id, created_at__gt=timezone.now() - DAY)
    _check_declines(tries)
    cards = tries.exclude(card="").aggregate(different=Count("card", distinct=True))["different"]
    if cards > CARDS:
        raise TooManyCheckouts(retry_after_s=_until(tries.latest("created_at").created_at + DAY))


def _check_declines(tries: QuerySet[CardAttempt]) -> None:
    """Any three declines within an hour close the till for the day that follows the third."""
    declined = list(tries.filter(declined=True).order_by("created_at").values_list("created_at", flat=True))
    for first, last in zip(declined, declined[DECLINES - 1 :], strict=False):
        if last - first < HOUR:
            raise TooManyCheckouts(retry_after_s=_until(last + DAY))


def _count_address(ip: str) -> None:
    key = f"checkouts:{networks.subscriber(ip)}"
    cache.add(key, 0, timeout=int(HOUR.total_seconds()))
    try:
        number = cache.incr(key)
    except ValueError:  # it lapsed between the two calls, or the cache is away: the workspace's own limit stands
        return
    if number > PER_ADDRESS:
        raise TooManyCheckouts(retry_after_s=int(HOUR.total_seconds()))


def _until(moment: datetime) -> int:
    return max(1, round((moment - timezone.now()).total_seconds()))
