from typing import Any

from allauth.account.signals import email_confirmed
from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for verified addresses: the one signal of this product, for allauth has no other hook there."""
        email_confirmed.connect(_welcome, dispatch_uid="billing.welcome")


def _welcome(*, email_address: Any, **_: Any) -> None:
    from billing import grants  # models exist only once the applications are ready

    grants.welcome(user=email_address.user)
