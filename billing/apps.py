from typing import Any

from allauth.account.signals import email_confirmed
from django.apps import AppConfig
from django.core import checks


class BillingConfig(AppConfig):
    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse what cannot work; listen for verified addresses, as allauth has no other hook there."""
        from billing.checks import no_test_money_beside_real, refuse_unsound_settings

        refuse_unsound_settings()
        checks.register(no_test_money_beside_real, checks.Tags.database)
        email_confirmed.connect(_welcome, dispatch_uid="billing.welcome")


def _welcome(*, email_address: Any, request: Any = None, **_: Any) -> None:
    from allauth.account.adapter import get_adapter

    from billing import welcoming  # models exist only once the applications are ready

    ip = get_adapter().get_client_ip(request) if request is not None else None
    welcoming.welcome(user=email_address.user, address=email_address.email, ip=ip or "")
