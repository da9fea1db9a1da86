"""Tokens paid for in test mode and real money never share a database."""

from io import StringIO

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from billing import invariants
from tests.billing import sales, wallets

pytestmark = pytest.mark.django_db


def said() -> list[str]:
    return [found.id or "" for found in checks.run_checks(databases=["default"], tags=[checks.Tags.database])]


@pytest.fixture
def live(settings):
    settings.SHOP = settings.STRIPE_LIVE = True


def test_a_live_till_refuses_a_database_of_test_money(live):
    assert "billing.E001" not in said()
    sales.sold(wallets.new_wallet(), tokens=25)
    assert "billing.E001" in said()
    with pytest.raises(SystemCheckError, match="purge_test_money"):
        call_command("check", databases=["default"])


def test_the_timer_refuses_too(live):
    sales.sold(wallets.new_wallet(), tokens=25)
    with pytest.raises(SystemCheckError, match="paid in test mode"):
        call_command("timer")


@pytest.mark.parametrize("change", [{"STRIPE_LIVE": False}, {"SHOP": False}], ids=str)
def test_without_live_sales_it_is_no_matter(live, settings, change):
    for name, value in change.items():
        setattr(settings, name, value)
    sales.sold(wallets.new_wallet(), tokens=25)
    assert "billing.E001" not in said()


def test_purging_writes_off_what_is_left_and_opens_the_till(live):
    untouched, spent, refunded = wallets.new_wallet(tokens=4), wallets.new_wallet(), wallets.new_wallet()
    sales.sold(untouched, tokens=25)
    sales.sold(spent, tokens=25)
    wallets.hold(spent, tokens=20)
    sales.refunded(sales.sold(refunded, tokens=25), tokens=10)
    out = StringIO()
    call_command("purge_test_money", stdout=out)
    assert out.getvalue().strip() == "3 purchases of test mode settled, 45 tokens written off"
    assert [wallets.figures(one) for one in (untouched, spent, refunded)] == [(4, 0), (20, 20), (0, 0)]
    assert "billing.E001" not in said()
    assert [found for found in invariants.breaks() if found.rule in {"I1", "I7", "I8"}] == []
    again = StringIO()
    call_command("purge_test_money", stdout=again)
    assert again.getvalue().strip() == "0 purchases of test mode settled, 0 tokens written off"
