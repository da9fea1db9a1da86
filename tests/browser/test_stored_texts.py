"""Texts customers store are shown as they are, wherever they are shown: nothing runs, nothing is reported."""

import csv
import io
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from accounts import api_keys, audit
from accounts.models import User, Workspace
from billing import ledger
from generations import services
from generations.models import Generation
from roomai_web.ids import uuid7
from tests.billing import sales
from tests.browser.hostile_texts import FORMULA, LONG, STRINGS, joined
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import submit
from tests.live import Live

pytestmark = pytest.mark.browser
PROMPTS = [*STRINGS, *LONG]
#: What the walk finds on a page that ran something, or took a text for more than a text.
FOUND = """() => {
  // A script of ours places the layers by numbers of its own.
  const isPlaced = (name, value) => name == "style" && /^(--[a-z-]+: [\\d.]+%?;\\s*)+$/.test(value);
  const isOurs = ({ name, value }) => (isPlaced(name, value) || !/^on|^hx-on|^style$/.test(name))
    && (["value", "alt"].includes(name) || !/^\\s*javascript:/i.test(value));
  const odd = "script:not([src]):not([type='application/json']), iframe, object, embed, base, plaintext, marquee";
  return [
    ...(window.hit ? ["ran"] : []),
    ...(window.reported ?? []),
    ...[...document.querySelectorAll("*")].filter((one) => ![...one.attributes].every(isOurs)),
    ...document.querySelectorAll(odd),
  ].map((one) => one.outerHTML?.slice(0, 200) ?? one);
}"""
REPORTS = """window.reported = []; addEventListener("securitypolicyviolation",
  (event) => reported.push(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""
#: Texts with a sign of direction that could turn what stands beside them: each must stand in a box of its own.
TURNING = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(text.data)) continue;
    let box = text.parentElement;
    const isOpen = (style) => style.unicodeBidi == "normal" && /^(inline|contents)$/.test(style.display);
    while (isOpen(getComputedStyle(box))) box = box.parentElement;
    if (box.textContent.trim() != text.data.trim()) found.push(box.outerHTML.slice(0, 200));
  }
  return found;
}"""


def enter(page: Page, live: Live, user: User) -> None:
    """Sign this person in without the form."""
    client = Client()
    live.do(lambda: client.force_login(user))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": f"session_{urlsplit(live.url).port}", "value": session, "url": live.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # playwright's own dict type
    page.add_init_script(REPORTS)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))


def alone(page: Page) -> list[str]:
    """Return what stands in one run of signs with the name that turns them."""
    return page.evaluate("""() => {
      const walker = document.createTreeWalker(document.querySelector("main").parentElement, NodeFilter.SHOW_TEXT);
      const found = [];
      while (walker.nextNode()) if (walker.currentNode.data.includes("turned")) found.push(walker.currentNode.data);
      return found;
    }""")


def read(text: str) -> str:
    """Return the text as HTML is read: it knows one kind of line break."""
    return text.replace("\r", "\n")


def walk(page: Page, path: str) -> None:
    """Open a page and find nothing on it but texts."""
    page.goto(path)
    assert page.evaluate(FOUND) == [], path
    if not path.startswith("/operators"):
        assert page.evaluate(TURNING) == [], path


@pytest.fixture(scope="module")
def author(live: Live) -> Iterator[Person]:
    """Somebody who has stored all of it, in every field there is."""
    someone = live.person(tokens=5)
    live.do(lambda: _fill(someone))
    yield someone
    # Nobody held tokens for these, and other tests ask whether the copy's ledger is sound.
    live.do(lambda: Generation.objects.for_workspace(someone.workspace).filter(livemode=True).delete())


