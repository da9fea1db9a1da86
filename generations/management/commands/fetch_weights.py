from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generations.images import networks, weights


class Command(BaseCommand):
    help = (
        "Fetch a cut-out network into the weights folder and verify it; offline when it is already there. "
        "One of your own, in MATTE_NETWORKS, is only verified."
    )
    # Runs before there is a database.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", default=settings.MATTE_MODEL, help="MATTE_MODEL unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = self._verified(options["model"])
        except (weights.FetchFailed, weights.BadNetwork) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['model']}: {path} (verified)")

    def _verified(self, name: str) -> Path:
        weights_dir = Path(settings.WEIGHTS_DIR)
        if name in weights.NETWORKS:
            return weights.fetch(name=name, weights_dir=weights_dir)
        own = networks.find(name=name, weights_dir=weights_dir, networks_dir=settings.MATTE_NETWORKS)
        return weights.verified_path(folder=own.folder, network=own.network)
