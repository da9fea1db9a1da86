"""Pages nobody signs in for: landing, legal, errors and allauth's own, all in the product's dress."""

import gzip
import re
from html import unescape
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from generations.views import photos
from roomai_web import landing, showcase, views
from tests.factories import Person

pytestmark = pytest.mark.django_db

ELEMENTS = Path(settings.BASE_DIR, "templates/allauth/elements")
PUBLIC = [
    "/",
    "/docs/proof",
    "/terms",
    "/privacy",
    "/rules",
    "/credits",
    "/help",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
]
OWN = ["/accounts/email/", "/accounts/password/change/", "/accounts/logout/"]


def test_a_page_is_sent_small_to_whoever_can_read_it_so(client: Client) -> None:
    plain, small = client.get("/"), client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in small["Vary"]
    assert len(small.content) < len(plain.content) / 3
    assert gzip.decompress(small.content).startswith(b"<!doctype html>")


def test_an_answer_to_a_program_is_sent_as_it_is(client: Client) -> None:
    assert "Content-Encoding" not in client.get("/api/v1/models", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_stand_alone(client: Client, path: str) -> None:
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert len(re.findall(r"<h1\b", page)) == 1
    assert '<main id="main"' in page
    assert re.search(r"<title>[^<]*Room AI[^<]*</title>", page)
    assert not re.search(r"""(?:src|srcset|href)="https?://(?!localhost|testserver)""", page)
    assert len(response.content) <= 20 * 1024


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_carry_the_policy_and_no_htmx_outside_the_app(client: Client, path: str) -> None:
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "htmx" not in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/docs", "/terms", "/privacy", "/rules", "/credits", "/docs/proof"])
def test_public_pages_say_what_they_are_to_a_search_engine(client: Client, path: str) -> None:
    head = client.get(path).content.decode().split("</head>")[0]
    assert re.search(r'<meta name="description" content="[^"]{50,180}">', head)
    assert f'<link rel="canonical" href="{settings.PUBLIC_URL}{path}">' in head
    assert "noindex" not in head


def test_crawlers_find_every_public_page_and_are_kept_from_the_rest(client: Client) -> None:
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in robots
    closed = re.findall(r"Disallow: (\S+)", robots)
    pages = re.findall(r"<loc>([^<]+)</loc>", client.get("/sitemap.xml").content.decode())
    assert {f"{settings.PUBLIC_URL}{path}" for path in ("/", "/docs", "/docs/models/changebg", "/rules")} <= set(pages)
    for page in pages:
        path = page.removeprefix(settings.PUBLIC_URL)
        assert client.get(path).status_code == 200, page
        assert not any(path.startswith(start) for start in closed), page


def test_the_landing_page_shows_each_case_with_its_exact_words(client: Client) -> None:
    page = client.get("/").content.decode()
    for case in landing.CASES:
        assert len(case.results) == 3
        for result in case.results:
            assert f"“{showcase.credit(result.name)['prompt']}”" in page
    for sample in photos.samples():
        assert f"/studio?sample={sample.name}" in page
    assert page.count('fetchpriority="high"') == 2


def test_the_credits_name_every_author_and_every_prompt(client: Client) -> None:
    page = unescape(client.get("/credits").content.decode())
    for entry in showcase.entries().values():
        for author in entry["author"].split(", "):  # several only where photos stand side by side
            assert author in page
        assert entry.get("prompt", "") in page


@pytest.mark.parametrize("path", OWN)
def test_pages_of_the_account_wear_the_shell(client: Client, alice: Person, path: str) -> None:
    client.force_login(alice.user)
    response = client.get(path, follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="bar' in page
    main = page.split("<main")[1].split("</main>")[0]
    for button in re.findall(r"<button\b[^>]*>", main):
        assert 'class="btn' in button
    assert "<p>" not in main


def test_each_element_of_allauth_has_our_look() -> None:
    theirs = Path(allauth.__file__).parent / "templates/allauth/elements"
    assert {path.name for path in theirs.glob("*.html")} <= {path.name for path in ELEMENTS.glob("*.html")}


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_need_nothing(name: str) -> None:
    """Drawn with no request, no context processor and no database, as the 500 page is."""
    page = render_to_string(f"{name}.html")
    assert len(re.findall(r"<h1\b", page)) == 1
    assert '<link rel="stylesheet"' in page
    assert 'class="btn' in page


def test_a_form_that_was_open_too_long_leads_back_to_it() -> None:
    browser = Client(enforce_csrf_checks=True)
    ours = "http://testserver/accounts/login/?next=/gallery"
    for came_from, back in ((ours, ours), ("http://elsewhere.example/", "/")):
        response = browser.post("/accounts/login/", {"login": "a@example.com"}, headers={"Referer": came_from})
        page = response.content.decode()
        assert response.status_code == 403
        assert "This form was open too long. Nothing was sent." in page
        main = page.split("<main")[1].split("</main>")[0]
        assert re.findall(r'<a class="btn[^"]*" href="([^"]*)"', main) == [back]


def test_a_fault_of_ours_asks_the_database_for_nothing(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    request = rf.get("/studio")
    request.request_id = "r-of-the-test"  # type: ignore[attr-defined]
    request.COOKIES["theme"] = "dark"
    with django_assert_num_queries(0):
        response = views.failed(request)
    page = response.content.decode()
    assert response.status_code == 500
    assert "Something failed on our side. Nothing was charged." in page
    assert "r-of-the-test" in page
    assert 'data-theme="dark"' in page


def test_too_many_sign_ins_say_how_long_to_wait(client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    for _ in range(2):
        assert client.post("/accounts/login/", {"login": "a@example.com", "password": "x"}).status_code == 200
    response = client.post("/accounts/login/", {"login": "a@example.com", "password": "x"})
    wait_s = int(response["Retry-After"])
    assert response.status_code == 429
    assert 1 <= wait_s <= 60
    assert f"Too many requests. Try again in {wait_s} s." in response.content.decode()


def test_the_maintenance_page_needs_nothing_else() -> None:
    page = Path(settings.BASE_DIR, "static/maintenance.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|srcset|url\(|@import|<script|<link)""", page)
    assert re.findall(r'href="([^"]*)"', page) == [""]
    assert "prefers-color-scheme: dark" in page


def test_a_missing_page_says_so_with_a_way_on(client: Client) -> None:
    response = client.get("/there-is-nothing-here")
    page = response.content.decode()
    assert response.status_code == 404
    assert "cropped out" in page
    assert response["X-Request-Id"] in page


def test_the_theme_chosen_is_there_from_the_first_byte(client: Client) -> None:
    assert "data-theme" not in client.get("/terms").content.decode().split("<body")[0]
    client.cookies["theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in client.get("/terms").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/terms").content.decode().split("<body")[0]


def test_balance_and_journal_are_on_the_token_page(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    page = client.get("/billing").content.decode()
    assert re.search(r'<dd class="num">10</dd>', page)
    assert "+10" in page
    assert "Grant" in page


def test_an_empty_journal_says_what_will_be_there(client: Client, charlie: Person) -> None:
    client.force_login(charlie.user)
    page = client.get("/billing").content.decode()
    assert "No entries yet." in page
    assert re.search(r'class="pill pill--low"', page)
