"""How an operator comes in, and who does not."""

import re
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal import auth
from django.core import signing
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import enrollment
from accounts.models import User
from tests.accounts.turns import in_turn
from tests.factories import Person, key_of

PASSWORD = "nine lanterns by the harbor"


def link_for(email: str) -> str:
    out = StringIO()
    call_command("create_operator", email, stdout=out)
    return urlsplit(out.getvalue().strip()).path


def index() -> str:
    return reverse("admin:index")


def test_the_link_chooses_a_password_and_then_a_second_factor(db, client: Client) -> None:
    link = link_for("Olga@Example.com")
    olga = User.objects.get(email="olga@example.com")
    assert (olga.is_staff, olga.has_usable_password()) == (True, False)
    page = client.get(link)
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    assert client.post(link, {"password": "password12"}).status_code == 422
    answer = client.post(link, {"password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))

    # Signed in, but the operators' site stays closed and leads to the missing step.
    assert client.get(index())["Location"].startswith(reverse("admin:login"))
    answer = client.get(reverse("admin:login"))
    assert answer["Location"] == reverse("mfa_activate_totp")

    client.post(f"{reverse('account_reauthenticate')}?next={reverse('mfa_activate_totp')}", {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert '<svg class="qr"' in page
    assert "data:image" not in page
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    code = auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert client.get(index()).status_code == 200
    assert client.get(f"{reverse('admin:login')}?next={reverse('admin:accounts_user_changelist')}")["Location"] == (
        reverse("admin:accounts_user_changelist")
    )
    assert client.get(f"{reverse('admin:login')}?next=https://elsewhere.example/")["Location"] == index()

    # From now on the password alone is half of the way.
    fresh = Client()
    answer = fresh.post(reverse("account_login"), {"login": "olga@example.com", "password": PASSWORD})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert fresh.get(index()).status_code == 302


def test_the_link_works_once(db, client: Client) -> None:
    link = link_for("olga@example.com")
    client.post(link, {"password": PASSWORD})
    for answer in (Client().get(link), Client().post(link, {"password": "another one of mine"})):
        assert answer.status_code == 410
    assert User.objects.get().check_password(PASSWORD)


def test_of_two_requests_with_one_link_the_second_finds_it_used(committed_db, db) -> None:
    token = enrollment.invite(email="olga@example.com")
    one, other = in_turn(
        lambda: enrollment.accept(token=token, password=PASSWORD),
        lambda: enrollment.accept(token=token, password="another one of mine"),
    )
    assert (one, other) == (User.objects.get(), None)
    assert User.objects.get().check_password(PASSWORD)


def test_an_hour_later_a_newer_link_or_a_forged_one_is_refused(db, monkeypatch) -> None:
    first = enrollment.invite(email="olga@example.com")
    second = enrollment.invite(email="olga@example.com")
    assert enrollment.invited(token=first) is None
    assert enrollment.invited(token=second) is not None
    assert enrollment.invited(token=second[:-1] + ("A" if second[-1] != "A" else "B")) is None
    assert enrollment.invited(token=signing.dumps([1, "x"], salt="another purpose")) is None
    monkeypatch.setattr(enrollment, "LIFE", timedelta(seconds=-1))
    assert enrollment.invited(token=second) is None


def test_a_customer_who_becomes_an_operator_loses_the_old_password(alice: Person, client: Client) -> None:
    client.force_login(alice.user)
    link_for(alice.user.email)
    alice.user.refresh_from_db()
    assert (alice.user.is_staff, alice.user.has_usable_password()) == (True, False)
    assert client.get(reverse("accounts:keys")).status_code == 302


def test_what_is_no_address_is_refused(db) -> None:
    with pytest.raises(CommandError, match="is not an e-mail address"):
        link_for("olga")


def test_the_operators_site_has_no_sign_in_form_and_no_room_for_customers(alice: Person, client: Client) -> None:
    answer = client.get(reverse("admin:login"))
    assert answer["Location"].startswith(f"{reverse('account_login')}?next=")
    client.force_login(alice.user)
    assert client.get(reverse("admin:login")).status_code == 403
    assert client.get(index()).status_code == 302


@pytest.fixture
def operator(db) -> Client:
    """The browser of an operator with a second factor."""
    olga = User.objects.create_user("olga@example.com", PASSWORD, is_staff=True, is_superuser=True)
    auth.TOTP.activate(olga, auth.generate_totp_secret())
    client = Client()
    client.force_login(olga)
    return client


def test_people_workspaces_and_keys_are_shown_without_secrets(operator: Client, alice: Person) -> None:
    plain = key_of(alice)
    key = alice.workspace.api_keys.get()
    for name, pk in (("user", alice.user.pk), ("workspace", alice.workspace.pk), ("apikey", key.pk)):
        assert operator.get(reverse(f"admin:accounts_{name}_changelist")).status_code == 200
        page = operator.get(reverse(f"admin:accounts_{name}_change", args=[pk])).content.decode()
        for secret in (plain, bytes(key.digest).hex(), alice.user.password):
            assert secret not in page
        assert not re.search(r'name="(password|digest|is_staff|is_superuser)"', page)
