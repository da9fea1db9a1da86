"""Buying tokens in a browser: from an empty balance through the hosted page and back, and every way it can go."""

import csv
import io
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from roomai_web.embedded import processes
from tests import pictures
from tests.browser.buying import enter, go_to_pay, newcomer, pay, sign_in, unhurried
from tests.factories import PASSWORD, Person
from tests.live import Live, free_port, wait_until_ready

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("which", ["page", "plain_page"])
LABEL = "TEST MODE - no real money"


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    unhurried()


@pytest.fixture
def buyer(live: Live) -> Person:
    """Somebody with an empty wallet and a password."""
    return newcomer(live)


def prepare_picture(page: Page) -> None:
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    page.locator("#id_prompt").fill(pictures.PROMPT)


def expect_kept(page: Page) -> None:
    """The studio as it was left: photo, words, and now a price that can be paid."""
    expect(page.locator("#id_prompt")).to_have_value(pictures.PROMPT)
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))
    expect(page.locator("[data-photo]")).to_be_visible()


def history(page: Page) -> list[dict[str, str]]:
    """Return the lines of the CSV, fetched as the signed-in person."""
    answer = page.request.get("/billing/history.csv")
    return list(csv.DictReader(io.StringIO(answer.text())))


@BOTH
def test_an_empty_balance_leads_to_the_packs_and_back_to_a_picture(
    which: str, request: pytest.FixtureRequest, live: Live, buyer: Person
) -> None:
    page: Page = request.getfixturevalue(which)
    addresses: list[str] = []
    page.on("request", lambda sent: addresses.append(sent.url))
    enter(page, live, buyer, "/studio")
    prepare_picture(page)
    expect(page.locator("[data-short]")).to_have_text("This needs 1 token; you have 0.")
    expect(page.locator("[data-generate]")).to_have_count(0)
    page.get_by_role("button", name="Add 1 token").click()
    page.wait_for_url("**/billing?**")
    pay_page = go_to_pay(page)
    expect(pay_page).to_contain_text("5.00 USD")
    pay(page, "ok")
    expect(page.locator("h1")).to_have_text("25 tokens added")
    page.get_by_role("link", name="Back to where you were").click()
    page.wait_for_url("**/studio")
    expect_kept(page)
    if which == "page":
        expect(page.locator("[data-preview]")).to_be_visible()
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)
    assert live.available(buyer) == 24
    receipt = live.mail_to(buyer.user.email)[0]
    assert receipt.subject == "Receipt: 25 Room AI tokens"
    assert LABEL in receipt.text
    assert LABEL in receipt.html
    assert "5.00 USD" in receipt.text
    page.goto("/studio")
    expect(page.locator("[data-upload]")).to_have_value("")
    telling = max(pictures.PROMPT.split(), key=len)
    assert [url for url in addresses if telling in url] == []
    expect_sound_history(page)


def expect_sound_history(page: Page) -> None:
    """In every line of the CSV the running sum is the balance, and the last one is what the page shows."""
    lines, tokens, reserved = history(page), 0, 0
    assert [line["event"] for line in lines] == ["purchase", "hold", "post"]
    for line in lines:
        tokens, reserved = tokens + int(line["tokens"]), reserved + int(line["reserved"])
        assert (tokens, reserved) == (int(line["balance"]), int(line["reserved_after"]))
    page.goto("/billing")
    expect(page.locator("dl dd.num").first).to_have_text(str(tokens - reserved))
    expect(page.locator(".ledger__event").last).to_have_text("Purchase")


def test_a_declined_card_may_try_again_and_the_bank_may_ask(page: Page, live: Live, buyer: Person) -> None:
    enter(page, live, buyer, "/billing")
    go_to_pay(page, pack="p100")
    pay(page, "declined")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    pay(page, "3ds")
    pay(page, "3ds-no")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    assert live.available(buyer) == 0
    pay(page, "3ds")
    pay(page, "3ds-yes")
    expect(page.locator("h1")).to_have_text("100 tokens added")
    page.reload()
    expect(page.locator("h1")).to_have_text("100 tokens added")
    assert live.available(buyer) == 100


@BOTH
def test_money_that_comes_later_is_waited_for(
    which: str, request: pytest.FixtureRequest, live: Live, buyer: Person
) -> None:
    page: Page = request.getfixturevalue(which)
    enter(page, live, buyer, "/billing")
    go_to_pay(page)
    pay(page, "bank")
    expect(page.locator("h1")).to_have_text("Your payment is on its way")
    session = parse_qs(urlsplit(page.url).query)["session_id"][0]
    page.wait_for_url("**asked=1")
    assert live.available(buyer) == 0
    live.play(what="bank_pays", id=session)
    expect(page.locator("h1")).to_have_text("25 tokens added")
    assert live.available(buyer) == 25


