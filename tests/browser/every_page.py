"""Every page a person can be on, taken from the tables of the sweep, and somebody who has something on each of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import BrowserContext

from accounts import api_keys
from roomai_web.embedded import specimens
from tests.factories import Person
from tests.live import Live
from tests.sweep import table

ROWS = table.read(Path(__file__).parent.parent / "sweep" / "pages.rows")
#: Answers that are no page of ours: files, fragments, what a program reads.
NO_PAGES = (
    ".csv",
    ".png",
    ".py",
    ".txt",
    ".xml",
    "healthz",
    "readyz",
    "/brush",
    "/_stage",
    "/frame/",
    "/outline/",
    "/matte/",
    "/outcome/",
)
#: Mails read on one's own machine, and every component in every state.
EMBEDDED = ["/dev/mail/", "/_components", "/_components/dialog", *(f"/_components/{name}" for name in specimens.PAGES)]


def _reached_by(who: str) -> list[str]:
    """Return the addresses that answer this person with a page; `<key>` is filled in when they are visited."""
    return [
        row.address
        for row in ROWS
        if row.method == "GET"
        and row.cells[who].startswith(("200", "404", "410"))
        and set(table.NAMED.findall(row.address)) <= {"key"}
        and not any(part in row.address for part in NO_PAGES)
    ]


SIGNED_OUT = [*_reached_by("nobody"), *EMBEDDED]
SIGNED_IN = [address for address in _reached_by("owner") if address not in SIGNED_OUT] + ["/"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose cookies the pages are seen with, and what fills the addresses' blanks."""

    context: BrowserContext
    names: dict[str, str]

    def path(self, address: str) -> str:
        for name, value in self.names.items():
            address = address.replace(f"<{name}>", value)
        return address


def cookie_of(live: Live, someone: Person) -> list[dict[str, Any]]:
    """Return the session cookie of somebody who has just typed their password."""

    def signed_in() -> str:
        client = Client()
        client.force_login(someone.user)
        session = client.session
        request = HttpRequest()
        request.session, request.user = session, someone.user
        record_authentication(request, someone.user, "password", reauthenticated=True)
        session.save()
        return str(client.cookies[settings.SESSION_COOKIE_NAME].value)

    port = live.url.rpartition(":")[2]
    return [{"name": f"session_{port}", "value": live.do(signed_in), "url": live.url}]


def key_of(live: Live, someone: Person) -> str:
    """Return the id of a new key of this person."""
    made = live.do(
        lambda: api_keys.create(
            workspace=someone.workspace, created_by=someone.user, name="Shop", livemode=True, scopes=("read",)
        )
    )
    return str(made[0].id)
