"""The built-in engine: paints scenes on the processor by deterministic maths, no network, no learnt model."""

import time

from generations.engines import errors
from generations.engines.base import Done, EditRequest, EngineCaps, Health
from generations.engines.embedded import scene
from generations.engines.embedded.plates import Folder


class EmbeddedEngine:
    """Paints an empty scene from the prompt's words, placed and lit to suit the subject.

    The same prompt, seed and picture give the same bytes. It holds no state but tiles of noise, so one
    instance serves any number of threads. `notes["scene"]` says which words it could follow.
    plates: an operator's photographs, taken instead of a painting where one shows what is asked for.
    """

    caps = EngineCaps(
        name="embedded", revision=str(scene.REVISION), hosting="embedded", plate=True, redraws=False, seed=True
    )

    def __init__(self, plates: Folder | None = None) -> None:
        self._plates = plates

    def submit(self, request: EditRequest) -> Done:
        """Paint the plate, or cut it from a photograph. Raises BadInput where picture and matte are not of one size."""
        if request.image.shape != (*request.matte.shape, 3):
            raise errors.BadInput(engine="embedded", detail="picture and matte differ in size")
        started = time.monotonic()
        painted = scene.paint(request, plates=self._plates)
        notes = {"scene": painted.report, "scene_revision": scene.REVISION, **painted.origin}
        return Done(plate=painted.plate, run_s=time.monotonic() - started, notes=notes)

    def health(self) -> Health:
        return Health(ok=True, detail="built in")
