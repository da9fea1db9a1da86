"""The documentation at /docs: every page is there, small, within the policy, and leads only to pages that exist."""

import gzip
import re
from html import unescape
from itertools import pairwise

import pytest
from django.test import Client
from pytest_django import Settings

from generations import catalog, causes, wording
from generations.catalog import CatalogModel
from generations.views import guides
from tests.factories import Person

pytestmark = pytest.mark.django_db

PAGES = [page.url for _heading, pages in guides.groups() for page in pages]


def body_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_small_and_needs_nothing_from_elsewhere(client: Client, path: str) -> None:
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert len(gzip.compress(response.content)) <= 20 * 1024  # as it is sent
    assert len(re.findall(r"<h1\b", page)) == 1
    assert page.count(' aria-current="page"') == 1
    assert "htmx" not in page
    assert "unsafe" not in response["Content-Security-Policy"]
    # The address of the page itself is told to search engines; nothing is fetched from it.
    fetched = re.sub(r'<link rel="canonical"[^>]*>', "", page)
    assert not re.search(r"""(?:src|srcset|href)="https?://""", fetched)
    assert len(re.findall(r"<\w+", page)) <= 1200


@pytest.mark.parametrize("path", PAGES)
def test_headings_step_down_one_at_a_time(client: Client, path: str) -> None:
    article = body_of(client, path).split("<article")[1].split("</article>")[0]
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", article)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_copy_button_has_its_code(client: Client, path: str) -> None:
    page = body_of(client, path)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'data-copy="([^"]+)"', page)) <= set(ids)


def test_every_page_leads_to_the_next_and_back(client: Client) -> None:
    for here, there in pairwise(PAGES):
        assert f'href="{there}" rel="next"' in body_of(client, here)
        assert f'href="{here}" rel="prev"' in body_of(client, there)


#: Answered by pages that need a sign-in, or that are not HTML.
ELSEWHERE = ("/static/", "/accounts/", "/developers/", "/studio", "/api/v1/openapi.json", "/docs/verify_proof.py")


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_to_pages_and_places_that_exist(client: Client, path: str) -> None:
    for link in set(map(unescape, re.findall(r'href="([^"]+)"', body_of(client, path)))):
        address, _, place = link.partition("#")
        if address.startswith(ELSEWHERE):
            continue
        page = body_of(client, address or path)
        assert not place or f'id="{place}"' in page, link


def test_an_address_without_a_page_is_answered_among_the_contents(client: Client) -> None:
    for path in ("/docs/nothing", "/docs/models/nothing", "/docs/models/3dgen", "/docs/a/b"):
        response = client.get(path)
        assert response.status_code == 404
        page = response.content.decode()
        assert "cropped out" in page
        assert 'href="/docs/webhooks"' in page
        assert ' aria-current="page"' not in page


def test_the_slash_at_the_end_leads_to_the_quick_start(client: Client) -> None:
    assert client.get("/docs/").headers["Location"] == "/docs"


@pytest.mark.parametrize("path", ["/", "/terms", "/developers/keys", "/accounts/login/"])
def test_the_quick_start_is_one_click_away(client: Client, alice: Person, path: str) -> None:
    if path.startswith("/developers"):
        client.force_login(alice.user)
    assert 'href="/docs"' in body_of(client, path)


def test_the_landing_page_shows_the_call_that_the_docs_show(client: Client) -> None:
    code = re.compile(r"<pre[^>]*><code>(.*?)</code></pre>", re.DOTALL)
    shown = code.findall(body_of(client, "/"))
    assert len(shown) == 1
    assert shown[0] in code.findall(body_of(client, "/docs/models/changebg"))


def test_the_limits_are_those_of_this_installation(client: Client, settings: Settings) -> None:
    settings.OPEN_CAP, settings.RETENTION_DAYS = 4321, 77
    settings.RATE_LIMITS = {"generate": 1234, "uploads": 2345, "reads": 3456, "address": 4567}
    page = body_of(client, "/docs/limits")
    for number in ("4321", "77", "1234", "2345", "3456", "4567"):
        assert f">{number}" in page


def test_every_error_is_in_the_guide_with_cause_and_cure(client: Client) -> None:
    page = body_of(client, "/docs/errors")
    entries = dict(re.findall(r'<div id="([A-Z_]+)"><dt>(.*?)</div>', page, re.DOTALL))
    assert set(entries) == set(wording.WORDS)
    for code, entry in entries.items():
        assert str(wording.WORDS[code].http_status) in entry
        assert len([words for words in re.findall(r"<dd>(.*?)</dd>", entry, re.DOTALL) if words.strip()]) == 2, code


def test_no_cause_is_told_of_a_code_nobody_answers() -> None:
    assert set(causes.CAUSES) | set(causes.OF_A_PICTURE) | causes.AFTERWARDS <= set(wording.WORDS)


@pytest.mark.parametrize("model", catalog.available(), ids=lambda model: model.id)
def test_a_model_s_page_names_every_error_its_call_can_end_with(client: Client, model: CatalogModel) -> None:
    page = body_of(client, f"/docs/models/{model.id}")
    named = set(re.findall(r'<div id="([A-Z_]+)">', page)) | set(re.findall(r'href="/docs/errors#([A-Z_]+)"', page))
    never = {code for code, name in causes.OF_A_PICTURE.items() if not model.takes(name)}
    assert named == set(wording.WORDS) - causes.AFTERWARDS - never


def test_whoever_is_signed_in_can_try_a_model_from_its_page(client: Client, alice: Person) -> None:
    assert "Sign up to try it" in body_of(client, "/docs/models/changebg")
    client.force_login(alice.user)
    page = body_of(client, "/docs/models/changebg")
    assert "Sign up to try it" not in page
    form = re.search(r'<form class="tryout" method="get" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form[2]))
    studio = client.get(form[1], fields).content.decode()
    assert fields["prompt"] in studio
    assert f"{fields['sample']}.jpg" in studio