def _fill(someone: Person) -> None:
    names, reasons = joined(100), joined(500)
    for name in names:
        key, _ = api_keys.create(workspace=someone.workspace, created_by=someone.user, name=name, livemode=False)
        api_keys.revoke(key=key, by=someone.user)
    api_keys.create(workspace=someone.workspace, created_by=someone.user, name="\u202eturned", livemode=True)
    template = submit(someone, livemode=False, tokens=0).generation
    services.cancel(generation=template)
    template = Generation.objects.get(id=template.id)  # whole: what was submitted holds only what it was given
    result = {"width": 16, "height": 16, "format": "png", "seed": 7, "engine": "embedded", "subject": {}}
    for number, prompt in enumerate(PROMPTS):
        template.id, template.livemode, template.state = uuid7(), True, "succeeded"
        template.params = template.params | {"prompt": prompt}
        template.result = result | {"scene": {"understood": [prompt], "not_understood": STRINGS, "removed": []}}
        template.result_key = f"gen/{template.id}/1-{uuid4().hex}.png"
        template.refuse_reason = reasons[number % len(reasons)]
        template.save(force_insert=True)
    User.objects.bulk_create(User(email=f"{uuid4().hex}@example.com", name=text) for text in names)
    Workspace.objects.bulk_create(Workspace(name=text) for text in names)
    for text in joined(32):
        sales.sold(someone.wallet_id, tokens=1, pack_code=text[:32])
    for text in [*FORMULA, *joined(400)]:
        with transaction.atomic():
            ledger.grant(wallet_id=someone.wallet_id, tokens=1, key=f"grant:{uuid4()}", actor="test", reason=text)
        audit.record(actor=audit.SYSTEM, what="test", workspace_id=someone.workspace.id, reason=text)


def test_there_are_as_many_texts_as_were_asked_for() -> None:
    assert len(set(STRINGS)) >= 120


def test_prompts_and_key_names_are_texts(page: Page, live: Live, author: Person) -> None:
    enter(page, live, author.user)
    seen, path = set(), "/gallery"
    while path:
        walk(page, path)
        seen |= set(page.locator(".tile__words").evaluate_all("all => all.map((one) => one.textContent)"))
        more = page.locator(".more a")
        path = more.first.get_attribute("href") or "" if more.count() else ""
        path = path if not path or path.startswith("/") else f"/gallery{path}"
    assert {read(prompt) for prompt in PROMPTS} - seen == set()
    tile = page.locator(".tile__link").first.get_attribute("href")
    for address in (f"{tile}", f"{tile}/delete", f"{tile}/refuse", f"/studio?again={str(tile).rpartition('/')[2]}"):
        walk(page, address)
    walk(page, "/developers/keys")
    for name in joined(100):
        assert read(name) in page.locator("tbody strong").evaluate_all("all => all.map((one) => one.textContent)")
    page.locator("tbody a").first.click()
    expect(page.locator("#dialog")).to_contain_text("\u202eturned")
    page.keyboard.press("Escape")
    walk(page, str(page.locator("tbody a").first.get_attribute("href")))
    assert alone(page) == ["\u202eturned"]
    page.locator("main button.btn--danger").click()
    page.wait_for_url("**/developers/keys")
    assert "\u2068\u202eturned\u2069" in " ".join(alone(page))


def test_what_the_studio_is_given_is_a_text(page: Page, live: Live, author: Person) -> None:
    enter(page, live, author.user)
    for text in joined(900):
        walk(page, "/studio?" + urlencode({"prompt": text, "sample": text[:90], "again": text[:90]}))
        expect(page.locator("#id_prompt")).to_have_value(read(text))
    for number, text in enumerate(joined(200)):
        name = " ".join(text.replace("/", "\u2215").split())
        photo = quick_pictures.png(shade=number)
        page.set_input_files("#id_image", {"name": name, "mimeType": "image/png", "buffer": photo})
        shown = page.locator("[data-name]").first
        expect(shown).to_have_js_property("textContent", name)
        assert page.evaluate(FOUND) == []
        assert page.evaluate(TURNING) == []


def test_the_pages_of_money_and_of_operators_show_texts(page: Page, live: Live, author: Person) -> None:
    enter(page, live, author.user)
    walk(page, "/billing")
    lines = list(csv.DictReader(io.StringIO(page.request.get("/billing/history.csv").text())))
    reasons = [line["reason"] for line in lines if line["reason"]]
    assert len(reasons) >= len(FORMULA)
    assert [reason for reason in reasons if reason[:1] in set("=+-@\t\r")] == []
    operator = live.person().user

    def made_operator() -> None:
        User.objects.filter(id=operator.id).update(is_staff=True, is_superuser=True)
        auth.TOTP.activate(operator, auth.generate_totp_secret())

    live.do(made_operator)
    enter(page, live, User(id=operator.id, password=operator.password, email=operator.email, is_staff=True))
    for model in ("accounts/user", "accounts/workspace", "accounts/apikey", "accounts/auditentry"):
        walk(page, f"/operators/{model}/?all=")
    for model in ("generations/generation", "billing/ledgerentry", "billing/purchase", "billing/wallet"):
        walk(page, f"/operators/{model}/")
        page.locator("#result_list tbody a").first.click()
        assert page.evaluate(FOUND) == []
