"""From a stranger to a signed-in person and back, by the pages' own forms."""

import re
from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import workspaces
from accounts.models import Role, User
from tests.factories import PASSWORD, Person

NEW_PASSWORD = "quiet lamp over seven rivers"
_addresses = count(1)


@pytest.fixture
def visitor() -> Client:
    """A browser with an address of its own, so that one test's attempts do not count for another's limit."""
    return Client(REMOTE_ADDR=f"127.0.1.{next(_addresses)}")


def sign_up(visitor: Client, email: str, **changes: str) -> HttpResponse:
    form = {"email": email, "password1": NEW_PASSWORD, "terms": "on"} | changes
    return visitor.post(reverse("account_signup"), {name: value for name, value in form.items() if value})


def code_in(message: EmailMessage) -> str:
    found = re.search(r"^ +([A-Z]{6})$", str(message.body), re.MULTILINE)
    assert found, message.body
    return found[1]


def is_signed_in(visitor: Client) -> bool:
    return "_auth_user_id" in visitor.session


def test_sign_up_proves_the_address_and_signs_in(db, visitor: Client, mailoutbox) -> None:
    answer = sign_up(visitor, "Dora@Example.com")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    assert not is_signed_in(visitor)
    dora = User.objects.get(email="dora@example.com")
    assert (dora.terms_version, dora.terms_accepted_at is not None) == (settings.TERMS_VERSION, True)
    assert [membership.role for membership in dora.memberships.all()] == [Role.OWNER]

    [message] = mailoutbox
    assert message.to == ["dora@example.com"]
    assert message.subject == f"{code_in(message)} is your Room AI code"
    assert any(code_in(message) in body and kind == "text/html" for body, kind in message.alternatives)

    answer = visitor.post("/accounts/confirm-email/", {"code": code_in(message)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("generations:studio"))
    assert is_signed_in(visitor)
    assert visitor.session.get_expiry_age() == 14 * 24 * 3600
    assert EmailAddress.objects.get(user=dora).verified


def test_the_free_tokens_come_with_the_proven_address_and_once(db, visitor: Client, mailoutbox) -> None:
    sign_up(visitor, "emil@example.com")
    emil = User.objects.get(email="emil@example.com")
    person = Person(emil, workspaces.personal(user=emil))
    assert person.available == 0
    visitor.post("/accounts/confirm-email/", {"code": code_in(mailoutbox[0])})
    assert person.available == settings.SIGNUP_TOKENS
    visitor.post("/accounts/confirm-email/", {"code": code_in(mailoutbox[0])})
    assert person.available == settings.SIGNUP_TOKENS


def test_a_wrong_code_opens_nothing_and_the_third_ends_it(db, visitor: Client, mailoutbox) -> None:
    sign_up(visitor, "finn@example.com")
    right = code_in(mailoutbox[0])
    wrong = "BCDFGH" if right != "BCDFGH" else "BCDFGJ"
    for _ in range(3):
        visitor.post("/accounts/confirm-email/", {"code": wrong})
    visitor.post("/accounts/confirm-email/", {"code": right})
    assert not is_signed_in(visitor)
    assert not EmailAddress.objects.get(email="finn@example.com").verified


def without_names(page: str, email: str) -> str:
    page = page.replace(email, "E-MAIL")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "CSRF", page)


