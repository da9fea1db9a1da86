"""Every page in the language nobody speaks: what still reads as English there is a sentence nobody can translate."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.factories import Person, key_of
from tests.generations.submitting import submitted
from tests.translation import pseudo
from tests.translation.reading import left_in

pytestmark = pytest.mark.django_db
PUBLIC = [
    # The credits are names of works, people and licences.
    *("/", "/terms", "/privacy", "/docs/proof", "/no-such-page"),
    *("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"),
]
OWN = [
    *("/studio", "/studio/removebg", "/gallery", "/billing", "/developers/keys", "/developers/keys/create"),
    *(
        "/developers/playground",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/logout/",
    ),
]


@pytest.fixture(scope="module")  # written before a test opens its transaction, which may not lie idle for long
def language(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    pseudo.write(folder)
    return folder


@pytest.fixture
def spoken(language: Path, settings: Any) -> None:
    settings.LANGUAGES = [(pseudo.CODE, "Pseudo")]
    settings.LOCALE_PATHS = [language]
    settings.LANGUAGE_CODE = pseudo.CODE


def left_on(client: Client, path: str) -> list[str]:
    return left_in(client.get(path).content.decode())


def test_no_page_for_visitors_keeps_a_sentence_back(client: Client, spoken: None) -> None:
    assert {path: left for path in PUBLIC if (left := left_on(client, path))} == {}


@pytest.mark.parametrize("has_work", [False, True], ids=["empty", "full"])
def test_no_page_of_ones_own_keeps_a_sentence_back(client: Client, alice: Person, spoken: None, has_work: bool) -> None:
    client.force_login(alice.user)
    more = []
    if has_work:
        key_of(alice)
        more = [f"/g/{submitted(alice, prompt='1234').id}"]
    assert {path: left for path in [*OWN, *more] if (left := left_on(client, path))} == {}
