"""The peer of `make eval`: rembg with the same weight file, in an environment of its own.

As a module run by that environment it is the measured program (see `turns`): `remove` as its documentation shows
it, with a session made once and a decoded picture.
"""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

REMBG = "rembg[cpu]==2.0.86"


def install(folder: Path) -> Path:
    """Make the environment once and return its Python; CalledProcessError when pip cannot."""
    stamp = folder / f".installed-{hashlib.sha256(REMBG.encode()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not stamp.exists():
        print(f"Installing {REMBG} into {folder} (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        subprocess.run([str(python), "-m", "pip", "install", *quiet, REMBG], check=True)
        stamp.touch()
    return python


def main() -> None:
    import numpy as np
    from PIL import Image
    from rembg import new_session, remove

    from bench import turns

    session = new_session(sys.argv[1])

    def cut_out(image: Path, matte: Path) -> float:
        with Image.open(image) as picture:
            rgb = picture.convert("RGB")
        start = time.perf_counter()
        found = remove(rgb, session=session)
        took_ms = (time.perf_counter() - start) * 1000
        Image.fromarray(np.asarray(found)[:, :, 3]).save(matte)
        return took_ms

    turns.serve(cut_out)


if __name__ == "__main__":
    main()
