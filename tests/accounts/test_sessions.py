"""A session lives on while it is used, is written at most once a day, and ends after ninety days."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.sessions import BEGAN, SessionStore
from tests.factories import Person


def aged(client: Client, **ages: timedelta) -> Session:
    """Sign the client's session back: used, begun so long ago."""
    row = Session.objects.get(session_key=client.session.session_key)
    row.expire_date -= ages.get("used", timedelta(0))
    data = row.get_decoded()
    data[BEGAN] -= ages.get("begun", timedelta(0)).total_seconds()
    row.session_data = SessionStore().encode(data)
    row.save()
    return row


@pytest.fixture
def signed_in(client: Client, alice: Person) -> Client:
    client.force_login(alice.user)
    return client


@pytest.mark.parametrize(("used", "renewed"), [(timedelta(hours=2), False), (timedelta(days=10), True)])
def test_a_visit_renews_a_session_once_a_day(signed_in: Client, used: timedelta, renewed: bool) -> None:
    before = aged(signed_in, used=used).expire_date
    assert signed_in.get("/gallery").status_code == 200
    after = Session.objects.get().expire_date
    assert (after > before) is renewed
    if renewed:
        assert after > timezone.now() + timedelta(days=13)


def test_after_ninety_days_one_signs_in_again(signed_in: Client) -> None:
    aged(signed_in, begun=timedelta(days=91))
    assert signed_in.get("/gallery").status_code == 302


def test_eighty_nine_days_are_no_reason_to_sign_in(signed_in: Client) -> None:
    aged(signed_in, begun=timedelta(days=89))
    assert signed_in.get("/gallery").status_code == 200
