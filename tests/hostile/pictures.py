"""Damaged, disguised and greedy pictures through both halves: the web's, in a process of its own, and the worker's.

Each ends refused, with nothing charged, or clean: its pixels and nothing else of it reach a file of ours. Watched are
the helper's memory and time, that the worker goes on, and that the web process never loads a decoder.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.hostile import grounds
from tests.hostile.outcome import Outcome, chance

MOST_S = 8.5  # the eight seconds of one picture, and the end of the helper that took them
EXTRA_KB = 512 * 1024
PER_WORKSPACE = 300
STORED = ("result", "clean photo", "matte", "thumbnail of the result", "thumbnail of the photo")
CODES = {"IMAGE_TOO_LARGE", "IMAGE_FORMAT_NOT_ALLOWED", "IMAGE_UNREADABLE"}
NAMES = {
    "photo.png": "image/png",
    "../../x.php": "text/html",
    "a.svg": "image/svg+xml",
    "\u202egnp.exe": "image/jpeg",
}


def run() -> Outcome:
    """Every percent, a thousand turned bits, all bombs and disguises: over two thousand, then whole runs."""
    grounds.prepare(database=True)
    return _played(_cases(every=1, flips=240, tears=90, heavy=True), stories=5)


def short() -> Outcome:
    """Two hundred and fifty of them: every kind but the heaviest bombs, few of each."""
    grounds.prepare(database=True)
    cases = _cases(every=10, flips=12, tears=5, heavy=False)
    return _played(chance("short pictures").sample(cases, 250), stories=1)


def _cases(*, every: int, flips: int, tears: int, heavy: bool) -> list[Any]:
    from tests.hostile import bombs, damaged

    random = chance("pictures")
    cuts = chain.from_iterable(damaged.cut(share) for share in range(0, 100, every))
    return [
        *(
            *bombs.light(),
            *(bombs.heavy() if heavy else ()),
            *damaged.disguised(),
            *damaged.frames(),
            *damaged.tailed(),
            *cuts,
        ),
        *(*damaged.flipped(random, flips), *damaged.torn(random, tears)),
    ]


def _played(cases: list[Any], *, stories: int) -> Outcome:
    outcome = Outcome(cases=len(cases))
    with tempfile.TemporaryDirectory() as room, Web(Path(room)) as web, Worker(outcome) as worker:
        owner = _person()
        for number, case in enumerate(cases):
            if number % PER_WORKSPACE == 0:
                _expect_no_charge(owner, outcome)
                owner = _person()
            worker.take(case, web.asked(case.data, workspace=owner.workspace.id))
        _expect_no_charge(owner, outcome)
        _names(web, outcome)
        worker.tell()
        _whole_runs(web, stories, outcome)
        loaded = web.done()
    outcome.expect(not loaded, f"the web process loaded {loaded}")
    outcome.notes["decoders in the web process"] = len(loaded)
    return outcome


def _person() -> Any:
    from tests import factories

    return factories.person(f"hostile{uuid4().hex[:8]}", tokens=10)


def _expect_no_charge(owner: Any, outcome: Outcome) -> None:
    from billing import ledger

    now = ledger.snapshot(wallet_id=owner.wallet_id)
    outcome.expect((now.posted, now.held) == (10, 0), f"{now.posted} tokens of 10 are left, {now.held} held")


class Web:
    """The process with the web's half; `asked` sends it a picture and returns its answer."""

    def __init__(self, room: Path) -> None:
        self._file = room / "picture"
        command = [sys.executable, "-m", "tests.hostile.web_side"]
        self._process = subprocess.Popen(command, cwd=grounds.ROOT, stdin=-1, stdout=-1, text=True)

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with self._process:
            pass

    def asked(self, data: bytes, **more: Any) -> dict[str, Any]:
        """Return what the web says to this picture: an id or a code."""
        self._file.write_bytes(data)
        return self._answer(json.dumps({"path": str(self._file)} | more, default=str))

    def done(self) -> list[str]:
        """End it; return the decoders it ever loaded."""
        found: list[str] = self._answer("")["decoders"]
        return found

    def _answer(self, line: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        answered: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answered


@dataclass
class Worker:
    """The worker's half: its decoder for every picture, its whole run for those that are refused."""

    outcome: Outcome
    ended: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0
    extra_kb: int = 0
    helpers: set[int] = field(default_factory=set)

    def __enter__(self) -> "Worker":
        from generations.images.decoder import Decoder
        from tests.generations.quick_pictures import png

        self._good, self._decoder, self._start_kb = png(), Decoder(), 0
        self._decoder.decode(self._good)
        self._start_kb = self._peak_kb()
        return self

    def __exit__(self, *_: object) -> None:
        self._decoder.close()

    def take(self, case: Any, said: dict[str, Any]) -> None:
        """Judge one picture, of which the web said this."""
        code = said.get("code") or self._decoded(case)
        how = "refused" if code else "clean"
        self.ended[how if "code" not in said else "refused by the web"] += 1
        self.outcome.expect(how in case.wanted, f"{case.name} ended {how} {code}")
        self.outcome.expect(not code or code in CODES, f"{case.name} was answered {code}")
        self.outcome.expect(not (case.code and code) or code == case.code, f"{case.name}: {code}, not {case.code}")
        if "id" in said:
            self._closed(case, UUID(said["id"]), code)

    def _decoded(self, case: Any) -> str:
        """Decode and encode as a worker does; return the refusal's code, or nothing."""
        from generations.images.errors import ImageRefused

        began, code = time.monotonic(), ""
        try:
            decoded = self._decoder.decode(case.data)
        except ImageRefused as refusal:
            code = refusal.code
        took = time.monotonic() - began
        self.longest_s = max(self.longest_s, took)
        self.outcome.expect(took <= MOST_S, f"{case.name} took {took:.1f} s")
        if pid := self._decoder.helper_pid:
            self.helpers.add(pid)
            self.extra_kb = max(self.extra_kb, self._peak_kb() - self._start_kb)
            self.outcome.expect(self.extra_kb <= EXTRA_KB, f"{case.name} took {self.extra_kb} kB")
        if not code:
            for name, data in _files(decoded):
                self.outcome.expect(not _betrays(data), f"{case.name}: its {name} holds what is no pixel")
        return code

    def _closed(self, case: Any, generation_id: UUID, code: str) -> None:
        """End the generation: a refused picture by a whole run, a clean one by canceling it unpaid."""
        from generations import running, services
        from generations.models import Generation, State

        if code:
            running.run(generation_id=generation_id)
        row = Generation.objects.get(id=generation_id)
        if code:
            is_right = (row.state, row.error_code) == (State.FAILED, code)
            self.outcome.expect(is_right, f"{case.name}: the run ended {row.state} {row.error_code}, not {code}")
        else:
            services.cancel(generation=row)

    def _peak_kb(self) -> int:
        status = Path(f"/proc/{self._decoder.helper_pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

    def tell(self) -> None:
        """Note what was measured, and that the worker still works."""
        alive = self._decoder.decode(self._good).rgb.shape == (16, 16, 3)
        self.outcome.expect(alive, "the worker no longer decodes")
        self.outcome.notes |= dict(self.ended) | {
            "longest": f"{self.longest_s:.1f} s",
            "helper at most": f"{self.extra_kb // 1024} MiB above its start",
            "helpers": len(self.helpers),
        }


def _files(decoded: Any) -> Iterator[tuple[str, bytes]]:
    """Yield each kind of file that is made of a picture."""
    import numpy as np

    from generations.images import encoding

    if decoded.rgb.size > 3 * 10**6:
        yield "clean input", encoding.clean_png(decoded.rgb[:64, :64], None)
        return
    yield "clean input", encoding.clean_png(decoded.rgb, decoded.alpha)
    for name in ("png", "jpeg", "webp"):
        yield f"{name} result", encoding.encode(np.ascontiguousarray(decoded.rgb), file_format=name, made="painted")


def _betrays(data: bytes) -> bool:
    """Say whether a file of ours holds metadata that are not ours."""
    from PIL import Image

    from tests.hostile.damaged import MARK

    with Image.open(io.BytesIO(data)) as image:
        image.load()
        known = {"srgb", "xmp", "XML:com.adobe.xmp", "jfif", "jfif_version", "jfif_unit", "jfif_density", "progression"}
        ours = known | {"progressive", "loop", "background", "timestamp", "duration"}
        return MARK in data or bool(set(image.info) - ours) or bool(image.getexif())


def _names(web: Web, outcome: Outcome) -> None:
    """Send honest pictures and others under wrong names and types through the whole API: only bytes decide."""
    from tests import factories
    from tests.hostile.damaged import TAILS, bases

    owner = _person()
    key = factories.key_of(owner)
    for file_name, content_type in NAMES.items():
        for data, is_picture in ((bases()["JPEG"], True), (TAILS["html"], False)):
            said = web.asked(data, file_name=file_name, content_type=content_type, key=key)
            right = "id" in said if is_picture else said.get("code") == "IMAGE_FORMAT_NOT_ALLOWED"
            outcome.expect(right, f"{file_name} as {content_type}: {said}")
            outcome.cases += 1


def _whole_runs(web: Web, count: int, outcome: Outcome) -> None:
    """Make real pictures of photographs full of metadata; look into every file that is stored of them."""
    from PIL import Image

    from generations import running, storage
    from generations.models import Generation, State
    from tests.generations.material import photo, weights_dir
    from tests.hostile.damaged import honest

    weights_dir()
    owner = _person()
    with Image.open(io.BytesIO(photo("syn_sofa_beige"))) as sofa:
        files = {name: honest(name, sofa.convert("RGB")) for name in ("JPEG", "HEIC", "PNG", "WEBP", "AVIF")[:count]}
    for name, data in files.items():
        said = web.asked(data, workspace=owner.workspace.id)
        running.run(generation_id=UUID(said["id"]))
        row = Generation.objects.get(id=said["id"])
        outcome.expect(row.state == State.SUCCEEDED, f"the run of a {name} ended {row.state} {row.error_code}")
        keys = storage.served_keys(row)
        outcome.expect(len(keys) == len(STORED), f"the run of a {name} stored {keys}")
        for key in keys:
            outcome.expect(not _betrays(storage.read(key)), f"{key} of a {name} holds what is no pixel")
        outcome.cases += 1
