"""Grader: html-validate reads what was sent for every page; `htmlvalidate.json` says which rules differ, and why."""

import json
from pathlib import Path
from typing import Any

from tests.judge import tools
from tests.judge.measure import Measure, counted
from tests.judge.rounds import Round

#: JSON takes no comment: `off` names each rule we do not follow with its reason.
RULES = tools.HERE / "htmlvalidate.json"
#: What is right on one page although a rule is right everywhere else: (page, rule).
RIGHT = {
    # The script that has asked the device sends this form; without scripts the page says so and offers another way.
    ("passkey-add-full", "wcag/h32"),
}


def grade(this: Round) -> list[Measure]:
    """Return the count of errors in the HTML that the walk kept."""
    names = {view.name for view in this.views}
    files = sorted(path for path in (this.out / "html").glob("*.html") if path.stem in names)
    cli = tools.script("html-validate", "bin/html-validate.mjs")
    done = tools.run(cli, "--formatter", "json", "--config", config(), *files)
    if not done.stdout.strip():
        raise tools.Missing(f"html-validate said nothing: {done.stderr.strip()[-300:]}")
    return [counted("HTML errors", errors(json.loads(done.stdout)), seen=len(files))]


def config() -> str:
    """Write the configuration without our reasons where the tool reads it; return its path."""
    told = json.loads(RULES.read_text(encoding="utf-8"))
    rules = told["rules"] | dict.fromkeys(told["off"], "off")
    path = tools.FOLDER / "htmlvalidate.json"
    path.write_text(json.dumps({"root": True, "extends": told["extends"], "rules": rules}), encoding="utf-8")
    return str(path)


def errors(reports: list[dict[str, Any]]) -> list[str]:
    """Return a sentence for each error of a report: page, line, what."""
    return [
        f"{Path(report['filePath']).stem}:{one['line']}: {one['message']} ({one['ruleId']})"
        for report in reports
        for one in report["messages"]
        if one["severity"] == 2 and (Path(report["filePath"]).stem, one["ruleId"]) not in RIGHT
    ]
