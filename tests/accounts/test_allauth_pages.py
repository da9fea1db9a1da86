"""Every page of allauth that can be reached here wears our look and speaks in our words."""

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client

from tests.factories import PASSWORD, Person

ENTRANCE = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
]
OWN = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/webauthn/add/",
]
#: Words of a heading or a button that begin with a capital in the middle.
TITLE_CASE = re.compile(r"\b[A-Z][a-z]+ [A-Z][a-z]+\b")
NAMES = {"Room AI"}


class Elements(HTMLParser):
    """Collects what is inside <main>: tags that have no look of ours, fields a browser cannot fill in, words."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.bare, self.words, self.label = False, list[str](), list[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inside = self.inside or tag == "main"
        if not self.inside:
            return
        kind = given.get("type", "text")
        if tag == "button" and "btn" not in (given.get("class") or ""):
            self.bare.append(f"button {given}")
        if tag == "input" and kind in {"text", "email", "password"} and "autocomplete" not in given:
            self.bare.append(f"no autocomplete: {given.get('name')}")
        if tag in {"font", "center", "table"} and not given.get("class"):
            self.bare.append(tag)
        if "style" in given:
            self.bare.append(f"style on {tag}")
        self.label = tag if tag in {"h1", "h2", "label", "button", "a", "summary"} else self.label

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "main"
        self.label = "" if tag == self.label else self.label

    def handle_data(self, data: str) -> None:
        if self.inside and self.label and data.strip():
            self.words.append(" ".join(data.split()))


def read(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    return found


def in_title_case(words: list[str]) -> list[str]:
    return [one for one in words if set(TITLE_CASE.findall(one)) - NAMES]


def looks_ours(page: str) -> None:
    found = read(page)
    assert page.count("<h1") == 1
    assert found.bare == []
    assert in_title_case(found.words) == []


@pytest.fixture
def browser(alice: Person, db: None) -> Client:
    """alice's browser: an authenticator app is set up, her password was typed a moment ago."""
    client = Client(headers={"Host": "localhost"})
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    TOTP.activate(alice.user, generate_totp_secret())
    RecoveryCodes.activate(alice.user)
    client.post("/accounts/reauthenticate/?next=/settings", {"password": PASSWORD})
    return client


@pytest.mark.parametrize("path", ENTRANCE)
def test_a_page_of_the_entrance(db: None, path: str) -> None:
    answer = Client(headers={"Host": "localhost"}).get(path)
    assert answer.status_code == 200
    looks_ours(answer.content.decode())


@pytest.mark.parametrize("path", OWN)
def test_a_page_of_one_s_own(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    looks_ours(answer.content.decode())


def test_an_authenticator_app_s_page(alice: Person) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/?next=/settings", {"password": PASSWORD})
    looks_ours(client.get("/accounts/2fa/totp/activate/").content.decode())


def test_the_pages_of_the_codes(db: None, browser: Client) -> None:
    visitor = Client(REMOTE_ADDR="127.0.9.1")
    form = {"email": "new@example.com", "password1": "quiet lamp over seven rivers", "terms": "on"}
    looks_ours(visitor.post("/accounts/signup/", form, follow=True).content.decode())
    looks_ours(visitor.post("/accounts/password/reset/", {"email": "new@example.com"}, follow=True).content.decode())


def test_the_second_step(browser: Client, alice: Person) -> None:
    visitor = Client(REMOTE_ADDR="127.0.9.2")
    answer = visitor.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD}, follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/2fa/authenticate/"
    looks_ours(answer.content.decode())


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_no_passkey_is_offered_at_an_address_that_is_no_name(alice: Person, host: str) -> None:
    client = Client(headers={"Host": host})
    assert "Use a passkey" not in client.get("/accounts/login/").content.decode()
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    shown = client.get("/settings/security").content.decode()
    assert "A passkey belongs to a name" in shown
    assert "Add passkey" not in shown
    assert "Use a passkey" in Client(headers={"Host": "localhost"}).get("/accounts/login/").content.decode()


def test_a_photo_that_waits_is_named_and_no_passkey_stands_before_it(db: None) -> None:
    visitor = Client(REMOTE_ADDR="127.0.9.3", headers={"Host": "localhost"})
    session = visitor.session
    session["kept_photo"] = {"name": "<chair>.jpg", "width_px": 1600, "height_px": 1200}
    session.save()
    visitor.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    page = visitor.get("/accounts/signup/").content.decode()
    assert "Your photo is waiting" in page
    assert "&lt;chair&gt;.jpg" in page
