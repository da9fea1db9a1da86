"""Grader: every page in light and dark at three widths, read by axe, and what was sent for it."""

from tests.judge import budgets, walk
from tests.judge.measure import Measure, counted
from tests.judge.pages import unlisted
from tests.judge.rounds import Round


def grade(this: Round) -> list[Measure]:
    """Return the measures of the walk and of the budgets."""
    seen = walk.walk(this.house, this.people, this.views, this.out)
    kinds = {view.name: view.page.kind for view in this.views}
    size = budgets.Sizes()
    measures = [counted("addresses without a line in pages.py", unlisted())]
    measures += seen.measures()
    measures += budgets.of_pages(html=seen.html, nodes=seen.nodes, loaded=seen.loaded, kinds=kinds, size=size)
    measures += budgets.of_files(this.house.static)
    if any(view.page.path == "/" for view in this.views):
        measures += budgets.of_landing(walk.first_load(this.house, "/", width_px=320), size=size)
    return measures
