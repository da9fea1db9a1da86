"""Quick pictures with every figure the contract names, as the real pipeline measures them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from generations.pipeline import Picture, PictureRequest
from generations.stages import Stage
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
PROOF = {
    "kept_pixels": 256,
    "input_sha256": "0" * 64,
    "result_sha256": "0" * 64,
    "equal": True,
    "offset_px": [0, 0],
    "lossless": True,
    "encoding": {"max_difference": 0, "mean_difference": 0.0},
}


class WholePictures(QuickPictures):
    """Answers with the photograph itself and figures as of a real one."""

    def make(self, request: PictureRequest, *, on_stage: Callable[[Stage], None]) -> Picture:
        return replace(super().make(request, on_stage=on_stage), subject=SUBJECT, proof=PROOF)


def build(*, weights_dir: Path, threads: int) -> WholePictures:
    return WholePictures()