def test_a_known_address_gets_the_answer_of_a_new_one(alice: Person, mailoutbox) -> None:
    pages = []
    for email in ("gina@example.com", alice.user.email):
        visitor = Client(REMOTE_ADDR=f"127.0.1.{next(_addresses)}")
        answer = sign_up(visitor, email)
        page = visitor.get(answer["Location"]).content.decode()
        wrong = visitor.post(answer["Location"], {"code": "BCDFGH"})
        pages.append((answer.status_code, answer["Location"], without_names(page, email), wrong.status_code))
    assert pages[0] == pages[1]
    assert [message.to for message in mailoutbox] == [["gina@example.com"], [alice.user.email]]
    assert mailoutbox[1].subject == "You already have a Room AI account"
    assert alice.user.check_password(PASSWORD)
    assert User.objects.filter(email=alice.user.email).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"terms": ""}, "Accept the terms"),
        ({"email": "no address"}, "valid email address"),
        ({"password1": "too brief"}, "too short"),
        ({"password1": "x" * 129}, "at most 128 characters"),
        ({"password1": "qwertyuiop"}, "too common"),
        ({"password1": "helena@example.com"}, "too similar"),
    ],
)
def test_a_form_that_will_not_do_says_why(db, visitor: Client, changes: dict[str, str], sentence: str) -> None:
    answer = sign_up(visitor, **({"email": "helena@example.com"} | changes))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not User.objects.exists()


def test_any_characters_will_do_in_a_password_of_ten(db, visitor: Client) -> None:
    assert sign_up(visitor, "ida@example.com", password1="aaaa bbbb ü").status_code == 302


def test_signing_in_says_the_same_of_a_wrong_password_and_an_unknown_address(alice: Person, visitor: Client) -> None:
    known = visitor.post(reverse("account_login"), {"login": alice.user.email, "password": NEW_PASSWORD})
    unknown = visitor.post(reverse("account_login"), {"login": "nobody@example.com", "password": NEW_PASSWORD})
    texts = [
        without_names(a.content.decode(), e) for a, e in ((known, alice.user.email), (unknown, "nobody@example.com"))
    ]
    assert texts[0] == texts[1]
    assert "not correct" in texts[0]
    answer = visitor.post(reverse("account_login"), {"login": "ALICE@example.com", "password": PASSWORD})
    assert (answer.status_code, is_signed_in(visitor)) == (302, True)


def test_signing_out_takes_a_press_not_a_link(alice: Person, visitor: Client) -> None:
    visitor.force_login(alice.user)
    visitor.get(reverse("account_logout"))
    assert is_signed_in(visitor)
    visitor.post(reverse("account_logout"))
    assert not is_signed_in(visitor)


def test_a_new_password_by_code_ends_other_sessions(alice: Person, visitor: Client, mailoutbox) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice.user)
    answer = visitor.post(reverse("account_reset_password"), {"email": alice.user.email}, follow=True)
    [message] = mailoutbox
    assert message.subject == f"{code_in(message)} is your code for a new Room AI password"
    answer = visitor.post(answer.request["PATH_INFO"], {"code": code_in(message)}, follow=True)
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    visitor.post(answer.request["PATH_INFO"], form, follow=True)
    alice.user.refresh_from_db()
    assert alice.user.check_password(NEW_PASSWORD)
    assert elsewhere.get(reverse("accounts:keys")).status_code == 302


def test_asking_for_a_new_password_tells_nothing_of_an_address(alice: Person, mailoutbox) -> None:
    pages = []
    for email in (alice.user.email, "nobody@example.com"):
        visitor = Client(REMOTE_ADDR=f"127.0.1.{next(_addresses)}")
        answer = visitor.post(reverse("account_reset_password"), {"email": email}, follow=True)
        pages.append((answer.redirect_chain, without_names(answer.content.decode(), email)))
    assert pages[0] == pages[1]
    assert [message.to[0] for message in mailoutbox] == [alice.user.email, "nobody@example.com"]


def test_another_address_is_added_after_the_password_was_typed_again(
    alice: Person, visitor: Client, mailoutbox
) -> None:
    visitor.force_login(alice.user)
    wish = {"email": "alice@elsewhere.example", "action_add": ""}
    asked = visitor.post(reverse("account_email"), wish)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert mailoutbox == []
    visitor.post(f"{reverse('account_reauthenticate')}?next={reverse('account_email')}", {"password": PASSWORD})
    assert [message.to for message in mailoutbox] == [["alice@elsewhere.example"]]
