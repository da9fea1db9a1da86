"""The table adds up, and each bar fails exactly when it is missed."""

from dataclasses import replace

import pytest

from bench import table
from bench.metrics import Quality

PEER = table.Row("total", "rembg", 20, 0.80, 0.90, 0.75, 2.0, 0.15, 200.0, 800.0)
FINE = table.Row("total", "fine", 20, 0.80, 0.90, 0.75, 1.8, 0.15, 300.0, 600.0)
FAST = table.Row("total", "fast", 20, 0.70, 0.80, 0.65, 1.99, 0.15, 200.0, 900.0)


def cut(model, category, iou, *, ms=100.0, rss_mb=300.0, picture="one"):
    return table.Cut(model, picture, category, Quality(iou, 0.5, 2.0, 0.1), ms, rss_mb)


def test_rows_by_category_and_total():
    cuts = [cut("a", "lamp", 0.2, ms=10), cut("b", "lamp", 0.4), cut("a", "chair", 0.6, ms=30, rss_mb=400.0)]
    cuts += [cut("b", "chair", 0.6), cut("a", "chair", 0.7, ms=20), cut("b", "chair", 0.6)]
    found = {(r.category, r.model): r for r in table.rows(cuts)}
    assert list(found) == [(c, m) for c in ("chair", "lamp", "total") for m in ("a", "b")]
    total = found["total", "a"]
    assert (total.n, total.iou_median, total.ms_median, total.rss_mb) == (3, 0.6, 20, 400)
    assert total.iou_mean == pytest.approx(0.5)


def test_text_has_a_table_per_category():
    text = table.text(table.rows([cut("a", "lamp", 0.25)]))
    assert text.count("| model | n | IoU mean |") == 2
    assert "| a | 1 | 0.250 | 0.250 | 0.500 | 2.00 | 0.100 | 100 | 300 |" in text


def missed(*, fine=FINE, fast=FAST, fine_times=1.5, fast_times=1.0):
    return table.missed_bars(fine=fine, fast=fast, peer=PEER, fine_times=fine_times, fast_times=fast_times)


def test_just_reaching_every_bar_passes():
    assert missed() == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"gradient": 1.81}, "gradient"),
        ({"rss_mb": 601.0}, "memory"),
        ({"iou_mean": 0.799}, "IoU"),
        ({"boundary_f": 0.749}, "boundary F"),
    ],
)
def test_each_bar_of_fine(change, named):
    (line,) = missed(fine=replace(FINE, **change))
    assert line.startswith("fine")
    assert named in line


def test_the_bars_of_time_and_of_fast():
    assert [line.split(" is ")[0] for line in missed(fine_times=1.51)] == ["fine: time, in the peer's"]
    assert [line.split(" is ")[0] for line in missed(fast_times=1.01)] == ["fast: time, in the peer's"]
    assert [line.split(" is ")[0] for line in missed(fast=replace(FAST, gradient=2.0))] == ["fast: gradient error"]


def test_times_are_compared_picture_by_picture():
    """One picture was measured while the machine was ten times slower; its ratio says the same."""
    cuts = [cut("ours", "lamp", 1, ms=ms, picture=p) for ms, p in ((150, "a"), (1500, "b"), (140, "c"))]
    cuts += [cut("peer", "lamp", 1, ms=ms, picture=p) for ms, p in ((100, "a"), (1000, "b"), (100, "c"))]
    assert table.times(cuts, model="ours", peer="peer") == 1.5


def test_the_floor_lets_noise_pass_and_a_fall_fail():
    stored = table.floor(FINE)
    assert stored == {"iou_mean": 0.795, "boundary_f": 0.74, "gradient": 1.854}
    assert table.below_floor(replace(FINE, iou_mean=0.796, boundary_f=0.741, gradient=1.85), stored) == []
    fallen = replace(FINE, iou_mean=0.79, boundary_f=0.73, gradient=1.9)
    assert len(table.below_floor(fallen, stored)) == 3


def test_pictures_lost_to_the_peer_are_named_worst_first():
    qualities = {"far": (0.7, 0.5), "near": (0.795, 0.5), "edge": (0.9, 0.45), "won": (0.95, 0.9)}
    cuts = [table.Cut("ours", name, "chair", Quality(*q, 1, 1), 1, 1) for name, q in qualities.items()]
    cuts += [table.Cut("peer", name, "chair", Quality(0.8, 0.5, 1, 1), 1, 1) for name in qualities]
    assert table.losses(cuts, model="ours", peer="peer") == [
        "pictures lost to the peer: 2 of 4",
        "  far: IoU -0.100, boundary F +0.000",
        "  edge: IoU +0.100, boundary F -0.050",
    ]
