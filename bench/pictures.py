"""One picture of a megapixel through the whole pipeline: milliseconds by stage, and the process's memory."""

import resource
import statistics
import time
from pathlib import Path

SUBJECT = Path(__file__).parent / "evalset" / "image" / "syn_armchair_blue.jpg"
PROMPT = "a bright minimalist showroom with white walls and natural light"
RUNS = 7


def main() -> dict[str, dict[str, object]]:
    """Return the median time of the whole pipeline and of each stage, and the peak memory."""
    from django.conf import settings

    from generations.pipeline import PictureRequest, default_pipeline

    pipeline = default_pipeline(weights_dir=settings.WEIGHTS_DIR, threads=2)
    request = PictureRequest(
        model="changebg", image=_one_megapixel(), prompt=PROMPT, seed=7, format="png", shadow="contact", watermark=False
    )
    pipeline.make(request, on_stage=lambda _stage: None)
    whole: list[float] = []
    stages: dict[str, list[float]] = {}
    for _ in range(RUNS):
        start = time.perf_counter()
        picture = pipeline.make(request, on_stage=lambda _stage: None)
        whole.append((time.perf_counter() - start) * 1000)
        for stage, ms in picture.stage_ms.items():
            stages.setdefault(stage, []).append(ms)
    goal = "<= 3000 (then 1500)"
    figures: dict[str, dict[str, object]] = {
        "picture, 1 MP, whole pipeline, p50": {"value": round(statistics.median(whole)), "unit": "ms", "goal": goal}
    }
    for stage, values in stages.items():
        figures[f"picture, 1 MP, {stage}"] = {"value": round(statistics.median(values)), "unit": "ms"}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures["picture, 1 MP, peak memory of the worker"] = {"value": peak_mb, "unit": "MB", "goal": "<= 700"}
    return figures


def _one_megapixel() -> bytes:
    """Return the subject enlarged to 1155 x 866 and saved as JPEG again."""
    import io

    from PIL import Image

    with Image.open(SUBJECT) as picture:
        buffer = io.BytesIO()
        picture.resize((1155, 866), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
