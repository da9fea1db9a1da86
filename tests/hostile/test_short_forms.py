"""The short form of every suite, each in a process of its own; `make hostile` plays the long ones."""

import importlib
import os
from pathlib import Path
from typing import Any

import pytest

from tests.databases import CommittedDatabase
from tests.hostile import __main__ as hostile
from tests.hostile.outcome import SEED

#: The suites that stay off the database, and how many cases each must have tried.
ALONE = {"urls": 300, "redirects": 20, "rebinding": 10, "slow_servers": 9}
ON_A_DATABASE = {"pictures": 250, "signed_urls": 300, "keys": 500}


def holds(suite: str, *, least: int, environment: dict[str, str] | None = None) -> None:
    outcome = hostile.played(suite, "--short", environment=environment)
    assert outcome.breaks == [], f"SEED {SEED}"
    assert outcome.cases >= least


@pytest.mark.slow
@pytest.mark.parametrize("suite", ALONE)
def test_nothing_refused_is_connected_to(suite: str) -> None:
    holds(suite, least=ALONE[suite])


@pytest.mark.slow
@pytest.mark.parametrize("suite", ON_A_DATABASE)
def test_nothing_hostile_comes_through(suite: str, committed_db: CommittedDatabase) -> None:
    holds(suite, least=ON_A_DATABASE[suite], environment=os.environ | committed_db.environment())


def test_every_suite_of_the_long_run_is_there_and_has_a_short_form_here() -> None:
    assert set(hostile.SUITES) >= ALONE.keys() | ON_A_DATABASE.keys()
    for suite in hostile.SUITES:
        assert callable(importlib.import_module(f"tests.hostile.{suite}").run)


def test_a_missing_suite_a_crash_and_a_break_fail_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told: dict[str, Any] = {
        "absent": "",
        "crashing": "def run(): raise ZeroDivisionError",
        "breaking": "from tests.hostile.outcome import Outcome\ndef run(): return Outcome(3, ['it came through'])",
        "holding": "from tests.hostile.outcome import Outcome\ndef run(): return Outcome(4, [], {'ms': 5})",
    }
    package = tmp_path / "tests" / "hostile"
    package.mkdir(parents=True)
    there = Path(hostile.__file__).parent
    for name in ("__init__.py", "one.py", "outcome.py"):
        (package / name).write_text((there / name).read_text(encoding="utf-8"), encoding="utf-8")
    for name, source in told.items():
        if source:
            (package / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(hostile, "ROOT", tmp_path)
    assert hostile.main(("holding",)) == 0
    assert capsys.readouterr().out.endswith("make hostile: 4 cases, 0 breaks\n")
    assert hostile.main(tuple(told)) == 1
    said = capsys.readouterr().out
    assert said.endswith("make hostile: 7 cases, 3 breaks\n")
    for words in ("No module named", "ZeroDivisionError", "it came through", "ms 5", f"SEED {SEED}"):
        assert words in said
