"""Quick pictures with every figure the contract names, as the real pipeline measures them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from generations.pipeline import Picture, PictureRequest, Stage
from tests.generations.quick_pictures import QuickPictures

PATH = "tests.generations.api.whole_pictures.build"
SUBJECT = {
    "unchanged_fraction": 1.0,
    "max_difference": 0,
    "coverage": 0.5,
    "core_fraction": 1.0,
    "edge_fraction": 0.0,
    "offset_px": [0, 0],
}


class WholePictures(QuickPictures):
    """Answers with the photograph itself and figures as of a real one."""

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        return replace(super().make(request, on_stage=on_stage), subject=SUBJECT)


def build(*, weights_dir: Path, threads: int) -> WholePictures:
    return WholePictures()
