"""`make check`: every check runs, each says ok or shows its findings, and one failure fails the whole."""
# ruff: noqa: T201  what it prints is its result

import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
#: What an operator would set; every value is made up here and serves nothing but the check.
PRODUCTION = {
    "ROOMAI_ENV": "production",
    "PUBLIC_URL": "https://pictures.example",
    "DATABASE_URL": "postgresql://room@localhost/room",
    "REDIS_URL": "redis://localhost/0",
    "EMAIL_HOST": "mail.example",
    "BILLING": "off",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "API_KEY_PEPPERS": f"p1:{secrets.token_urlsafe(48)}",
    "RESULTS_SECRET": secrets.token_urlsafe(48),
}
COMMANDS: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
    ("style", (f"{BIN}/ruff", "check", "."), {}),
    ("format", (f"{BIN}/ruff", "format", "--check", "."), {}),
    ("types", (f"{BIN}/mypy",), {}),
    ("import fences", (f"{BIN}/lint-imports",), {}),
    ("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), {}),
    ("networks", (*MANAGE, "fetch_weights"), {}),
    ("deployment", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    ("templates", (sys.executable, ".ci/check_templates.py"), {}),
    ("sizes and words", (sys.executable, "-m", "pytest", "-q", "tests/test_architecture.py", "tests/test_docs.py"), {}),
]


def main() -> int:
    """Run all checks; return 0 when every one is clean."""
    failed = [] if locks_are_clean() else ["locks"]
    for name, command, variables in COMMANDS:
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **variables}, check=False, capture_output=True, text=True
        )
        told(name, is_clean=done.returncode == 0, seconds=time.monotonic() - began)
        if done.returncode:
            failed.append(name)
            print(done.stdout + done.stderr, flush=True)
    print(f"make check: {'failed: ' + ', '.join(failed) if failed else 'clean'}")
    return 1 if failed else 0


def locks_are_clean() -> bool:
    """Tell whether the lock files name packages and hashes only: an address would tie them to one index."""
    addresses = [
        f"{lock.name}:{number}: {line}"
        for lock in sorted(ROOT.glob("*.lock"))
        for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"https?://", line)
    ]
    told("locks", is_clean=not addresses, seconds=0)
    print("\n".join(addresses), end="\n" if addresses else "")
    return not addresses


def told(name: str, *, is_clean: bool, seconds: float) -> None:
    """Print one line of the report."""
    print(f"{name:<16} {'ok' if is_clean else 'FAILED'}  {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
