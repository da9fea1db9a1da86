"""Bytes are counted by kind of page, and every page of the list has a name of its own."""

import json

from tests.judge import budgets, clicks, lighthouse, markup, pages, tools
from tests.judge.answering import p75, p95
from tests.judge.pages import Page, View


def test_scripts_have_a_budget_by_kind() -> None:
    sizes = {"http://x/a.js": 9 * budgets.KB, "http://x/b.css": 2 * budgets.KB}
    found = budgets.of_pages(
        html={"docs": b"<p>", "studio": b"<p>"},
        nodes={"docs": 1200, "studio": 1201},
        loaded={"docs": set(sizes), "studio": {"http://x/a.js"}},
        kinds={"docs": "docs", "studio": "studio"},
        size=sizes.__getitem__,
    )
    by_name = {one.what: one for one in found}
    assert not by_name["scripts, docs"].is_met
    assert by_name["scripts, studio"].is_met
    assert by_name["nodes of a page"].notes == ("studio: 1201",)
    assert by_name["sheets of a page"].value == 2


def test_the_landing_page_names_its_largest_parts() -> None:
    sizes = {"http://x/hero.avif": 300 * budgets.KB, "http://x/": budgets.KB}
    weight, requests = budgets.of_landing(set(sizes), size=sizes.__getitem__)
    assert (weight.value, weight.is_met, requests.value) == (301, False, 2)
    assert weight.notes[0] == "/hero.avif: 300.0 KB"


def test_quantiles() -> None:
    assert p95([float(n) for n in range(1, 101)]) == 95.05
    assert p75([8.0]) == 8.0


def test_every_view_has_a_name_of_its_own() -> None:
    names = [view.name for view in pages.views()]
    assert len(names) == len(set(names))
    assert {view.page.name for view in pages.views(("docs",))} >= {"docs", "docs-model"}


def test_things_of_a_person_are_filled_into_an_address() -> None:
    view = View(Page("run", "/g/<done>", "app", ("full",)), "full")
    assert (view.name, view.path({"done": "7"})) == ("run-full", "/g/7")


def test_search_is_asked_of_public_pages_only() -> None:
    views = {"docs": View(Page("docs", "/docs", "docs", ("nobody",)), "nobody")}
    views["gallery"] = View(Page("gallery", "/gallery", "app", ("full",)), "full")
    run = dict.fromkeys(lighthouse.CATEGORIES, 100.0) | {"lcp": 1.0, "cls": 0.0, "machine": 1500.0}
    found = {one.what: one for one in lighthouse.measures({"docs": run, "gallery": run | {"seo": 60}}, views)}
    assert all(one.is_met for one in found.values())
    assert found["Lighthouse seo"].value == 100


def test_errors_of_a_page_name_page_line_and_rule() -> None:
    one = {"severity": 2, "line": 7, "message": "Missing alt", "ruleId": "wcag/h37"}
    report = {"filePath": "/tmp/docs.html", "messages": [one, one | {"severity": 1}]}
    assert markup.errors([report]) == ["docs:7: Missing alt (wcag/h37)"]


def test_each_rule_that_is_off_has_its_reason() -> None:
    told = json.loads(markup.RULES.read_text(encoding="utf-8"))
    assert all(len(reason) >= 20 for reason in told["off"].values())


def test_presses_and_tasks_are_of_listed_pages() -> None:
    listed = {page.path for page in pages.PAGES} | {path.partition("?")[0] for path in (p.path for p in pages.PAGES)}
    asked = [task.path for task in clicks.TASKS] + [path for path, _ in clicks.PRESSES.values()]
    assert {path.partition("?")[0] for path in asked} <= listed


def test_locks_name_packages_and_no_address() -> None:
    text = tools.LOCK.read_text(encoding="utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)
    pinned = json.loads((tools.HERE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert packages[""]["devDependencies"] == pinned
