"""Pictures of 1 and 12 megapixels through the whole pipeline, and the painter alone: milliseconds and memory.

Each size runs in a fresh process, started as the worker of pictures is, so that its peak memory is its own. The
decode helper is another process and is not counted; it lives under a limit of its own.
"""

import json
import os
import statistics
import subprocess
import sys

from bench.turns import ROOT

#: As the worker of pictures is started.
AS_THE_WORKER = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
#: megapixels, runs, goals in ms and MB.
SIZES = ((1, 7, 1500, 700), (12, 3, 6000, 900))
PAINT_RUNS, PAINT_MS = 3, 600


def main() -> dict[str, dict[str, object]]:
    """Return the median time of the whole pipeline and of each stage by size, the peak memory, and paint by family."""
    from django.conf import settings

    figures: dict[str, dict[str, object]] = {}
    for megapixels, runs, goal_ms, goal_mb in SIZES:
        seen = measured("whole", str(settings.WEIGHTS_DIR), str(megapixels), str(runs))
        what = f"picture, {megapixels} MP"
        figures[f"{what}, whole pipeline, p50"] = _figure(statistics.median(seen["ms"]), "ms", f"<= {goal_ms}")
        figures[f"{what}, CPU of it"] = _figure(statistics.median(seen["cpu_ms"]), "ms")
        for stage, values in seen["stages"].items():
            figures[f"{what}, {stage}"] = _figure(statistics.median(values), "ms")
        figures[f"{what}, peak memory of the worker"] = _figure(seen["peak_mb"], "MB", f"<= {goal_mb}")
    for family, values in measured("paint", str(PAINT_RUNS)).items():
        figures[f"paint, 1 MP, {family}, p50"] = _figure(statistics.median(values), "ms", f"<= {PAINT_MS}")
    return figures


def measured(*arguments: str) -> dict:
    """Run `picture_runs` in a fresh process and return what it printed; CalledProcessError when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.picture_runs", *arguments],
        cwd=ROOT,
        env={**os.environ, **AS_THE_WORKER},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _figure(value: float, unit: str, goal: str = "") -> dict[str, object]:
    return {"value": round(value), "unit": unit} | ({"goal": goal} if goal else {})
