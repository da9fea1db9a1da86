"""Pictures without pixels: what these tests ask about is what becomes of rows, holds and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

from generations import messages, pipeline, running
from generations.pipeline import Pipeline
from roomai_web.celery import broker_url
from tests.generations import quick_pictures
from tests.generations.free_work import Broker
from tests.generations.material import weights_dir


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


@pytest.fixture
def away(settings: Any) -> Iterator[None]:
    """Point this process at a broker nobody listens to."""
    usual, nowhere = current_app.conf.broker_write_url, "unix:///nonexistent/socket"
    current_app.conf.broker_write_url = broker_url(nowhere)
    settings.REDIS_URL = nowhere
    for kept in (messages._producers, messages._redis):
        kept.cache_clear()
    yield
    current_app.conf.broker_write_url = usual
    for kept in (messages._producers, messages._redis):
        kept.cache_clear()


@pytest.fixture(scope="module")
def maker() -> Iterator[Pipeline]:
    """The installation's own pipeline: the real network and the built-in painter."""
    made = pipeline.default_pipeline(weights_dir=weights_dir())
    yield made
    made.close()


@pytest.fixture
def painted(maker: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Let this process's worker side make real pictures."""
    monkeypatch.setattr(running, "worker_pipeline", lambda: maker)
    return maker


@pytest.fixture
def broker() -> Iterator[Broker]:
    """The messages of pictures, none before and after."""
    broker = Broker()
    broker.clear()
    yield broker
    broker.clear()
