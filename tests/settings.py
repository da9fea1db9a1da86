"""Production's settings with what a test run must have otherwise; the servers are started by tests/conftest.py."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

# pytest-django reads this before any fixture runs, so the servers are started from here, once a test process.
from tests import servers

_room = Path(tempfile.mkdtemp(prefix="roomai-test-"))
servers.start(_room)
os.environ.update(servers.environment(), ROOMAI_DATA=str(_room / "data"), PUBLIC_URL="http://localhost:8000")
os.environ.setdefault("WEIGHTS_DIR", str(Path(__file__).resolve().parent.parent / "var" / "models"))

from roomai_web.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Pages of in-process tests name the files as they lie in static/; the live copy serves the collected, hashed ones.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
# Rows of one test may wait for a worker that never comes while the next ones run.
QUEUE_AGE_CAP = timedelta(hours=1)
# All calls of a test process come from one address; the tests of the limits bring limits of their own.
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, 1_000_000)  # noqa: F405
