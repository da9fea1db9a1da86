"""python -m bench.before_after: make the README's picture again, by the product itself."""

import io
import os
from pathlib import Path

from PIL import Image

from generations.pipeline import PictureRequest, default_pipeline

ROOT = Path(__file__).resolve().parent.parent
SUBJECT = ROOT / "bench" / "evalset" / "image" / "syn_white_armchair_on_white.jpg"
PROMPT = "a bright minimalist showroom with white walls and natural light"
SEED = 7
GAP_PX = 16


def main() -> None:
    """Write docs/before-after.jpg: the photograph, and beside it the result for the seed's prompt."""
    weights = Path(os.environ.get("WEIGHTS_DIR", ROOT / "var" / "models"))
    photograph = SUBJECT.read_bytes()
    request = PictureRequest(model="changebg", image=photograph, prompt=PROMPT, seed=SEED, format="png")
    picture = default_pipeline(weights_dir=weights).make(request, on_stage=lambda _stage: None)
    with Image.open(io.BytesIO(photograph)) as before, Image.open(io.BytesIO(picture.data)) as after:
        sheet = Image.new("RGB", (before.width * 2 + GAP_PX, before.height), "white")
        sheet.paste(before.convert("RGB"), (0, 0))
        sheet.paste(after.convert("RGB"), (before.width + GAP_PX, 0))
    sheet.save(ROOT / "docs" / "before-after.jpg", quality=88, subsampling=0, optimize=True)


if __name__ == "__main__":
    main()
