"""One customer's whole property, the people who must not get at it, and a photograph of it all for comparison.

`World.ids` fills the addresses and bodies of the rows; `World.marks` are words that stand in this customer's things
and nowhere else: an answer that holds one of them has told something of her.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import api_keys, exports
from accounts.models import ApiKey, Role, User
from accounts.sessions import SessionStore
from billing.models import StripeCustomer
from generations import aside, packing, refusing, running, storage
from generations.models import Generation, Matte
from generations.webhooks import endpoints, events
from tests import factories
from tests.billing import sales
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import submit

TOKENS = 739_154
CSRF = "s" * 32
EVERYTHING = ("generate", "read", "billing:read", "webhooks")
#: Tables in which an owner's row may change by being looked at, and the columns that may.
NOTED = {"accounts.apikey": {"last_used_at"}, "accounts.user": {"last_login"}, "billing.wallet": {"version"}}
APPS = ("accounts", "billing", "generations", "account", "mfa")
Rows = dict[tuple[str, Any], dict[str, Any]]


@dataclass
class World:
    """alice, her things by name, and those who come for them."""

    alice: Person
    ids: dict[str, str]
    marks: dict[str, str]
    people: dict[str, User]
    keys: dict[str, str] = field(repr=False)
    before: Rows = field(repr=False)
    kept: dict[str, str] = field(default_factory=dict, repr=False)

    def session(self, who: str, *, method: str) -> str:
        """Return a cookie header: somebody who has just typed their password, and a form's secret.

        Reading leaves a session as it is; whatever else is done is done in a fresh one, or signing out would end it.
        What they do may end their other sessions too: then they have signed in again.
        """
        if method != "GET":
            return _cookies(self._signed_in(who))
        if not SessionStore().exists(self.kept.get(who, "")):
            self.kept[who] = self._signed_in(who)
        return _cookies(self.kept[who])

    def _signed_in(self, who: str) -> str:
        client = Client()
        client.force_login(self.people[who])
        session = client.session
        request = HttpRequest()
        request.session, request.user = session, self.people[who]
        record_authentication(request, self.people[who], "password", reauthenticated=True)
        session.save()
        return str(session.session_key)

    def told(self, *, answer: str, asked: str) -> list[str]:
        """Return which of alice's marks stand in an answer and were not in the question."""
        return [name for name, mark in self.marks.items() if mark in answer and mark not in asked]

    def changes(self) -> list[str]:
        """Return what is different in alice's property; rows of others do not count."""
        now = everything()
        gone = [f"{table} {pk}: gone" for table, pk in self.before if (table, pk) not in now]
        changed = [
            f"{table} {pk}: {name} is {now[table, pk][name]!r}"
            for (table, pk), row in self.before.items()
            if (table, pk) in now
            for name in row
            if row[name] != now[table, pk][name] and name not in NOTED.get(table, set())
        ]
        return gone + changed + [f"{table} {pk}: new" for table, pk in now if self._is_new(now, table, pk)]

    def _is_new(self, now: Rows, table: str, pk: Any) -> bool:
        """Say whether a row has come to alice; what her own test key makes costs nothing and is no customer's."""
        row = now[table, pk]
        of_alice = (
            row.get("workspace_id") == self.alice.workspace.id
            or row.get("wallet_id") == self.alice.wallet_id
            or row.get("user_id") == self.alice.user.id
        )
        of_a_test = row.get("livemode") is False or row.get("d_posted") == row.get("d_held") == 0
        return of_alice and (table, pk) not in self.before and not of_a_test


def _cookies(session_key: str) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={session_key}; {csrf_cookie()}"


def csrf_cookie() -> str:
    """Return the cookie that fits the header of `CSRF`."""
    return f"{settings.CSRF_COOKIE_NAME}={CSRF}"


def everything() -> Rows:
    """Return each row of each table of ours."""
    models = [model for model in apps.get_models() if model._meta.app_label in APPS]
    found = {}
    for model in models:
        for row in model._default_manager.values():
            found[model._meta.label_lower, row[model._meta.pk.attname]] = {
                name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()
            }
    return {at: row for at, row in found.items() if at[0] != "generations.processstatus"}


def build() -> World:
    """Make alice's property through the product's own doors, then the others."""
    alice = factories.person("aliciamark", tokens=TOKENS)
    User.objects.filter(id=alice.user.id).update(name="Aliciamark Nightingale")
    alice.user.refresh_from_db()
    keys = _keys(alice)
    ids = _pictures(alice) | _sales(alice) | _key_ids(alice) | _receiver(alice) | _export(alice)
    people = {"owner": alice.user} | {
        role: factories.member(f"{role}-member", of=alice.workspace, role=role).user
        for role in (Role.ADMIN, Role.DEVELOPER, Role.BILLING)
    }
    before = everything()
    stranger = factories.person("stranger", tokens=50)
    staff = factories.person("staff")
    User.objects.filter(id=staff.user.id).update(is_staff=True, is_superuser=True)
    people |= {"stranger": stranger.user, "staff": User.objects.get(id=staff.user.id)}
    keys["stranger"] = factories.key_of(stranger, scopes=EVERYTHING)
    marks = _marks(alice, ids) | {f"key_{name}": key for name, key in keys.items() if name != "stranger"}
    return World(alice, ids, marks, people, keys, before)


