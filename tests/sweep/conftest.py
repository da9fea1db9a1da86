"""One world for the whole sweep: committed, since calls of the API work in threads of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from generations import running
from tests.generations.api import whole_pictures
from tests.generations.api.conftest import db, shared_database  # noqa: F401  the same database for one module
from tests.sweep import world as worlds
from tests.sweep.world import World


@pytest.fixture(scope="module")
def world(shared_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:  # noqa: F811
    """alice's property, in a shop that is open but reaches no Stripe."""
    files: Path = tmp_path_factory.mktemp("sweep")
    with override_settings(
        PICTURE_PIPELINE=whole_pictures.PATH,
        STORAGES=worlds.settings.STORAGES
        | {
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(files)},
            }
        },
        SHOP=True,
        STRIPE_SECRET_KEY="sk_test_nowhere",
        STRIPE_WEBHOOK_SECRETS=["whsec_nowhere"],
        STRIPE_API_BASE="http://127.0.0.1:9",
    ):
        running.worker_pipeline.cache_clear()
        yield worlds.build()
        running.worker_pipeline.cache_clear()
