"""The browser of tests and judge: one that is installed, and the flags it is started with."""

import os
import shutil
from pathlib import Path

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium() -> str:
    """Return the browser's path: $CHROME, or one that is installed; `make test` installs it where it may."""
    for found in (os.environ.get("CHROME"), *(shutil.which(name) for name in NAMES)):
        if found and Path(found).exists():
            return found
    raise RuntimeError("No Chromium: install the package chromium, or set CHROME to a browser's path.")