def _keys(alice: Person) -> dict[str, str]:
    """Return the plain texts of alice's keys by what becomes of them here."""
    made = {
        "owner": factories.key_of(alice, scopes=EVERYTHING),
        "test": factories.key_of(alice, scopes=EVERYTHING, livemode=False),
        "revoked": factories.key_of(alice, scopes=EVERYTHING),
        "narrow": factories.key_of(alice, scopes=()),
    }
    revoked = api_keys.authenticate(presented=made["revoked"])
    assert revoked
    api_keys.revoke(key=revoked, by=alice.user)
    ApiKey.objects.filter(workspace=alice.workspace).update(name="keymark of the harbor shop")
    return made


def _key_ids(alice: Person) -> dict[str, str]:
    """Return a key to be revoked by the row that says so, and one that is looked at."""
    made = [api_keys.create(workspace=alice.workspace, created_by=alice.user, name="keymark", livemode=True)[0]]
    return {"key": str(made[0].id)}


def _pictures(alice: Person) -> dict[str, str]:
    """Return pictures in each state, one for each thing a row does to it, with their photo and its matte."""
    photo = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png(shade=77))
    matte_key = storage.write(key=f"matte/{alice.workspace.id}/m.png", data=quick_pictures.png(shade=255))
    Matte.objects.create(
        workspace=alice.workspace,
        key=b"k" * 32,
        sha256=bytes(photo.sha256),
        object_key=matte_key,
        width_px=16,
        height_px=16,
        outline="M1 2h3v4h5z",
        box=[1, 1, 9, 9],
    )
    ids = {"photo": photo.id, "email": alice.user.email}
    # Of ten pictures one may be handed back, and three are.
    for name in (f"one of many {number}" for number in range(25)):
        _made(alice, name)
    for name in (
        "done",
        "deleted_by_page",
        "deleted_by_api",
        "refused_by_page",
        "refused_by_api",
        "put_aside",
        "put_aside_too",
    ):
        ids[name] = _made(alice, name)
    ids |= _put_aside(alice)
    ids["handed_back"] = _made(alice, "handed_back")
    refusing.refuse(generation=Generation.objects.get(id=ids["handed_back"]), reason="reasonmark the chair is gone")
    for name in ("open", "open_too"):
        ids[name] = str(submit(alice, prompt=f"promptmark {name}").generation.id)
    ids["of_test"] = str(submit(alice, prompt="promptmark test", livemode=False, tokens=0).generation.id)
    ids["result_url"] = storage.result_url(Generation.objects.get(id=ids["done"]))
    ids["result"] = ids["result_url"].removeprefix(settings.PUBLIC_URL)
    ids["unsigned"] = ids["result"].partition("?")[0]
    ids["processing_url"] = f"{settings.PUBLIC_URL}/api/v1/generations/{ids['done']}"
    return ids


def _put_aside(alice: Person) -> dict[str, str]:
    """Return a picture in the trash, and when it was put there."""
    made = _made(alice, "in_trash")
    done = aside.put(rows=Generation.objects.for_workspace(alice.workspace).filter(id=made))
    return {"in_trash": made, "trashed_at": f"{done.at:%Y-%m-%dT%H:%M:%S.%fZ}"}


def _made(alice: Person, name: str) -> str:
    made = submit(alice, prompt=f"promptmark {name}").generation
    running.run(generation_id=made.id)
    made.refresh_from_db()
    assert made.is_succeeded
    return str(made.id)


def _sales(alice: Person) -> dict[str, str]:
    """Return a purchase that is paid and one that is waiting, as Stripe's ids name them."""
    StripeCustomer.objects.create(
        workspace=alice.workspace, customer_id="cus_mark", email_snapshot=alice.user.email, made=1
    )
    paid, waiting = (sales.sold(alice.wallet_id, tokens=25) for _ in range(2))
    paid.session_id, waiting.session_id = "cs_mark_paid", "cs_mark_waiting"
    paid.invoice_url = "https://invoices.example/invoicemark"
    waiting.status, waiting.paid_at, waiting.created_at = "open", None, timezone.now() - timedelta(minutes=1)
    for one in (paid, waiting):
        one.save()
    return {"paid": str(paid.id), "waiting": str(waiting.id), "session": "cs_mark_paid"}


def _receiver(alice: Person) -> dict[str, str]:
    """Return an endpoint of alice's that is told what happens, and something that was sent to it."""
    endpoint, _ = endpoints.create(
        workspace=alice.workspace, livemode=True, url="https://hooks.example/receivermark", event_types=["balance.low"]
    )
    return {"endpoint": str(endpoint.id), "delivery": str(events.test(endpoint=endpoint).id)}


def _export(alice: Person) -> dict[str, str]:
    """Return the file with all of alice's data, which waits for her."""
    export = exports.ask(user=alice.user)
    assert packing.pack(export_id=export.id)
    return {"export": str(export.id)}


def _marks(alice: Person, ids: dict[str, str]) -> dict[str, str]:
    """Return words of alice's things by what they are."""
    done = Generation.objects.get(id=UUID(ids["done"]))
    files = {f"file_{place}": storage.public_name(key) for place, key in enumerate(storage.served_keys(done))}
    return (
        files
        | {
            "person": "Nightingale",
            "email": alice.user.email,
            "workspace": str(alice.workspace.id),
            "prompt": "promptmark",
            "key_name": "keymark",
            "reason": "reasonmark",
            "balance": str(alice.available),
            "customer": "cus_mark",
            "checkout": "cs_mark",
            "invoice": "invoicemark",
            "receiver": "receivermark",
            "outline": "M1 2h3v4h5z",
        }
        | {f"id_{name}": one for name, one in ids.items() if "-" in one or name == "photo"}
    )
