from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from billing.context_processors import wallet
from tests.billing.wallets import hold


def page_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return wallet(request)["wallet"]


def test_a_visitor_has_no_wallet():
    assert page_of(AnonymousUser()) is None


def test_a_person_sees_their_own_balance(alice, charlie):
    hold(alice.wallet_id, tokens=3)
    assert (page_of(alice.user).available, page_of(alice.user).held) == (7, 3)
    assert page_of(charlie.user).available == 0


def test_a_page_that_shows_no_balance_reads_none(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        page_of(alice.user)
