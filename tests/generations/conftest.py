"""Pictures without pixels: what these tests ask about is what becomes of rows, holds and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generations import running
from tests.generations import quick_pictures


@pytest.fixture
def quick(settings: Any) -> Iterator[None]:
    """Let this process's worker side make quick pictures."""
    settings.PICTURE_PIPELINE = quick_pictures.PATH
    running.worker_pipeline.cache_clear()
    yield
    running.worker_pipeline.cache_clear()


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    """Keep this test's objects in a folder of its own, and return it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }
    return tmp_path / "media"
