"""A passkey's life, with Chromium's virtual authenticator: offered at sign-up, added, used, removed."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.live import Live

pytestmark = pytest.mark.browser


@pytest.fixture
def authenticator(page: Page) -> Page:
    """The page of a browser whose device keeps passkeys and lets its owner in."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = kind | {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def sign_up(page: Page, live: Live) -> str:
    """Sign up; return the address, on the page that offers a passkey."""
    page.goto("/accounts/signup/")
    address = fill_sign_up(page, live)
    page.wait_for_url("**/settings/security/passkey")
    return address


def fill_sign_up(page: Page, live: Live) -> str:
    """Fill in the page of the sign-up and the code that is mailed; return the address."""
    address = f"key{uuid4().hex[:10]}@example.com"
    page.locator("[name=email]").fill(address)
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=terms]").check()
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/confirm-email/**")
    code = re.search(r"^\s*([0-9A-Z]{6})\s*$", live.mail_to(address)[0].text, re.MULTILINE)
    assert code
    page.locator("[name=code]").first.fill(code[1])
    page.get_by_role("button", name="Confirm").click()
    return address


def test_who_came_to_buy_is_led_back_to_the_pack_after_signing_up(page: Page, live: Live) -> None:
    page.goto("/pricing")
    page.locator("[name=pack][value=p500]").check()
    page.locator("[data-buy]").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("link", name="Create an account").click()
    page.wait_for_url("**/accounts/signup/**")
    fill_sign_up(page, live)
    page.wait_for_url(lambda url: urlsplit(url).path == "/billing")
    expect(page.locator("[name=pack][value=p500]")).to_be_checked()


def add_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add passkey").click()
    page.wait_for_url("**/webauthn/add/**")
    page.wait_for_load_state()  # only then does the button do what it says
    page.get_by_role("button", name="Add passkey").click()


def test_a_passkey_is_offered_added_used_and_removed(authenticator: Page, live: Live) -> None:
    page = authenticator
    address = sign_up(page, live)
    add_passkey(page)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert live.mail_to(address)[0].subject == "A passkey was added"

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/studio")

    page.goto("/settings/security")
    page.get_by_role("link", name=re.compile("Remove")).click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.get_by_role("link", name="Add passkey")).to_be_visible()
    assert live.mail_to(address)[0].subject == "A passkey was removed"


def test_a_passkey_is_the_second_step_after_the_password(authenticator: Page, live: Live) -> None:
    page = authenticator
    address = sign_up(page, live)
    add_passkey(page)
    page.wait_for_url("**/recovery-codes/")
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(address)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/studio")


def test_the_page_says_so_when_there_is_no_passkey(authenticator: Page) -> None:
    page = authenticator
    page.goto("/accounts/login/")
    refusal = "Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.credentials.get = () => {refusal} }}")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()


def test_what_was_typed_can_be_looked_at(page: Page) -> None:
    page.goto("/accounts/login/")
    field = page.locator("[name=password]")
    field.fill("a long phrase")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "password")


def test_without_scripts_the_offer_says_what_needs_them(plain_page: Page, live: Live) -> None:
    sign_up(plain_page, live)
    expect(plain_page.get_by_text("Adding a passkey needs scripts")).to_be_visible()
    expect(plain_page.get_by_role("link", name="Add passkey")).to_be_hidden()
    plain_page.get_by_role("link", name=re.compile("Not now")).click()
    plain_page.wait_for_url("**/studio")
