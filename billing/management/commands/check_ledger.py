"""manage.py check_ledger: print what must not be true of the ledger."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing import invariants


class Command(BaseCommand):
    """Prints one line for each break and exits with 1 when there is any."""

    help = "Check the ledger's invariants; print each break and exit with 1 when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = invariants.breaks()
        if options["json"]:
            self.stdout.write(json.dumps([found._asdict() for found in breaks]))
        else:
            for rule, ref in breaks:
                self.stdout.write(f"{rule:<4} {ref}")
            self.stdout.write(f"{len(breaks)} breaks")
        if breaks:
            sys.exit(1)
