"""A mail server that refuses costs nobody a page, and puts no address into the log."""

import smtplib
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from accounts import api_keys
from accounts.notices import key_created
from tests.factories import PASSWORD, Person


class Refusing(BaseEmailBackend):
    """A mail server that knows none of the recipients."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise smtplib.SMTPRecipientsRefused({email_messages[0].to[0]: (550, b"no such person")})


@pytest.fixture(autouse=True)
def refusing(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"


def test_sign_up_goes_on(db: None, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    form = {"email": "secret.person@example.com", "password1": PASSWORD, "terms": "on"}
    assert client.post("/accounts/signup/", form).status_code == 302
    assert "mail_not_sent" in caplog.text
    assert "secret.person" not in caplog.text


def test_a_key_is_made_all_the_same(alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    key, _ = api_keys.create(workspace=alice.workspace, created_by=alice.user, name="x", livemode=True)
    key_created(key=key)
    assert "mail_not_sent" in caplog.text
    assert alice.user.email not in caplog.text
