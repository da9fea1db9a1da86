"""Operators at their site: signed in with a second factor, pressing what its pages offer."""

import re
from dataclasses import dataclass
from typing import Any

from allauth.mfa.totp.internal import auth
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD


@dataclass
class Operator:
    """A member of staff and their browser."""

    user: User
    client: Client

    def page(self, row: Any, act: str) -> str:
        """Return the address of an act's page."""
        return reverse(f"admin:billing_{row._meta.model_name}_{act}", args=[quote(row.pk)])

    def form(self, row: Any, act: str) -> dict[str, str]:
        """Open the page and return its hidden fields."""
        answer = self.client.get(self.page(row, act))
        assert answer.status_code == 200
        fields = re.findall(r'<input type="hidden" name="(n|once)" value="([^"]+)"', answer.content.decode())
        return dict(fields)

    def press(self, row: Any, act: str, **given: Any) -> Any:
        """Open the page, fill it in and send it."""
        return self.send(row, act, self.form(row, act) | given)

    def send(self, row: Any, act: str, values: dict[str, Any]) -> Any:
        """Send a form as it is."""
        return self.client.post(self.page(row, act), {"reason": "asked by the customer"} | values)


def operator(name: str) -> Operator:
    """Return a new operator with a second factor, signed in, who has just confirmed who they are."""
    user = User.objects.create_user(f"{name}@example.com", PASSWORD, is_staff=True, is_superuser=True)
    auth.TOTP.activate(user, auth.generate_totp_secret())
    client = Client()
    client.force_login(user)
    confirm(client)
    return Operator(user, client)


def confirm(client: Client, *, on_to: str = "/") -> Any:
    """Give the password again and return the answer; what was asked for meanwhile goes on at that address."""
    return client.post(f"{reverse('account_reauthenticate')}?next={on_to}", {"password": PASSWORD})


def let_lapse(client: Client) -> None:
    """Move the last confirmation five minutes back."""
    session = client.session
    session["account_authentication_methods"][-1]["at"] -= 301
    session.save()
