"""The house rules a machine can check: who writes balances, how long things grow, what the web process loads."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.ledger_fence import climbs

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("roomai_web", "accounts", "billing", "generations")
NOT_OURS = {"migrations", "vendor", "fixtures", "evalset", "results", "__pycache__", "node_modules"}
#: Longest allowed, in lines, by the folders' kind of file.
LONGEST = {".py": 300, ".html": 80, ".txt": 80, ".css": 160, ".js": 120}
LONGEST_FUNCTION = 40
FOLDERS = (*PACKAGES, "tests", "bench", ".ci", "templates", "static")


def sources(*suffixes: str, folders: tuple[str, ...] = FOLDERS) -> Iterator[Path]:
    """Yield our own files of these kinds: nothing vendored, generated or made by a migration."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in [*found, *ROOT.glob("*.py")]:
        if path.suffix in suffixes and not NOT_OURS & set(path.relative_to(ROOT).parts):
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def notes(kind: str) -> dict[str, str]:
    return tomllib.loads((ROOT / "tests" / "size_notes.toml").read_text(encoding="utf-8"))[kind]


def long_files() -> dict[str, str]:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*LONGEST)}
    return {
        name_of(path): f"{lines} lines, at most {LONGEST[path.suffix]}"
        for path, lines in lengths.items()
        if lines > LONGEST[path.suffix]
    }


def long_functions() -> dict[str, str]:
    found = {}
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    found[f"{name_of(path)}::{node.name}"] = f"{lines} lines, at most {LONGEST_FUNCTION}"
    return found


@pytest.mark.parametrize(("kind", "measure"), [("files", long_files), ("functions", long_functions)])
def test_nothing_outgrows_its_reader(kind, measure):
    too_long, excused = measure(), notes(kind)
    assert {place: size for place, size in too_long.items() if place not in excused} == {}
    assert set(excused) <= set(too_long), "a note in size_notes.toml is no longer needed"
    assert all(len(reason) >= 20 for reason in excused.values()), "a note says why"


#: The ledger, and its private half: nothing else imports that (see the import fences).
LEDGER = {"billing/ledger.py", "billing/journal.py", "billing/budgets.py"}


def test_only_the_ledger_writes_balances_and_the_journal():
    found = {
        name_of(path): over
        for path in sources(".py", folders=PACKAGES)
        if name_of(path) not in LEDGER and (over := climbs(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_ledger_itself_would_be_seen():
    assert climbs((ROOT / "billing" / "journal.py").read_text(encoding="utf-8"))


def test_the_web_process_cannot_decode_a_picture():
    code = "import sys, roomai_web.asgi, roomai_web.urls; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    environment = {**os.environ, **servers.environment(), "DJANGO_SETTINGS_MODULE": "roomai_web.settings"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"django", "ninja", "generations"} <= loaded
    assert not {"PIL", "pi_heif", "cv2", "onnxruntime", "openvino"} & loaded


def test_locks_name_packages_and_no_address():
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"://|--index-url|--extra-index-url|--find-links", text), lock.name
        pinned = re.findall(r"^[a-z0-9][\w.\-\[\]]*==[^\s;\\]+", text, re.M | re.I)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)


def test_bootstrap_needs_nothing_but_python():
    tree = ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [part.name for part in node.names])
    }
    assert imported <= sys.stdlib_module_names
