"""manage.py purge_test_money: write off tokens paid for in Stripe's test mode, so that a live till may start."""

from typing import Any

from django.core.management.base import BaseCommand

from billing import test_money


class Command(BaseCommand):
    """Adjusts through the ledger, so the journal says where those tokens went."""

    help = "Write off what is left of tokens bought in test mode. Stop the web server and the timer first."

    def handle(self, *args: Any, **options: Any) -> None:
        done, tokens = test_money.purge()
        self.stdout.write(f"{done} purchases of test mode settled, {tokens} tokens written off")
