"""The programs of the guides: files of the folder `guides`, kept as they run, and calls made for a request."""

from functools import cache
from pathlib import Path
from typing import Any

from generations.samples.calls import for_request

FOLDER = Path(__file__).parent / "guides"
LANGUAGES = ("curl", "javascript", "python")
HOST, KEY = "https://roomai.com", "rai_test_your_api_key"
PHOTO = "https://example.com/furniture-photo.jpg"
#: Programs that are one call: what it asks for.
REQUESTS: dict[str, dict[str, Any]] = {
    "plain_color": {"model": "changebg", "image": PHOTO, "background": {"color": "#f4f1ea"}},
    "square": {
        "model": "changebg",
        "image": PHOTO,
        "prompt": "a seamless light grey studio backdrop with soft light",
        "format": "webp",
        "canvas": {"aspect": "1:1", "padding": 0.1},
    },
}


@cache
def names() -> frozenset[str]:
    """Return the names of all programs of the guides."""
    return frozenset(REQUESTS) | {path.stem for path in FOLDER.iterdir()}


def of_guide(name: str, *, base_url: str, key: str = KEY) -> dict[str, str]:
    """Return this program in each language it is there in, calling `base_url` with `key`."""
    if name in REQUESTS:
        return for_request(body=REQUESTS[name], base_url=base_url, key=key)
    there = {language: FOLDER / f"{name}.{language}" for language in LANGUAGES}
    return {language: _read(path, base_url, key) for language, path in there.items() if path.exists()}


def _read(path: Path, base_url: str, key: str) -> str:
    return path.read_text(encoding="utf-8").rstrip("\n").replace(HOST, base_url).replace(KEY, key)
