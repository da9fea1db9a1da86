import json
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.core.management import CommandError, call_command

from billing import ledger
from billing.errors import KeyOfAnotherWallet
from billing.models import Contra, Kind, LedgerEntry
from tests import factories
from tests.billing.wallets import figures, grant, journal_breaks, new_wallet

pytestmark = pytest.mark.django_db


def confirm(someone: factories.Person) -> None:
    address = EmailAddress.objects.get(user=someone.user)
    email_confirmed.send(EmailAddress, request=None, email_address=address)


def test_a_grant_adds_tokens_once_for_a_key():
    wallet = new_wallet()
    first = grant(wallet, tokens=5, key="grant:spring:1")
    assert grant(wallet, tokens=7, key="grant:spring:1") == first
    assert (first.kind, first.d_posted, first.contra, first.actor) == (Kind.GRANT, 5, Contra.PROMO, "test")
    assert figures(wallet) == (5, 0)
    assert journal_breaks() == []


def test_a_key_belongs_to_one_wallet():
    grant(new_wallet(), tokens=5, key="grant:spring:1")
    with pytest.raises(KeyOfAnotherWallet):
        grant(new_wallet(), tokens=5, key="grant:spring:1")


@pytest.mark.parametrize(("tokens", "key"), [(0, "grant:a:b"), (-1, "grant:a:b"), (1, "hold:x"), (1, "purchase:x")])
def test_a_grant_that_cannot_be_right_is_refused(tokens, key):
    with pytest.raises(ValueError, match="not a"):
        grant(new_wallet(), tokens=tokens, key=key)


def test_a_verified_address_brings_the_free_tokens_once(charlie, settings):
    confirm(charlie)
    confirm(charlie)
    assert charlie.available == settings.SIGNUP_TOKENS == 10
    entry = LedgerEntry.objects.get(wallet_id=charlie.wallet_id)
    assert (entry.key, entry.actor) == (f"grant:signup:{charlie.workspace.id}", "system")


def test_the_operator_may_give_no_welcome(charlie, settings):
    settings.SIGNUP_TOKENS = 0
    confirm(charlie)
    assert charlie.available == 0


def test_an_operator_grants_by_command(charlie):
    said = StringIO()
    for _ in range(2):
        call_command("grant_tokens", "Charlie@Example.com", "25", reason="trade fair", stdout=said)
    assert said.getvalue().splitlines()[-1] == "25 tokens granted; 50 available"
    assert {entry.reason for entry in LedgerEntry.objects.for_workspace(charlie.workspace.id)} == {"trade fair"}
    assert figures(charlie.wallet_id) == (50, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody@example.com", "5"], "nobody has"),
        (["charlie@example.com", "0"], "at least one"),
        (["charlie@example.com", "--", "-3"], "at least one"),
    ],
)
def test_a_command_that_cannot_be_right_says_why(charlie, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("grant_tokens", "--reason", "x", *arguments)
    assert charlie.available == 0


def test_a_grant_says_why(charlie):
    with pytest.raises(CommandError, match="say why"):
        call_command("grant_tokens", "charlie@example.com", "5", reason="  ")


def test_a_sound_ledger_is_reported_as_such(alice):
    said = StringIO()
    call_command("check_ledger", stdout=said)
    assert said.getvalue() == "0 breaks\n"
    said = StringIO()
    call_command("check_ledger", "--json", stdout=said)
    assert json.loads(said.getvalue()) == []


def test_wallets_are_made_on_first_use(charlie):
    assert ledger.wallet_id_for(workspace_id=charlie.workspace.id) == charlie.wallet_id