def test_money_that_never_comes_is_said(page: Page, live: Live, buyer: Person) -> None:
    enter(page, live, buyer, "/billing")
    go_to_pay(page)
    pay(page, "bank")
    expect(page.locator("h1")).to_have_text("Your payment is on its way")
    live.play(what="bank_fails", id=parse_qs(urlsplit(page.url).query)["session_id"][0])
    expect(page.locator("h1")).to_have_text("No payment was made")
    page.goto("/billing")
    expect(page.locator(".dot--bad")).to_have_text("Payment failed")
    assert live.available(buyer) == 0


def test_turning_back_costs_nothing_and_loses_nothing(page: Page, live: Live, buyer: Person) -> None:
    enter(page, live, buyer, "/studio")
    prepare_picture(page)
    page.locator("[data-top-up]").click()
    go_to_pay(page)
    page.get_by_role("link", name="Cancel and go back").click()
    expect(page.locator("h1")).to_have_text("No payment was made")
    expect(page.locator("[name=pack][value=p25]")).to_be_checked()
    expect(page.locator("[data-test-mode]")).to_contain_text(LABEL)
    page.get_by_role("link", name="Back to where you were").click()
    expect_kept(page)
    assert live.available(buyer) == 0


def test_the_keyboard_suffices(page: Page, live: Live, buyer: Person) -> None:
    enter(page, live, buyer, "/billing")
    tab_to(page, "[name=pack]")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[name=pack][value=p25]")).to_be_checked()
    expect(page.locator("[data-buy]")).to_contain_text("5.00 USD")
    tab_to(page, "[data-buy]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/pay/**")
    tab_to(page, "button[value=ok]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("25 tokens added")
    tab_to(page, "main .btn--primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(f"{wanted}:focus").count():
            return
    raise AssertionError(f"{wanted} was not reached by Tab")


def test_a_choice_made_signed_out_is_there_after_the_sign_in(plain_page: Page, buyer: Person) -> None:
    page = plain_page
    page.goto("/")
    page.get_by_role("link", name="Pricing").first.click()
    expect(page.locator("[data-test-mode]")).to_contain_text(LABEL)
    page.locator("[name=pack][value=p500]").check()
    expect(page.locator("[data-buy]")).to_contain_text("80.00 USD")
    page.locator("[data-buy]").click()
    page.wait_for_url("**/accounts/login/**")
    sign_in(page, buyer)
    page.wait_for_url(lambda url: urlsplit(url).path == "/billing")
    expect(page.locator("[name=pack][value=p500]")).to_be_checked()


def test_invoices_are_a_click_away_and_every_page_says_that_no_money_is_real(page: Page, buyer: Person) -> None:
    page.goto("/accounts/login/?next=/billing")
    sign_in(page, buyer)
    expect(page.locator("[data-test-mode]")).to_contain_text(LABEL)
    go_to_pay(page)
    pay(page, "ok")
    expect(page.locator("[data-test-mode]")).to_contain_text(LABEL)
    expect(page.locator("#balance")).to_contain_text("TEST")
    page.goto("/billing")
    page.get_by_role("button", name="Invoices and payment methods").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/p/session/**")
    expect(page.locator("main a")).to_have_count(2)
    page.get_by_role("link", name="Go back").click()
    page.wait_for_url("**/billing")


@pytest.fixture
def closed(live: Live) -> Iterator[str]:
    """The copy's pages once more, by a web process that sells nothing; its address."""
    port = free_port()
    without = {name: value for name, value in live.environment.items() if not name.startswith("STRIPE_")}
    url = f"http://localhost:{port}"
    environment = without | {"BILLING": "off", "PORT": str(port), "PUBLIC_URL": url}
    web = processes.ours(environment=environment, port=port)[0]
    web.start()
    try:
        wait_until_ready(url)
        yield url
    finally:
        processes.stop_all([web])


def test_where_nothing_is_sold_nothing_leads_to_it(browser: Browser, live: Live, closed: str) -> None:
    member = live.person(tokens=3)
    context = browser.new_context(base_url=closed, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/")
    assert page.locator("a[href*=pricing]").count() == 0
    enter(page, live, member, "/billing")
    expect(page.locator("dl dd.num").first).to_have_text("3")
    expect(page.locator(".ledger__event")).to_have_text(["Grant"])
    assert page.locator("a[href*=pricing], [data-shop], [data-test-mode], form[action*=portal]").count() == 0
    assert "TEST" not in page.locator("#balance").inner_text()
    for path in ("/pricing", "/billing/return?session_id=cs_1"):
        assert page.request.get(path).status == 404
    context.close()
    assert httpx.post(f"{closed}/hooks/stripe", content=b"{}").status_code == 404
    policy = httpx.get(f"{closed}/").headers["Content-Security-Policy"]
    assert re.search(r"form-action 'self'(;|$)", policy)


@pytest.mark.parametrize("path", ["/", "/pricing", "/billing", "/docs/proof", "/studio"])
def test_nothing_scrolls_sideways_on_a_phone(page: Page, live: Live, buyer: Person, path: str) -> None:
    enter(page, live, buyer, path)
    for width in (320, 390, 480):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") == width
