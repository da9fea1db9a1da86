"""Whom the judge looks over the shoulder of: one with nothing, one with everything, one with whom all goes wrong.

Their pictures are made by the running copy, by calls of its API; what would take days or a payment is put there.
Imported once Django knows the copy (`house.running`).
"""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import api_keys, workspaces
from accounts.models import User
from billing import ledger
from billing.models import Purchase, Status, StripeCustomer
from generations import services, storage
from generations.models import Generation, Stage, State
from generations.views.photos import SAMPLES, Sample
from tests import factories, pictures
from tests.billing import sales
from tests.factories import Person

PROMPTS = (
    "a bright minimalist showroom with white walls and natural light",
    "a sunlit modern living room with a wooden floor and a plant",
    "a seamless light grey studio backdrop with soft light",
    "a cozy living room in the evening with warm light",
    "an empty showroom with concrete walls and light from the left",
    "a pastel pink studio backdrop with soft shadows",
)
EVERYTHING = ("generate", "read", "billing:read", "webhooks")
#: A page of the gallery and a half.
PICTURES = 36
CALL_S = 300
DAY_S = 24 * 3600


@dataclass
class Somebody:
    """A person with the words by which pages name their things."""

    person: Person
    words: dict[str, str] = field(default_factory=dict)

    def session(self) -> str:
        """Return the cookie of a fresh session whose password counts as just typed for a whole round."""
        client = Client()
        client.force_login(self.person.user)
        session, request = client.session, HttpRequest()
        request.session, request.user = session, self.person.user
        record_authentication(request, self.person.user, "password", reauthenticated=True)
        for method in session["account_authentication_methods"]:
            method["at"] = time.time() + DAY_S
        session.save()
        return str(session.session_key)


def everybody(url: str, *, few: bool) -> dict[str, Somebody]:
    """Return the people of this copy by their state, made now unless the last round left them. few: six pictures do."""
    names = ("empty", "full", "error")
    if len(kept := [_found(name) for name in names]) == len([one for one in kept if one]):
        made = dict(zip(names, kept, strict=True))
    else:
        made = {
            "empty": Somebody(_person("empty", tokens=10)),
            "full": _full(url, pictures_wanted=6 if few else PICTURES),
            "error": _error(url),
        }
    return {name: one for name, one in made.items() if one} | {
        "nobody": Somebody(made["full"].person, made["full"].words)
    }


def newcomer() -> Somebody:
    """Return somebody who came this moment, with the tokens everybody is given."""
    return Somebody(_person(f"new{time.time_ns()}", tokens=settings.SIGNUP_TOKENS))


def _person(name: str, *, tokens: int) -> Person:
    made = factories.person(f"judge-{name}", tokens=tokens)
    User.objects.filter(id=made.user.id).update(name="Ada Lindqvist")
    return made


def _found(name: str) -> Somebody | None:
    user = User.objects.filter(email=f"judge-{name}@example.com").first()
    if user is None:
        return None
    person = Person(user, workspaces.personal(user=user))
    return Somebody(person, _words(person))


def _full(url: str, *, pictures_wanted: int) -> Somebody:
    """Somebody with pictures in every state, purchases, keys and a photo in the studio."""
    person = _person("full", tokens=200)
    key = factories.key_of(person, scopes=EVERYTHING)
    calls = [
        {"sample": sample, "prompt": PROMPTS[turn % len(PROMPTS)], "seed": 7 + turn}
        for turn in range(-(-pictures_wanted // len(SAMPLES)))
        for sample in SAMPLES
    ][:pictures_wanted]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda call: _call(url, key, **call), calls))
    _nothing_in_it(url, key)
    _buy(person)
    _hand_out_keys(person)
    _left_open(person)
    _sort_out(person)
    return Somebody(person, _words(person))


def _error(url: str) -> Somebody:
    """Somebody who owes tokens, is on hold, and whose only run failed."""
    person = _person("error", tokens=1)
    _nothing_in_it(url, factories.key_of(person, scopes=EVERYTHING))
    purchase = sales.sold(person.wallet_id, tokens=25)
    _call(url, factories.key_of(person, scopes=EVERYTHING), sample="plant", prompt="a concrete loft", seed=3)
    sales.refunded(purchase, tokens=25)
    with transaction.atomic():
        ledger.freeze(wallet_id=person.wallet_id, actor="judge", reason="a payment is being looked into")
    return Somebody(person, _words(person))


