"""Grader: Lighthouse on a slow phone, on each page template, the median of its runs."""
# ruff: noqa: T201  a run takes a quarter of a minute, and there are many: it says how far it is

import json
import statistics
from dataclasses import replace
from typing import Any

from tests.chromium import FLAGS
from tests.judge import tools
from tests.judge.measure import Measure, worst
from tests.judge.pages import View
from tests.judge.rounds import Round

RUNS, RUNS_QUICK = 5, 1
#: Now and then it loses the beginning of a recording (NO_NAVSTART) and says itself to run it again.
TRIES = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
POINTS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
LCP_S, CLS = 1.8, 0.03
Figures = dict[str, float]


def grade(this: Round) -> list[Measure]:
    """Return the least good page of each category, and the slowest and least steady one."""
    cli = tools.script("lighthouse", "cli/index.js")
    templates = {view.page.name: view for view in this.views if view.page.template}
    found: dict[str, Figures] = {}
    for name, view in templates.items():
        headers = {}
        if view.who != "nobody":
            session = this.house.do(this.people[view.who].session)
            headers = {"Cookie": f"session_{this.house.port}={session}"}
        url = this.house.url + view.path(this.people[view.who].words)
        runs = [_run(cli, url, headers, this, name) for _ in range(RUNS_QUICK if this.quick else RUNS)]
        found[name] = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        print(f"  {name}", {key: round(value, 2) for key, value in found[name].items()}, flush=True)
    return measures(found, templates)


def _run(cli: Any, url: str, headers: dict[str, str], this: Round, name: str) -> Figures:
    report = this.out / "lighthouse" / f"{name}.json"
    report.parent.mkdir(exist_ok=True)
    flags = f"--chrome-flags=--headless=new {' '.join(FLAGS)}"
    arguments = ["--quiet", "--output=json", f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}"]
    for _ in range(TRIES):
        done = tools.run(cli, url, flags, *arguments, f"--extra-headers={json.dumps(headers)}")
        if not done.returncode:
            break
    else:
        raise tools.Missing(f"lighthouse failed at {name}: {done.stderr.strip()[-300:]}")
    return figures(json.loads(report.read_text(encoding="utf-8")))


def figures(report: dict[str, Any]) -> Figures:
    """Return what we look at in a report: points of each category, LCP in seconds, CLS, the speed of the machine."""
    points = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
    audits = report["audits"]
    return points | {
        "lcp": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "cls": audits["cumulative-layout-shift"]["numericValue"],
        "machine": report["environment"]["benchmarkIndex"],
    }


def measures(found: dict[str, Figures], views: dict[str, View]) -> list[Measure]:
    """Return a line a figure; whoever is signed in has pages no search engine may list, so SEO is not asked there."""
    lines = []
    for category, target in POINTS.items():
        asked = {
            name: run[category]
            for name, run in found.items()
            if category != "seo" or views[name].page.kind in {"site", "docs"}
        }
        if asked or category != "seo":
            lines.append(worst(f"Lighthouse {category}", asked, target, "points", better="high"))
    slowest = min(run["machine"] for run in found.values()) if found else 0
    speed = f"the machine's own speed was {slowest:.0f} at the worst; below 1000 it was busy with something else"
    lines[0] = replace(lines[0], notes=(speed, *lines[0].notes))
    lines.append(worst("LCP, slow phone", {name: run["lcp"] for name, run in found.items()}, LCP_S, "s"))
    lines.append(worst("CLS, slow phone", {name: run["cls"] for name, run in found.items()}, CLS, ""))
    return lines
