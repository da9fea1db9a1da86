"""Where a suite plays: Django set up, and for those that need one a database, given by the tests or made here."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def prepare(*, database: bool = False) -> None:
    """Set Django up in this process. database: with PostgreSQL and Valkey, those of the environment or new ones."""
    room = Path(tempfile.mkdtemp(prefix="roomai-hostile-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    os.environ.setdefault("WEIGHTS_DIR", str(ROOT / "var" / "models"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "roomai_web.settings",
        "ROOMAI_DATA": str(room / "data"),
        "PUBLIC_URL": "http://localhost:8000",
        # Shared with the processes a suite starts.
        "SECRET_KEY": "of the hostile suites",
        "RESULTS_SECRET": "of the hostile results",
        "API_KEY_PEPPERS": "h1:of the hostile keys",
    }
    is_new = database and "DATABASE_URL" not in os.environ
    if is_new:
        from tests import servers

        servers.start(room)
        os.environ |= servers.environment()
    import django
    from django.core.management import call_command

    django.setup()
    if is_new:
        call_command("migrate", verbosity=0)