def _call(url: str, key: str, *, sample: str, prompt: str, seed: int) -> None:
    photo = Sample(sample, SAMPLES[sample]).read()
    sent = {"model": "changebg", "prompt": prompt, "seed": str(seed)}
    httpx.post(
        f"{url}/api/v1/generate",
        headers={"Authorization": f"Bearer {key}"},
        data=sent,
        files={"image": (f"{sample}.jpg", photo, "image/jpeg")},
        timeout=CALL_S,
    ).raise_for_status()


def _nothing_in_it(url: str, key: str) -> None:
    """Send a photo without a subject: a run that ends as failed."""
    photo = pictures.flat(width_px=900, height_px=700)
    httpx.post(
        f"{url}/api/v1/generate",
        headers={"Authorization": f"Bearer {key}"},
        data={"model": "changebg", "prompt": "a quiet room with a window"},
        files={"image": ("wall.png", photo, "image/png")},
        timeout=CALL_S,
    )


def _buy(person: Person) -> None:
    StripeCustomer.objects.create(
        workspace=person.workspace,
        customer_id=f"cus_{person.workspace.id.hex}",
        email_snapshot=person.user.email,
        made=1,
    )
    for number, tokens in enumerate((25, 100, 25, 100, 400)):
        purchase = sales.sold(person.wallet_id, tokens=tokens, pack_code=f"p{tokens}")
        purchase.invoice_url = f"https://invoices.example/{number}"
        purchase.save()
    sales.refunded(purchase, tokens=40)
    Purchase.objects.create(
        wallet_id=person.wallet_id,
        pack_code="p25",
        tokens=25,
        currency="usd",
        unit_amount=sales.PRICE,
        status=Status.OPEN,
        session_id=f"cs_{person.workspace.id.hex}",
        livemode=False,
    )


def _hand_out_keys(person: Person) -> None:
    for name, livemode in (("Shop, production", True), ("Shop, staging", False), ("Old importer", True)):
        key, _ = api_keys.create(workspace=person.workspace, created_by=person.user, name=name, livemode=livemode)
    api_keys.revoke(key=key, by=person.user)


def _left_open(person: Person) -> None:
    """Leave a run that is painted till tomorrow, one that waits behind it, and one that was canceled.

    A worker that has the first already loses it by its fence; the others wait, since a workspace runs one at a time.
    """
    tomorrow = timezone.now() + timedelta(days=1)
    running = Generation.objects.filter(id=_submitted(person, prompt="a beach at noon").id)
    running.update(
        state=State.RUNNING,
        stage=Stage.PAINTING,
        stage_started_at=timezone.now(),
        attempt=1,
        worker="judge",
        fence=F("fence") + 1,
        lease_until=tomorrow,
        deadline=tomorrow,
    )
    Generation.objects.filter(id=_submitted(person, prompt="a loft at dusk").id).update(deadline=tomorrow)
    services.cancel(generation=_submitted(person, prompt="a garden in summer"))


def _sort_out(person: Person) -> None:
    """Love the two oldest pictures and put the two after them aside."""
    made = Generation.objects.for_workspace(person.workspace).filter(state=State.SUCCEEDED).reverse()
    oldest = list(made.values_list("id", flat=True)[:4])
    Generation.objects.filter(id__in=oldest[:2]).update(favorite=True)
    Generation.objects.filter(id__in=oldest[2:]).update(trashed_at=timezone.now())


def _submitted(person: Person, *, prompt: str) -> Generation:
    photo = storage.store_upload(workspace_id=person.workspace.id, data=Sample("plant", "").read())
    return services.submit(
        workspace=person.workspace,
        created_by=person.user,
        api_key=None,
        model_id="changebg",
        tokens=1,
        params={"prompt": prompt, "format": "png", "seed": 7, "shadow": "contact"},
        inputs={"image": storage.input_of(upload=photo)},
        idem_key=None,
        fingerprint=hashlib.sha256(prompt.encode()).digest(),
        livemode=True,
    ).generation


def _words(person: Person) -> dict[str, str]:
    """Return what stands for `<name>` in the addresses of pages."""
    runs = Generation.objects.for_workspace(person.workspace).in_gallery()
    words = {"done": runs.filter(state=State.SUCCEEDED).first()}
    words |= {name: runs.filter(state=name).first() for name in ("failed", "canceled", "queued", "running")}
    found: dict[str, Any] = {name: run.id for name, run in words.items() if run}
    bought = Purchase.objects.filter(wallet_id=person.wallet_id)
    found |= {"paid": getattr(bought.filter(status="paid").first(), "id", "")}
    found |= {"waiting": getattr(bought.filter(status="open").first(), "id", "")}
    found |= {"key": getattr(person.workspace.api_keys.filter(revoked_at__isnull=True).first(), "id", "")}
    found |= {"nothing": UUID(int=0)}
    return {name: str(one) for name, one in found.items()}
