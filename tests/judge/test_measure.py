"""The judge's own arithmetic: what is a miss, what is a fall, and how both are told."""

from tests.judge import measure
from tests.judge.measure import Measure


def test_a_measure_on_its_target_is_met() -> None:
    assert Measure("size", 20, 20, "KB").is_met
    assert not Measure("size", 20.1, 20, "KB").is_met
    assert Measure("score", 95, 95, "points", "high").is_met
    assert not Measure("score", 94, 95, "points", "high").is_met


def test_what_could_not_be_measured_is_missed() -> None:
    assert not Measure("LCP", None, 1.8, "s").is_met
    assert measure.row(Measure("LCP", None, 1.8, "s")) == ("LCP", "not measured", "<= 1.8 s", "MISSED")


def test_nothing_looked_at_is_no_clean_bill() -> None:
    assert measure.counted("findings", [], seen=3).is_met
    assert not measure.counted("findings", [], seen=0).is_met
    assert not measure.worst("HTML", {}, 20, "KB").is_met


def test_the_worst_page_counts_and_each_that_misses_is_named() -> None:
    found = measure.worst("HTML", {"docs": 21.5, "studio": 30.0, "terms": 3.0}, 20, "KB")
    assert (found.value, found.notes) == (30.0, ("studio: 30 KB", "docs: 21.5 KB"))
    high = measure.worst("score", {"docs": 100, "studio": 90}, 95, "points", better="high")
    assert (high.value, high.notes) == (90, ("studio: 90 points",))


def test_the_table_says_what_to_look_at_beneath_a_miss_only() -> None:
    text = measure.table([Measure("a", 1, 2, notes=("unseen",)), Measure("findings", 14, 0, notes=("x",) * 14)])
    assert text.splitlines()[0].split() == ["what", "measured", "target"]
    assert "unseen" not in text
    assert text.splitlines()[2].endswith("MISSED")
    assert text.splitlines()[-1] == "    and 2 more"


def test_a_fall_is_more_than_the_room_of_its_unit() -> None:
    best = {"score": 98.0, "size": 10.0, "time": 100.0, "findings": 0.0}
    now = [
        Measure("score", 95, 95, "points", "high"),
        Measure("size", 10.9, 20, "KB"),
        Measure("time", 149, 200, "ms"),
        Measure("findings", 0, 0),
        Measure("new", 5, 9, "KB"),
    ]
    assert measure.falls(now, best) == []
    worse = [Measure("score", 94, 90, "points", "high"), Measure("size", 11.2, 20, "KB"), Measure("findings", 1, 9)]
    assert [line.split(":")[1].strip() for line in measure.falls(worse, best)] == ["score", "size", "findings"]


def test_the_best_so_far_takes_in_what_is_better() -> None:
    now = [Measure("size", 9, 20, "KB"), Measure("score", 90, 95, "points", "high"), Measure("LCP", None, 1.8, "s")]
    assert measure.better_of(now, {"size": 10, "score": 97}) == {"size": 9, "score": 97}
