"""`python -m roomai_web.embedded.prepare`: what a start needs of Django, in one process, since each costs a second.

Run with the database owner's role: fetches the network, makes the tables, collects the static files and, with
`--demo`, prints the demo sign-in as one line of JSON.
"""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from roomai_web.env import BadEnvironment


def main() -> int:
    """Prepare everything; return 0, or 1 with the reason on stderr."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")
    try:
        django.setup()
        call_command("fetch_weights", stdout=sys.stderr)
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        collect_static()
        if "--demo" in sys.argv:
            call_command("seed_demo", json=True)
    except (BadEnvironment, CommandError, ImproperlyConfigured) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def collect_static() -> None:
    """Collect, join, hash and compress the static files, unless nothing changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    now = fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    stamp.write_text(now, encoding="ascii")


def fingerprint() -> str:
    """Return a digest of what is collected: our files by name, time and size, and the code that treats them."""
    ours = [path for folder in settings.STATICFILES_DIRS for path in sorted(Path(folder).rglob("*"))]
    ours += [Path(settings.BASE_DIR, "roomai_web/assets.py"), Path(settings.BASE_DIR, "requirements.lock")]
    facts = [(str(path), found.st_mtime_ns, found.st_size) for path in ours if (found := path.stat())]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
