"""make judge: outside tools read every page of a copy of its own; one table, exit 1 for a miss, a fall or a lack.

    python -m tests.judge [GRADER ...] [--only NAME ...] [--quick] [--keep]
    python -m tests.judge sheet [--out docs/screens.png]        the contact sheet of twelve screens
    python -m tests.judge review                                what the last round showed has been looked at
    python -m tests.judge relock                                package-lock.json anew

Screens, sent HTML, reports and figures lie in `var/judge/`. --only: names or kinds of pages. --quick: one run of
Lighthouse and few pictures; its figures are not compared. --keep: go on with the last round's copy and its people.
"""
# ruff: noqa: T201  what it prints is its result

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.judge import house, measure, tools
from tests.judge.measure import Measure

#: The one list of graders: modules of this package with `grade(round) -> list[Measure]`, in the order they run.
GRADERS = ("looks", "changes", "markup", "answering", "contract", "newcomer", "clicks", "lighthouse")
BEST = tools.OUT / "best.json"
ERRORS_SHOWN = 300


def main() -> int:
    """Return 0 when every target is met, no tool is missing and nothing is worse than the best so far."""
    options = _options()
    if options.graders == ["relock"]:
        tools.relock()
        return 0
    if options.graders == ["review"]:
        print(f"{importlib.import_module('tests.judge.changes').review()} screens are reviewed.")
        return 0
    tools.install()
    with house.running(keep=options.keep) as copy:
        # Whatever knows the copy's tables is imported once Django does.
        this = importlib.import_module("tests.judge.rounds").begin(copy, only=tuple(options.only), quick=options.quick)
        if options.graders == ["sheet"]:
            print(importlib.import_module("tests.judge.sheet").write(this, options.out))
            return 0
        measures = []
        for name in options.graders or GRADERS:
            measures += graded(name, lambda name=name: importlib.import_module(f"tests.judge.{name}").grade(this))
    return told(measures, is_whole=not (options.only or options.quick or options.graders))


def graded(name: str, grade: Callable[[], list[Measure]]) -> list[Measure]:
    """Return a grader's measures; one that fails or lacks its tool is a miss with its reason, never silence."""
    began = time.monotonic()
    try:
        found = grade()
    except Exception as error:  # the border of a grader: the others still run
        found = [Measure(name, None, 0, notes=(f"{type(error).__name__}: {str(error)[:ERRORS_SHOWN]}",))]
    print(f"{name}: {len(found)} measures in {time.monotonic() - began:.0f} s", flush=True)
    (tools.OUT / f"{name}.json").write_text(json.dumps(measure.as_json(found), indent=1), encoding="utf-8")
    return found


def told(measures: list[Measure], *, is_whole: bool) -> int:
    """Print the table, compare a whole round with the best so far and take it in; return the exit status."""
    print(measure.table(measures))
    (tools.OUT / "measures.json").write_text(json.dumps(measure.as_json(measures), indent=1), encoding="utf-8")
    missed = [one for one in measures if not one.is_met]
    fallen = []
    if is_whole:
        best = json.loads(BEST.read_text(encoding="utf-8")) if BEST.exists() else {}
        fallen = measure.falls(measures, best)
        BEST.write_text(json.dumps(measure.better_of(measures, best), indent=1), encoding="utf-8")
    print("\n".join(fallen), end="\n" if fallen else "")
    print(f"make judge: {len(measures)} measures, {len(missed)} missed, {len(fallen)} fallen")
    return 1 if missed or fallen or not measures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.judge", description="Judge every page by outside tools.")
    parser.add_argument("graders", nargs="*", choices=[*GRADERS, "sheet", "review", "relock", []], metavar="GRADER")
    parser.add_argument("--only", action="append", default=[], help="a page, a view or a kind; repeatable")
    parser.add_argument("--quick", action="store_true", help="one run of Lighthouse, few pictures")
    parser.add_argument("--keep", action="store_true", help="go on with the last round's data")
    parser.add_argument("--out", type=Path, default=tools.ROOT / "docs" / "screens.png", help="of the sheet")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
