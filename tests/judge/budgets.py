"""What may be sent: bytes of HTML, scripts, sheets and fonts as a browser receives them, by kind of page."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import httpx

from tests.judge.measure import Measure, worst
from tests.judge.pages import Kind

KB = 1024
HTML_KB, NODES = 20, 1200
SCRIPTS_KB: dict[Kind, float] = {"site": 8, "docs": 8, "entrance": 10, "app": 24, "studio": 32}
BLOCKING_KB, SHEETS_KB, FONTS_KB, ICONS_KB = 18, 28, 85, 9
LANDING_KB, LANDING_REQUESTS = 260, 22
#: What a proxy's brotli makes of a page on the way, at the level proxies use.
LEVEL = 5


class Sizes:
    """Bytes of an address as they come over the wire; each is asked for once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._client = httpx.Client(headers={"Accept-Encoding": "br"}, timeout=20)

    def __call__(self, url: str) -> int:
        """Return how many bytes of body the address sends; a page's HTML counts as a proxy would press it."""
        if url not in self._known:
            with self._client.stream("GET", url) as answer:
                raw = b"".join(answer.iter_raw())
            is_page = "html" in answer.headers.get("Content-Type", "") and "Content-Encoding" not in answer.headers
            self._known[url] = pressed(raw) if is_page else len(raw)
        return self._known[url]


def pressed(html: bytes) -> int:
    """Return how many bytes a page has on the way."""
    return len(brotli.compress(html, quality=LEVEL))


def of_pages(
    *,
    html: Mapping[str, bytes],
    nodes: Mapping[str, int],
    loaded: Mapping[str, set[str]],
    kinds: Mapping[str, Kind],
    size: Callable[[str], int],
) -> list[Measure]:
    """Return the measures of the pages by name; loaded: the addresses each asked for; size: bytes of an address."""

    def kb(name: str, suffix: str) -> float:
        return sum(size(url) for url in loaded[name] if urlsplit(url).path.endswith(suffix)) / KB

    measures = [
        worst("HTML of a page", {name: pressed(text) / KB for name, text in html.items()}, HTML_KB, "KB"),
        worst("nodes of a page", {name: float(count) for name, count in nodes.items()}, NODES, ""),
    ]
    for kind, limit in SCRIPTS_KB.items():
        if names := [name for name in loaded if kinds[name] == kind]:
            measures.append(worst(f"scripts, {kind}", {name: kb(name, ".js") for name in names}, limit, "KB"))
    measures.append(worst("sheets of a page", {name: kb(name, ".css") for name in loaded}, BLOCKING_KB, "KB"))
    measures.append(worst("fonts of a page", {name: kb(name, ".woff2") for name in loaded}, FONTS_KB, "KB"))
    return measures


def of_files(static: Path) -> list[Measure]:
    """Return the measures of the collected folder: all sheets together, and the icons."""
    listed: dict[str, str] = json.loads((static / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    sheets = [hashed for name, hashed in listed.items() if name.startswith("css/bundle-")]
    icons = listed["vendor/icons/sprite.svg"]
    return [
        Measure(
            "all sheets together", sum(_sent(static / one) for one in sheets) / KB if sheets else None, SHEETS_KB, "KB"
        ),
        Measure("icons", _sent(static / icons) / KB, ICONS_KB, "KB"),
    ]


def _sent(path: Path) -> int:
    compressed = path.with_name(f"{path.name}.br")
    return (compressed if compressed.exists() else path).stat().st_size


def of_landing(asked: set[str], *, size: Callable[[str], int]) -> list[Measure]:
    """Return the measures of the first visit's first page."""
    by_size = sorted(((size(url) / KB, urlsplit(url).path) for url in asked), reverse=True)
    notes = tuple(f"{path}: {kb:.1f} KB" for kb, path in by_size)
    return [
        Measure("landing, first load at 320 px", sum(kb for kb, _ in by_size), LANDING_KB, "KB", notes=notes),
        Measure("landing, requests", len(asked), LANDING_REQUESTS, notes=notes),
    ]
