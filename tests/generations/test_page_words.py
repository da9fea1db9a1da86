"""What pages say of each error is the table of tests/fixtures/error_words.toml, and each way on leads somewhere."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from structlog.contextvars import bound_contextvars

from generations import wording
from generations.views import words
from tests.factories import Person
from tests.generations.api.error_table import TABLE

WORDS = tomllib.loads(Path(settings.BASE_DIR, "tests/fixtures/error_words.toml").read_text(encoding="utf-8"))
ROWS = WORDS["row"]
REQUEST = "req-of-the-test"
AGAIN = "/studio?again=01993b52-7a3e-7c51-9d11-3f0f4a6c8e21"
NOTHING = "Nothing was charged."


@dataclass
class Chosen:
    """A file somebody chose."""

    name: str
    size: int = 30 * 2**20


def said(row):
    file = Chosen(row["file"]) if "file" in row else None
    with bound_contextvars(request_id=REQUEST):
        return words.told_of(row["code"], extra=row.get("extra", {}), file=file)


def test_the_table_has_the_codes_of_the_contract_none_missing_and_none_extra():
    told = {row["code"] for row in ROWS}
    assert told & set(WORDS["api_only"]) == set()
    assert told | set(WORDS["api_only"]) == {row.code for row in TABLE} == set(wording.WORDS)
    assert {code for code, one in wording.WORDS.items() if not one.page} == set(WORDS["api_only"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_a_page_says_the_sentence_and_that_nothing_was_charged(row):
    assert said(row) == (row["text"] if NOTHING in row["text"] else f"{row['text']} {NOTHING}")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_a_page_offers_the_ways_on(row):
    assert [label for label, _ in words.ways(row["code"], extra=row.get("extra", {}), form=AGAIN)] == row["ways"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted({row["code"] for row in ROWS}))
def test_each_way_leads_somewhere(client: Client, alice: Person, code: str):
    client.force_login(alice.user)
    for label, address in words.ways(code, extra={}, form=AGAIN):
        if address.startswith("mailto:"):
            assert re.fullmatch(r"mailto:[^@]+@[^@]+", address)
            continue
        page = client.get(address)
        assert page.status_code == 200, (label, address)
        if named := urlsplit(address).fragment:
            assert f'id="{named}"' in page.content.decode(), (label, address)


def test_where_a_sentence_would_name_what_is_not_known_it_names_nothing():
    assert words.told_of("IMAGE_TOO_LARGE", extra={"limit_pixels": 25_000_000}).startswith("This picture is too large.")
    assert words.told_of("IMAGE_UNREADABLE", extra={}).startswith("We could not read this picture.")
    assert "%(" not in " ".join(words.told_of(code, extra={}) for code in wording.WORDS)


def test_one_token_is_one():
    assert words.told_of("INSUFFICIENT_TOKENS", extra={"required": 1, "balance": 0}) == (
        f"This needs 1 token; you have 0. {NOTHING}"
    )
