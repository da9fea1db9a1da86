"""manage.py grant_tokens EMAIL N --reason TEXT: give tokens to a person's workspace, on the record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from billing import grants


class Command(BaseCommand):
    """Grants through the ledger, so the journal says who gave what and why."""

    help = "Give N tokens to the workspace of the person with the address EMAIL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("tokens", type=int)
        parser.add_argument("--reason", required=True, help="kept in the journal for good")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"nobody has the address {options['email']}")
        if options["tokens"] <= 0:
            raise CommandError("give at least one token")
        if not options["reason"].strip():
            raise CommandError("say why, for the journal")
        entry = grants.by_operator(user=user, tokens=options["tokens"], reason=options["reason"].strip())
        self.stdout.write(f"{entry.d_posted} tokens granted; {entry.posted_after - entry.held_after} available")
