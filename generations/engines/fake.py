"""The deterministic twin of every engine: no picture making, the whole protocol.

It ships with the product so that installations can be tried and failures rehearsed without an engine.
Scenario words inside the prompt choose what happens: `[[500]]` `[[429]]` `[[mod-in]]` `[[mod-out]]`
`[[bad-request]]` `[[empty]]` raise, `[[wrongsize]]` answers with a plate one pixel too small, `[[slow:1.5]]`
takes that many seconds. Its twin that redraws the subject, too, is `fake_inpainting`.
"""

import hashlib
import re
import time

import numpy as np

from generations.engines import errors
from generations.engines.base import Done, EditRequest, EngineCaps, Health, Pixels

_SLOW = re.compile(r"\[\[slow:(\d+(?:\.\d+)?)\]\]")


class FakeEngine:
    """Paints a vertical two-color ramp whose colors are a digest of prompt and seed."""

    caps = EngineCaps(name="fake", revision="1", hosting="embedded", plate=True, redraws=False, seed=True)

    def submit(self, request: EditRequest) -> Done:
        """Answer as the scenario words ask; without any, a plate of prompt, seed and size only."""
        started = time.monotonic()
        play(request.prompt, engine=self.caps.name)
        plate = ramp(request)
        if "[[wrongsize]]" in request.prompt:
            plate = plate[:-1]
        return Done(plate=plate, run_s=time.monotonic() - started, notes={})

    def health(self) -> Health:
        return Health(ok=True, detail="fake")


def play(prompt: str, *, engine: str) -> None:
    """Wait or raise as the scenario words of the prompt ask."""
    if slow := _SLOW.search(prompt):
        time.sleep(float(slow[1]))
    if "[[500]]" in prompt:
        raise errors.Unavailable(engine=engine, detail="scenario")
    if "[[429]]" in prompt:
        raise errors.RateLimited(engine=engine, retry_after_s=1.0, detail="scenario")
    if "[[bad-request]]" in prompt:
        raise errors.BadInput(engine=engine, detail="scenario")
    if "[[empty]]" in prompt:
        raise errors.BadOutput(engine=engine, detail="scenario")
    if "[[mod-in]]" in prompt:
        raise errors.Moderated(engine=engine, categories=("scenario",))
    if "[[mod-out]]" in prompt:
        raise errors.ModeratedResult(engine=engine, categories=("scenario",))


def ramp(request: EditRequest) -> Pixels:
    """A vertical ramp between two colors, a digest of prompt and seed."""
    digest = hashlib.sha256(f"{request.seed}|{request.prompt}".encode()).digest()
    top, bottom = (np.frombuffer(digest, np.uint8, 3, offset).astype(np.float32) for offset in (0, 3))
    t = np.linspace(0.0, 1.0, request.height_px, dtype=np.float32)[:, None]
    rows = np.rint(top * (1 - t) + bottom * t).astype(np.uint8)
    return np.repeat(rows[:, None, :], request.width_px, axis=1)


def build() -> FakeEngine:
    return FakeEngine()
