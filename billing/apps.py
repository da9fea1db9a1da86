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


def _welcome(*, email_address: Any, **_: Any) -> None:
    from billing import grants  # models exist only once the applications are ready

    grants.welcome(user=email_address.user)
