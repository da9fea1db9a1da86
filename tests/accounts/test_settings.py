"""The pages of settings, by their own forms."""

import pytest
from django.conf import settings
from django.test import Client

from accounts import preferences
from accounts.models import AuditEntry, Device, Preferences
from billing import notices
from generations import catalog
from tests.factories import PASSWORD, Person

PAGES = ["", "/profile", "/preferences", "/security", "/notifications", "/privacy"]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def browser(alice: Person) -> Client:
    client = Client()
    client.force_login(alice.user)
    return client


def log_in(someone: Person, user_agent: str) -> Client:
    """Return a browser of this kind after its owner signed in by the page."""
    client = Client(headers={"User-Agent": user_agent})
    answer = client.post("/accounts/login/", {"login": someone.user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


@pytest.mark.parametrize("page", PAGES)
def test_each_section_is_a_page_with_one_navigation(browser: Client, page: str) -> None:
    shown = browser.get(f"/settings{page}").content.decode()
    assert shown.count("<h1") == 1
    assert shown.count('aria-current="page"') == 1
    assert shown.count('class="rail settings__nav"') == 1


def test_a_name_is_kept_and_one_too_long_is_not(browser: Client, alice: Person) -> None:
    assert browser.post("/settings/profile", {"name": "Alice A."})["Location"] == "/settings/profile"
    alice.user.refresh_from_db()
    assert alice.user.name == "Alice A."
    assert browser.post("/settings/profile", {"name": "x" * 101}).status_code == 422


def test_the_theme_is_there_at_once_and_at_the_next_sign_in(browser: Client, alice: Person) -> None:
    answer = browser.post("/settings/preferences", {"theme": "dark", "picture_format": ""}, follow=True)
    assert 'data-theme="dark"' in answer.content.decode()
    assert log_in(alice, FIREFOX).cookies["theme"].value == "dark"
    answer = browser.post("/settings/preferences", {"theme": "system", "picture_format": ""}, follow=True)
    assert 'data-theme="' not in answer.content.decode().partition("<head")[0]


def test_the_studio_starts_with_the_chosen_format(browser: Client) -> None:
    browser.post("/settings/preferences", {"theme": "system", "picture_format": "webp"})
    assert '<option value="webp" selected>' in browser.get("/studio").content.decode()
    assert browser.post("/settings/preferences", {"theme": "system", "picture_format": "gif"}).status_code == 422


def test_the_formats_to_choose_are_those_of_the_catalogue() -> None:
    written = {choice for row in catalog.get("changebg").table() if row.name == "format" for choice in row.choices}
    assert set(preferences.Format.values) == written


@pytest.mark.parametrize("days", ["0", "366", "", "many"])
def test_days_out_of_range_change_nothing(browser: Client, alice: Person, days: str) -> None:
    assert browser.post("/settings/privacy", {"retention_days": days}).status_code == 422
    alice.workspace.refresh_from_db()
    assert alice.workspace.retention_days is None


def test_the_days_are_kept_and_written_down(browser: Client, alice: Person) -> None:
    browser.post("/settings/privacy", {"retention_days": "7"})
    alice.workspace.refresh_from_db()
    assert preferences.retention_days(alice.workspace) == 7
    changed = AuditEntry.objects.get(what="retention_changed")
    assert (changed.before, changed.after) == ({"days": settings.RETENTION_DAYS}, {"days": 7})


def test_mail_of_an_empty_wallet_can_be_switched_off(browser: Client, alice: Person, mailoutbox) -> None:
    notices.low_balance(wallet_id=alice.wallet_id, left=0)
    assert len(mailoutbox) == 1
    browser.post("/settings/notifications", {})
    assert Preferences.objects.get(user=alice.user).mails_low_balance is False
    notices.low_balance(wallet_id=alice.wallet_id, left=0)
    assert len(mailoutbox) == 1


def test_a_browser_never_used_before_is_told_by_mail(alice: Person, mailoutbox) -> None:
    log_in(alice, FIREFOX)
    assert mailoutbox == []
    log_in(alice, FIREFOX.replace("130", "131"))
    assert mailoutbox == []
    log_in(alice, IPHONE)
    [message] = mailoutbox
    assert message.subject == "A new sign-in to Room AI"
    assert "Safari on iPhone" in message.body
    assert Device.objects.filter(user=alice.user).count() == 2


def test_sessions_are_listed_and_ended(alice: Person, charlie: Person) -> None:
    here, there, third = log_in(alice, FIREFOX), log_in(alice, IPHONE), log_in(alice, IPHONE)
    page = here.get("/settings/security").content.decode()
    assert page.count("This device") == 1
    assert page.index("Firefox on Linux") < page.index("Safari on iPhone")
    address = page.partition('action="/settings/security/sessions/')[2].partition('"')[0]
    stranger = log_in(charlie, FIREFOX)
    assert stranger.post(f"/settings/security/sessions/{address}").status_code == 404
    here.post(f"/settings/security/sessions/{address}")
    assert sorted(one.get("/settings").status_code for one in (there, third)) == [200, 302]
    here.post("/settings/security/sessions/end-others")
    assert [one.get("/settings").status_code for one in (here, there, third)] == [200, 302, 302]
    assert set(AuditEntry.objects.values_list("what", flat=True)) >= {"signed_in", "session_ended", "sessions_ended"}


def test_changes_of_access_are_told_and_written_down(browser: Client, alice: Person, mailoutbox) -> None:
    new = "quiet lamp over seven rivers"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    browser.post("/accounts/reauthenticate/?next=/settings", {"password": PASSWORD})
    browser.post("/accounts/password/change/", form)
    [message] = mailoutbox
    assert message.subject == "Your password was changed"
    assert any(kind == "text/html" for _body, kind in message.alternatives)
    assert AuditEntry.objects.filter(what="password_changed", actor=f"user {alice.user.pk}").count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_for_people_who_are_signed_in(client: Client, db: None, page: str) -> None:
    assert client.get(f"/settings{page}")["Location"].startswith("/accounts/login/")
