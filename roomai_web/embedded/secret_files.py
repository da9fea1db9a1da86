"""Secrets of an embedded copy: made once, kept in files that only their owner may read."""

import os
import secrets
from pathlib import Path

from roomai_web.embedded.places import explained

#: The variable each file answers for (as NAME_FILE), and what stands before the random part.
PREFIXES = {"SECRET_KEY": "", "API_KEY_PEPPERS": "p1:", "RESULTS_SECRET": "", "STRIPE_WEBHOOK_SECRETS": "whsec_"}


def prepare(folder: Path) -> dict[str, str]:
    """Make the missing secrets in `folder`; return the `NAME_FILE` variables that point to them.

    A variable that the caller's environment already gives, by value or by file, is left to it.
    Raises PlaceUnusable.
    """
    with explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return {
            f"{name}_FILE": str(_made(folder / name.lower(), prefix))
            for name, prefix in PREFIXES.items()
            if name not in os.environ and f"{name}_FILE" not in os.environ
        }


def _made(path: Path, prefix: str) -> Path:
    """Write the secret unless it exists; a file cut short by a full disk never takes the name."""
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(prefix + secrets.token_urlsafe(48) + "\n")
        unfinished.rename(path)
    return path
