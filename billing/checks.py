"""What the till must not start with: settings that cannot work, and money of the wrong kind in the database."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from billing import packs


def refuse_unsound_settings() -> None:
    """Raise ImproperlyConfigured, naming the setting, where tokens are sold with settings that cannot work."""
    if settings.BILLING not in {"on", "off"}:
        raise ImproperlyConfigured(f"BILLING: {settings.BILLING!r} is neither on nor off")
    if settings.BILLING == "off":
        return
    packs.packs()
    if settings.STRIPE_TAX_BEHAVIOR not in {"exclusive", "inclusive"}:
        raise ImproperlyConfigured("STRIPE_TAX_BEHAVIOR: prices are exclusive or inclusive of tax, nothing else")
    if settings.PRODUCTION and not settings.STRIPE_LIVE:
        raise ImproperlyConfigured(
            "STRIPE_SECRET_KEY: ROOMAI_ENV=production needs a live key (sk_live_...), or BILLING=off to sell nothing"
        )
    if settings.PRODUCTION and settings.STRIPE_API_BASE:
        raise ImproperlyConfigured("STRIPE_API_BASE: ROOMAI_ENV=production talks to Stripe itself; leave it empty")
    if settings.STRIPE_LIVE and not settings.STRIPE_WEBHOOK_SECRETS:
        raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRETS: a live key needs the secret of its webhook endpoint")


def no_test_money_beside_real(*, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Refuse a live till on a database whose wallets hold tokens paid for in test mode.

    Asked where Django asks checks of the database: by `migrate`, `check --database default` and the timer's start.
    """
    if not databases or not settings.SHOP or not settings.STRIPE_LIVE:
        return []
    from billing import test_money  # models exist only once the applications are ready

    try:
        unsettled = test_money.purchases().count()
    except DatabaseError:  # not migrated yet, so nothing was sold
        return []
    if not unsettled:
        return []
    told = f"STRIPE_SECRET_KEY is live, but {unsettled} purchases of this database were paid in test mode."
    return [Error(told, hint="Run `manage.py purge_test_money` once, or use another database.", id="billing.E001")]
