"""The pages of API keys, by their own forms."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import api_keys
from accounts.models import ApiKey
from tests.factories import PASSWORD, Person, key_of

KEYS = "/developers/keys"
CREATE = "/developers/keys/create"


def confirm_password(client: Client) -> None:
    client.post(f"{reverse('account_reauthenticate')}?next={KEYS}", {"password": PASSWORD})


@pytest.fixture
def browser(alice: Person) -> Client:
    """alice's browser, her password confirmed a moment ago."""
    client = Client()
    client.force_login(alice.user)
    confirm_password(client)
    return client


def filled_in(client: Client, **changes: object) -> dict[str, object]:
    """Return the form as the page gives it, with these fields filled in; a list is sent as several values."""
    page = client.get(CREATE)
    assert page.status_code == 200, page
    found = re.search(r'name="key_id" value="([^"]+)"', page.content.decode())
    assert found
    form: dict[str, object] = {"key_id": found[1], "name": "shop import", "mode": "live", "expiry": "90"}
    return form | {"scopes": ["generate", "read"]} | changes


def shown_key(page: str) -> str:
    found = re.search(r'value="(rai_(?:live|test)_\w{38})"', page)
    assert found, page
    return found[1]


def test_a_visitor_is_led_to_the_sign_in_page(db, client: Client) -> None:
    for path in (KEYS, CREATE):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_no_keys_yet_is_said_in_words(alice: Person, client: Client) -> None:
    client.force_login(alice.user)
    assert "No API keys yet. A key lets your program use your tokens." in client.get(KEYS).content.decode()


def test_a_key_is_made_and_shown_once(alice: Person, browser: Client, mailoutbox) -> None:
    form = filled_in(browser)
    answer = browser.post(CREATE, form)
    page = answer.content.decode()
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    plain = shown_key(page)
    assert f"Authorization: Bearer {plain}" in page
    key = api_keys.authenticate(presented=plain)
    assert key is not None
    assert (key.workspace, key.created_by, key.name, key.livemode) == (alice.workspace, alice.user, "shop import", True)
    assert key.expires_at is not None
    assert abs(key.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)

    again = browser.post(CREATE, form)
    assert again.status_code == 409
    assert "This key was shown once and cannot be shown again." in again.content.decode()
    assert plain not in again.content.decode()
    assert ApiKey.objects.count() == 1

    listed = browser.get(KEYS).content.decode()
    assert (f"rai_live_…{plain[-4:]}" in listed, "shop import" in listed, plain in listed) == (True, True, False)
    assert plain not in str(dict(browser.session))

    [message] = mailoutbox
    assert (message.to, plain in message.body) == ([alice.user.email], False)
    assert message.subject == "A new API key was made: shop import"


def test_what_was_ticked_is_what_the_key_may(browser: Client) -> None:
    form = filled_in(browser, mode="test", expiry="never", scopes=["read", "billing:read", "webhooks"])
    key = api_keys.authenticate(presented=shown_key(browser.post(CREATE, form).content.decode()))
    assert key is not None
    assert (key.livemode, key.expires_at, key.scopes) == (False, None, ["read", "billing:read", "webhooks"])


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": "x" * 101}, {"scopes": []}, {"scopes": ["everything"]}, {"mode": "free"}, {"expiry": "31"}],
)
def test_a_form_that_will_not_do_makes_no_key(browser: Client, changes: dict[str, object]) -> None:
    answer = browser.post(CREATE, filled_in(browser, **changes))
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_the_twenty_first_key_is_refused_in_words(alice: Person, browser: Client) -> None:
    for _ in range(20):
        key_of(alice)
    answer = browser.post(CREATE, filled_in(browser))
    assert answer.status_code == 422
    assert "at most 20 working keys" in answer.content.decode()


def test_making_a_key_asks_for_the_password_again(alice: Person, client: Client) -> None:
    client.force_login(alice.user)
    for answer in (client.get(CREATE), client.post(CREATE, {"name": "stolen session"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not ApiKey.objects.exists()
    wrong = client.post(reverse("account_reauthenticate"), {"password": "not this one"})
    assert "The password is not correct" in wrong.content.decode()
    confirm_password(client)
    assert client.get(CREATE).status_code == 200


def test_after_five_minutes_the_password_is_asked_again(browser: Client) -> None:
    form = filled_in(browser)
    session = browser.session
    session["account_authentication_methods"][-1]["at"] -= 301
    session.save()
    assert browser.post(CREATE, form).status_code == 302
    assert not ApiKey.objects.exists()
    # The form that was on its way is taken up where it was left.
    resumed = browser.post(f"{reverse('account_reauthenticate')}?next={CREATE}", {"password": PASSWORD})
    assert api_keys.authenticate(presented=shown_key(resumed.content.decode())) is not None


def test_revoking_asks_once_more_and_is_final(alice: Person, client: Client) -> None:
    plain = key_of(alice)
    key = ApiKey.objects.get()
    client.force_login(alice.user)
    address = reverse("accounts:key_revoke", args=[key.id])
    asked = client.get(address).content.decode()
    assert "This cannot be undone" in asked
    assert api_keys.authenticate(presented=plain) == key
    answer = client.post(address, follow=True).content.decode()
    assert api_keys.authenticate(presented=plain) is None
    assert ("no longer works" in answer, "Revoked" in answer, address in answer) == (True, True, False)


def test_a_stranger_s_key_is_not_found(alice: Person, charlie: Person, client: Client) -> None:
    plain = key_of(alice)
    address = reverse("accounts:key_revoke", args=[ApiKey.objects.get().id])
    client.force_login(charlie.user)
    missing = client.get("/developers/keys/00000000-0000-7000-8000-000000000000/revoke")
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, missing.status_code) == (404, 404)
    assert api_keys.authenticate(presented=plain) is not None
    assert plain[-4:] not in client.get(KEYS).content.decode()


def test_the_list_asks_the_database_as_often_for_many_keys_as_for_one(
    alice: Person, client: Client, django_assert_max_num_queries
) -> None:
    for _ in range(15):
        key_of(alice)
    client.force_login(alice.user)
    with django_assert_max_num_queries(10):
        assert client.get(KEYS).content.decode().count("Revoke<") == 15


def test_a_mail_server_that_is_away_does_not_cost_the_key(browser: Client, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = browser.post(CREATE, filled_in(browser))
    assert api_keys.authenticate(presented=shown_key(answer.content.decode())) is not None
