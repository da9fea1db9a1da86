"""The sheet shows every family, and a slow or unreachable one fails the run."""

import cv2
import numpy as np

from bench import families
from tests.pictures import EVALSET

FAMILY, TIME = "beach", "at night"


def cell(*, family=FAMILY, time=TIME, subject="one", seen=None, ms=100.0, seam=False, high=180):
    picture = np.full((high, families.CELL_PX, 3), 90, np.uint8)
    return families.Cell(family, time, subject, seen or family, ms, seam, picture)


def test_a_family_is_judged_by_its_median():
    made = [cell(ms=ms) for ms in (100, 590, 2000)]
    assert families.times(made) == {FAMILY: (590, 2000)}
    assert families.missed(made) == []
    (line,) = families.missed([cell(ms=601)])
    assert line.startswith("beach: paints a megapixel in 601 ms")


def test_words_that_lead_elsewhere_fail():
    assert families.missed([cell(), cell(seen="softfocus")]) == ["beach: its own words lead to softfocus"]


def test_seams_are_told_by_name():
    text = families.text([cell(), cell(subject="two", seam=True)])
    assert "| beach | 100 | 100 |" in text
    assert text.endswith("seams noted: 1 of 2\ntwo in beach at night")


def test_the_sheet_has_a_column_for_each_family_and_a_row_for_each_subject_and_time(tmp_path):
    made = [cell(family=f, subject=s, high=h) for f in ("beach", "forest") for s, h in (("a", 180), ("b", 240))]
    families.write(made, tmp_path / "new" / "sheet.jpg")
    sheet = cv2.imread(str(tmp_path / "new" / "sheet.jpg"))
    gap = families.GAP_PX
    assert sheet.shape == (families.HEAD_PX + 180 + 240 + 2 * gap, 2 * (families.CELL_PX + gap), 3)


def test_one_cell_is_painted_and_finished():
    cut = families.subject(EVALSET, "syn_sofa_beige")
    assert abs(cut.matte.size - families.PIXELS) < 2000
    made = families.cell(cut, "syn_sofa_beige", "studio", "by day", turns=1)
    assert (made.seen, made.ms > 0, max(made.picture.shape)) == ("studio", True, families.CELL_PX)
    assert families.missed([made]) == [] or made.ms > families.MOST_MS
