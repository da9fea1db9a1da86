"""Do something as an ordinary user, also where the tests run as root: a child imports, then gives root up for good."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: nobody, as on every system the product runs on.
UID = 65534
DROP = f"""
import os
if os.geteuid() == 0:
    os.setgroups([]); os.setgid({UID}); os.setuid({UID})
"""


def run_as_ordinary_user(program: str, *, imports: str) -> subprocess.CompletedProcess[str]:
    """Run Python text in a child that is not root; `imports` come first, while every module can still be read."""
    return subprocess.run(
        [sys.executable, "-c", f"{imports}\n{DROP}\n{program}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that an ordinary user may write, outside pytest's private one."""
    with tempfile.TemporaryDirectory(prefix="rai") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, UID, UID)
        yield folder
