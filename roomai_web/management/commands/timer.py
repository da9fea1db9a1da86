"""The one process of plain loops; see roomai_web/timer.py."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections

from roomai_web import timer


class Command(BaseCommand):
    help = "Send due messages, end what is lost, delete what has lapsed, check the ledger. One is active at a time."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM; exit 1 when the lock's connection breaks, so that a supervisor starts it again."""
        self.check(databases=["default"])
        connections.close_all()
        try:
            timer.run(loops=timer.LOOPS, stop=timer.stop_on_signals())
        except timer.LockLost as error:
            self.stderr.write(f"The timer lost its database connection ({error}).")
            sys.exit(1)
