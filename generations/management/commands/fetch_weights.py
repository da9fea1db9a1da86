from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generations.images import weights


class Command(BaseCommand):
    help = "Fetch a cut-out network into the weights folder and verify it; offline when it is already there."
    # Runs before there is a database.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", choices=sorted(weights.NETWORKS), default="u2netp")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = weights.fetch(name=options["model"], weights_dir=Path(settings.WEIGHTS_DIR))
        except weights.FetchFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['model']}: {path} (verified)")
