"""The page of a model holds everything the page it was modeled on holds, in the same order, and then what is ours."""

import gzip
import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from generations import catalog
from tests.factories import Person

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parent / "fixtures" / "seed"
HOST = "https://roomai.com"


def bundled(page: bytes) -> bytes:
    """The page as an installation sends it, with its sheets in two files; tests link each by itself."""
    link = rb'<link rel="stylesheet" href="/static/css/[\w-]+\.css">\n?'
    return re.sub(link, b"", page, count=len(re.findall(link, page)) - 2)


def words(page: str) -> str:
    """What a page says, without any space: markup and line breaks do not matter."""
    main = re.sub(r"<(legend|label)\b.*?</\1>|<button\b.*?</button>", "", page.split("<body>")[1], flags=re.DOTALL)
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", main)))


def known_parts() -> list[str]:
    """The lines of the known page, as the fixture keeps its text; list markers are the browser's."""
    text = (FIXTURES / "page.txt").read_text(encoding="utf-8").replace(HOST, settings.PUBLIC_URL)
    lines = [re.sub(r"^\s*•\s*\d+", "", line) for line in text.split("\n")]
    return [re.sub(r"\s+", "", line) for line in lines if line.strip()]


def test_every_part_of_the_known_page_is_there_in_its_order(client: Client) -> None:
    said, at = words(client.get("/docs/models/changebg").content.decode()), 0
    for part in known_parts():
        found = said.find(part, at)
        assert found >= 0, f"missing, or before what it should follow: {part}"
        at = found + len(part)


def test_what_is_ours_follows(client: Client) -> None:
    page = client.get("/docs/models/changebg").content.decode()
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page.split("<article")[1])
    assert headings[-5:] == ["Tips", "What it does", "Try it", "What it refuses", "Limits"]


@pytest.mark.parametrize("model", catalog.available(), ids=lambda model: model.id)
def test_the_page_is_made_from_the_entry(client: Client, model: catalog.CatalogModel) -> None:
    said = words(client.get(f"/docs/models/{model.id}").content.decode())
    for text in (model.name, model.summary, model.overview, model.category, *model.tips):
        assert re.sub(r"\s+", "", text) in said
    for row in model.table():
        assert (
            re.sub(
                r"\s+",
                "",
                f"{row.name}{row.type}{'required' if row.required else ''}{row.description.replace('`', '')}",
            )
            in said
        )


def test_the_page_stays_small_for_whoever_is_signed_in(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    for model in catalog.available():
        assert len(gzip.compress(bundled(client.get(f"/docs/models/{model.id}").content))) <= 20 * 1024  # as it is sent
