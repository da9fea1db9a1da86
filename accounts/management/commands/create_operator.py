"""manage.py create_operator EMAIL: make an operator and print the one-time link they enroll with."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from accounts import enrollment


class Command(BaseCommand):
    """Makes a person a member of staff; prints a link, never a password."""

    help = "Make EMAIL an operator and print a link, good once and for one hour, to choose a password with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']!r} is not an e-mail address") from error
        token = enrollment.invite(email=options["email"])
        self.stdout.write(settings.PUBLIC_URL + reverse("accounts:enroll", args=[token]))
