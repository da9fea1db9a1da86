"""Every mail of ours: subject, text and HTML, absolute links, nothing fetched, what people wrote escaped, sent once."""

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import api_keys
from accounts import notices as account_notices
from accounts.models import ApiKey
from billing import full_keys
from billing import notices as money_notices
from billing.models import KeyBudget, Purchase, Refund
from generations import notices as run_notices
from generations.models import Generation, State
from generations.webhooks import delivering
from generations.webhooks.models import WebhookEndpoint, every_type
from tests.billing import sales
from tests.factories import Person
from tests.generations.submitting import submitted

pytestmark = pytest.mark.django_db
NAME = 'Tom & <b>"Jerry"</b>'
FOLDER = Path(settings.BASE_DIR, "templates/email")


def key_of(someone: Person) -> ApiKey:
    key, _ = api_keys.create(workspace=someone.workspace, created_by=someone.user, name=NAME, livemode=True)
    return key


def refund_of(someone: Person) -> Refund:
    purchase = sales.sold(someone.wallet_id, tokens=5)
    return Refund.objects.create(purchase=purchase, refund_id="re_1", amount=500, tokens_taken=5, status="succeeded")


def gone(someone: Person) -> None:
    endpoint = WebhookEndpoint.objects.create(
        workspace=someone.workspace, livemode=True, url="https://hooks.example.com/a", events=every_type()
    )
    delivering.disable(endpoint_id=endpoint.id)
    run_notices.endpoint_disabled(endpoint_id=endpoint.id)


def returned(someone: Person) -> None:
    row, now = submitted(someone), timezone.now()
    Generation.objects.filter(id=row.id).update(state=State.SUCCEEDED, finished_at=now, refused_at=now, tokens_used=1)
    run_notices.token_returned(generation_id=row.id)


SEND = {
    "key_created": lambda a: account_notices.key_created(key=key_of(a)),
    "key_revoked": lambda a: account_notices.key_revoked(key=key_of(a)),
    "key_limit": lambda a: money_notices.key_limit(key=key_of(a), limit=5, resets_on=date(2026, 12, 1)),
    "receipt": lambda a: money_notices.receipt(purchase_id=sales.sold(a.wallet_id, tokens=5).id),
    "refund": lambda a: money_notices.refunded(refund_id=refund_of(a).refund_id),
    "dispute": lambda a: money_notices.disputed(purchase_id=sales.sold(a.wallet_id, tokens=5).id),
    "payment_checked": lambda a: money_notices.looked_into(purchase_id=sales.sold(a.wallet_id, tokens=5).id),
    "low_balance": lambda a: money_notices.low_balance(wallet_id=a.wallet_id, left=2),
    "endpoint_disabled": gone,
    "token_returned": returned,
}

#: The same news once more, as a message that comes twice or a sweep that looks again would bring it.
AGAIN = {
    "key_revoked": lambda a: account_notices.key_revoked(key=ApiKey.objects.get()),
    "key_limit": lambda a: money_notices.key_limit(key=ApiKey.objects.get(), limit=5, resets_on=date(2026, 12, 1)),
    "payment_checked": lambda a: money_notices.looked_into(purchase_id=Purchase.objects.get().id),
    "endpoint_disabled": lambda a: run_notices.endpoint_disabled(endpoint_id=WebhookEndpoint.objects.get().id),
    "token_returned": lambda a: run_notices.token_returned(generation_id=Generation.objects.get().id),
}


def test_every_mail_is_looked_at() -> None:
    named = {path.stem for path in FOLDER.glob("*.html") if not path.name.startswith("_")}
    assert set(SEND) <= named
    for name in named:
        assert {path.suffix for path in FOLDER.glob(f"{name}.*")} == {".html", ".text", ".subject"}


@pytest.mark.parametrize("name", sorted(SEND))
def test_a_mail_is_whole(alice: Person, mailoutbox: list[Any], name: str) -> None:
    SEND[name](alice)
    (message,) = mailoutbox
    (html, kind), text = message.alternatives[0], message.body
    assert message.to == [alice.user.email]
    assert message.subject.strip()
    assert "\n" not in message.subject
    assert text.strip()
    assert kind == "text/html"
    for part in (message.subject, text, html):
        assert not re.search(r"\{[{%#]|[%#}]\}|None", part)
    links = re.findall(r'href="([^"]*)"', html)
    assert links
    assert all(link.startswith(settings.PUBLIC_URL) for link in links)
    (button,) = re.findall(r'class="button" href="([^"]*)"', html)
    assert f'<p class="small">{button}</p>' in html
    assert unescape(button) in text
    assert not re.search(r"<img|<link|<script|@import|url\(|@font-face", html)
    assert "prefers-color-scheme: dark" in html
    if name.startswith("key_"):
        assert NAME in text
        assert "Tom &amp; &lt;b&gt;" in html
        assert "<b>" not in html


@pytest.mark.parametrize("name", sorted(AGAIN))
def test_news_is_sent_once(alice: Person, mailoutbox: list[Any], name: str) -> None:
    SEND[name](alice)
    cache.clear()
    AGAIN[name](alice)
    assert len(mailoutbox) == 1


def test_a_key_that_is_used_up_is_told_once_a_month(alice: Person, mailoutbox: list[Any]) -> None:
    key = key_of(alice)
    ApiKey.objects.filter(id=key.id).update(monthly_token_cap=3)
    first = timezone.now().date().replace(day=1)
    budget = KeyBudget.objects.create(api_key=key, period=first, committed=2)
    full_keys.tell()
    assert mailoutbox == []
    KeyBudget.objects.filter(id=budget.id).update(committed=3)
    for _ in range(2):
        full_keys.tell()
        cache.clear()
    assert len(mailoutbox) == 1
    assert "spent its 3 tokens of this month or set them aside" in mailoutbox[0].body
    ApiKey.objects.filter(id=key.id).update(monthly_token_cap=2)
    full_keys.tell()
    assert len(mailoutbox) == 2


def test_a_revoked_key_is_told_to_the_owners_once(client: Client, alice: Person, mailoutbox: list[Any]) -> None:
    key = key_of(alice)
    client.force_login(alice.user)
    for _ in range(2):
        client.post(f"/developers/keys/{key.id}/revoke")
    assert [message.subject for message in mailoutbox] == [f"API key revoked: {NAME}"]
