"""make bench: measure, print one table, keep the run for the next comparison, write docs/performance.md.

Every script of this folder that has a `main()` returns its figures: name -> Figure. Only ratios of one run are
compared from run to run, since machines and their load differ; a fall of more than 15 % against the stored last
run of the same machine ends with status 1.
"""

import hashlib
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
SCRIPTS = ("ledger", "throughput", "waiting", "pictures")
WORST_FALL = 0.15


def main(names: list[str]) -> int:
    """Run the named scripts (all of them by default); return the exit status."""
    room = Path(tempfile.mkdtemp(prefix="roomai-bench-"))
    servers.start(room)
    os.environ.update(servers.environment(), ROOMAI_DATA=str(room / "data"))
    os.environ.setdefault("WEIGHTS_DIR", str(ROOT / "var" / "models"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "roomai_web.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    figures = {}
    for name in names or SCRIPTS:
        figures |= importlib.import_module(f"bench.{name}").main()
    print(table(figures))
    worse = falls(figures, last_run())
    keep(figures)
    if not names:
        (ROOT / "docs" / "performance.md").write_text(document(figures), encoding="utf-8")
    for line in worse:
        print(line)
    return 1 if worse else 0


def machine() -> str:
    """Return a short name of this machine's kind, the same from run to run."""
    kind = f"{platform.machine()}-{os.cpu_count()}-{_processor()}"
    return hashlib.sha256(kind.encode()).hexdigest()[:12]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def last_run() -> dict[str, dict[str, object]]:
    """Return the figures of this machine's newest stored run, or none."""
    runs = sorted(RESULTS.glob(f"{machine()}-*.json"))
    return json.loads(runs[-1].read_text(encoding="utf-8"))["figures"] if runs else {}


def keep(figures: dict[str, dict[str, object]]) -> None:
    """Store the run under this machine's name and the time."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    run = {"at": now.isoformat(timespec="seconds"), "commit": commit, "figures": figures}
    path = RESULTS / f"{machine()}-{now:%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps(run, indent=1), encoding="utf-8")


def falls(now: dict[str, dict[str, object]], before: dict[str, dict[str, object]]) -> list[str]:
    """Return a line for each ratio that is more than 15 % worse than before."""
    lines = []
    for name, figure in now.items():
        if figure["unit"] != "ratio" or name not in before:
            continue
        old, new = float(str(before[name]["value"])), float(str(figure["value"]))
        if new < old * (1 - WORST_FALL):
            lines.append(f"worse: {name}: {new:.3f}, was {old:.3f}")
    return lines


def rows(figures: dict[str, dict[str, object]]) -> list[tuple[str, str, str]]:
    """Return (what, measured, goal) for each figure."""
    return [(name, f"{f['value']} {f['unit']}", str(f.get("goal", ""))) for name, f in figures.items()]


def table(figures: dict[str, dict[str, object]]) -> str:
    """Return the figures as aligned text."""
    width = max(len(name) for name in figures)
    return "\n".join(f"{what:{width}}  {measured:>18}  {goal}" for what, measured, goal in rows(figures))


def document(figures: dict[str, dict[str, object]]) -> str:
    """Return docs/performance.md."""
    body = "\n".join(f"| {what} | {measured} | {goal} |" for what, measured, goal in rows(figures))
    return f"""# Performance

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {_processor() or platform.machine()}.
Machines and their load differ, so a ratio of two things measured in the same run counts more than a time.

| what | measured | goal |
|---|---|---|
{body}
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
