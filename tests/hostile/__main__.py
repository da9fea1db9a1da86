"""make hostile: the long form of every suite, each in a process of its own; one table, exit 1 for any break.

    python -m tests.hostile [SUITE ...]        HOSTILE_SEED=… plays other cases

A suite that is missing, crashes or takes longer than SUITE_S is a break like any other.
"""
# ruff: noqa: T201  what it prints is its result

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.hostile.outcome import SEED, Outcome

#: The one list of suites: modules of this package with `run() -> Outcome`.
SUITES = (
    *("urls", "redirects", "rebinding", "slow_servers", "pictures"),
    *("signed_urls", "keys", "key_timing", "rate_limits", "fuzz"),
)
ROOT = Path(__file__).resolve().parents[2]
SUITE_S = 3600
SHOWN = 20


def main(suites: tuple[str, ...]) -> int:
    """Play the suites one after another; return 1 when one broke."""
    print(f"SEED {SEED}\n{'suite':<14}{'cases':>8}{'breaks':>8}{'seconds':>9}  measured", flush=True)
    cases = breaks = 0
    for suite in suites:
        began = time.monotonic()
        outcome = played(suite)
        cases, breaks = cases + outcome.cases, breaks + len(outcome.breaks)
        notes = ", ".join(f"{name} {value}" for name, value in outcome.notes.items())
        counts = f"{outcome.cases:>8}{len(outcome.breaks):>8}{time.monotonic() - began:>9.1f}"
        print(f"{suite:<14}{counts}  {notes}", flush=True)
        for sentence in outcome.breaks[:SHOWN]:
            print(f"    {sentence}", flush=True)
    print(f"make hostile: {cases} cases, {breaks} breaks")
    return 1 if breaks else 0


def played(suite: str, *flags: str, environment: dict[str, str] | None = None) -> Outcome:
    """Play one suite in a fresh process; what that process does not survive is a break."""
    with tempfile.TemporaryDirectory(prefix="roomai-hostile-") as room:
        report = Path(room) / "report.json"
        command = [sys.executable, "-m", "tests.hostile.one", suite, str(report), *flags]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SUITE_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Outcome(breaks=[f"{suite} was not done after {SUITE_S} s"])
        if done.returncode or not report.exists():
            return Outcome(breaks=[f"{suite} ended with {done.returncode}: {done.stderr.strip()[-600:]}"])
        return Outcome(**json.loads(report.read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or SUITES))
