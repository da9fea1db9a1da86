"""Taking one's data along and leaving: asked for by pages, done by worker and timer."""

import asyncio
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import closing as leaving
from accounts import exports
from accounts.models import AuditEntry, Device, Export, User
from generations import closing, packing, storage
from generations.models import Generation, Upload
from generations.webhooks.models import WebhookEndpoint
from tests.factories import PASSWORD, Person, key_of
from tests.generations.material import png_with

PROMPT = "a very telling prompt about zebras"


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Path:
    """Keep this test's objects in a folder of its own."""
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return tmp_path


@pytest.fixture
def browser(alice: Person) -> Client:
    """alice's browser, signed in by the page a moment ago."""
    client = Client()
    client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/?next=/settings", {"password": PASSWORD})
    return client


@pytest.fixture
def picture(alice: Person, files: object) -> Generation:
    """A run of alice's that ended, with its prompt, its photo and its result in storage."""
    upload = storage.store_upload(workspace_id=alice.workspace.id, data=png_with())
    key = default_storage.save(f"gen/{alice.workspace.id}/result.png", ContentFile(b"the result"))
    return Generation.objects.create(
        workspace=alice.workspace,
        wallet_id=alice.wallet_id,
        created_by=alice.user,
        model="changebg",
        livemode=True,
        cost=1,
        tokens_used=1,
        state="succeeded",
        finished_at=timezone.now(),
        params={"prompt": PROMPT},
        inputs={"image": storage.input_of(upload=upload).as_json()},
        result_key=key,
        fingerprint=b"0" * 32,
        deadline=timezone.now(),
        dispatch_after=timezone.now(),
        delete_after=timezone.now() + timedelta(days=30),
    )


def kept_anywhere(word: str) -> list[str]:
    """Return the tables of which a row holds this word."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


async def whole(answer: Any) -> bytes:
    return b"".join([chunk async for chunk in answer.streaming_content])


def grace_is_over(someone: Person) -> None:
    User.objects.filter(pk=someone.user.pk).update(deletion_due_at=timezone.now() - timedelta(seconds=1))


def test_deletion_asks_for_the_password_and_the_address(alice: Person, browser: Client) -> None:
    late = Client()
    late.force_login(alice.user)
    assert late.get("/settings/delete")["Location"].startswith("/accounts/reauthenticate/")
    assert "10 tokens go with the account" in browser.get("/settings/delete").content.decode()
    for typed in ("", "bob@example.com"):
        assert browser.post("/settings/delete", {"email": typed}).status_code == 422
    alice.user.refresh_from_db()
    assert alice.user.deletion_due_at is None


def test_asking_signs_out_everywhere_and_signing_in_undoes_it(alice: Person, browser: Client, mailoutbox) -> None:
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    with_commit = browser.post("/settings/delete", {"email": " ALICE@example.com"})
    assert with_commit["Location"] == "/settings/delete/scheduled"
    assert [one.get("/settings").status_code for one in (browser, elsewhere)] == [302, 302]
    alice.user.refresh_from_db()
    assert alice.user.deletion_due_at is not None
    assert timedelta(days=13) < alice.user.deletion_due_at - timezone.now() <= leaving.GRACE
    assert closing.end_due() == 0

    answer = browser.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD}, follow=True)
    assert "Your account stays" in answer.content.decode()
    alice.user.refresh_from_db()
    assert alice.user.deletion_due_at is None
    told = list(AuditEntry.objects.filter(what__startswith="deletion").order_by("id").values_list("what", flat=True))
    assert told == ["deletion_scheduled", "deletion_undone"]


def test_mail_says_when_and_that_it_is_done(alice: Person, mailoutbox, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        leaving.schedule(user=alice.user)
        leaving.schedule(user=alice.user)
    grace_is_over(alice)
    with django_capture_on_commit_callbacks(execute=True):
        assert closing.end_due() == 1
        assert closing.end_due() == 0
    assert [one.subject for one in mailoutbox] == [
        "Your Room AI account will be deleted",
        "Your Room AI account is deleted",
    ]


def test_nothing_is_left_that_names_the_person(alice: Person, browser: Client, picture: Generation) -> None:
    key = key_of(alice)
    WebhookEndpoint.objects.create(workspace=alice.workspace, livemode=True, url="https://zebra.example/hook")
    upload = Upload.objects.get()
    objects = [picture.result_key, upload.object_key]
    browser.post("/settings/profile", {"name": "Zelda Zebra"})
    leaving.schedule(user=alice.user)
    grace_is_over(alice)
    assert closing.end_due() == 1

    for word in (alice.user.email, "zelda", "zebra", PROMPT):
        assert kept_anywhere(word) == [], word
    assert not any(default_storage.exists(one) for one in objects if one)
    assert Client().get("/api/v1/balance", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    answer = Client().post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert not Device.objects.filter(user=alice.user).exists()
    picture.refresh_from_db()
    assert (picture.tokens_used, picture.params, picture.deleted_at is not None) == (1, {}, True)
    assert alice.available == 10


def test_a_workspace_with_another_owner_goes_on(alice: Person, bob: Person, picture: Generation) -> None:
    alice.workspace.memberships.filter(user=bob.user).update(role="owner")
    leaving.schedule(user=alice.user)
    grace_is_over(alice)
    assert closing.end_due() == 1
    picture.refresh_from_db()
    assert picture.params == {"prompt": PROMPT}
    assert not alice.workspace.memberships.filter(user=alice.user).exists()


def test_an_export_is_packed_told_and_for_one_person_only(
    alice: Person, charlie: Person, browser: Client, picture: Generation, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    key_of(alice)
    browser.post("/settings/export")
    browser.post("/settings/export")
    export = Export.objects.get()
    assert "Packing your data" in browser.get("/settings/export").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert packing.pack(export_id=export.id)
        assert not packing.pack(export_id=export.id)
    assert mailoutbox[-1].subject == "Your Room AI data is ready"
    assert f"{export.id}" not in mailoutbox[-1].body

    page = browser.get("/settings/export").content.decode()
    address = re.findall(r'href="(/settings/export/[^"]+)"', page)[0]
    stranger = Client()
    stranger.post("/accounts/login/", {"login": charlie.user.email, "password": PASSWORD})
    stranger.post("/accounts/reauthenticate/?next=/settings", {"password": PASSWORD})
    assert stranger.get(address).status_code == 404
    late = Client()
    late.force_login(alice.user)
    assert late.get(address)["Location"].startswith("/accounts/reauthenticate/")
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    archive = ZipFile(io.BytesIO(asyncio.run(whole(answer))))
    account = json.loads(archive.read("account.json"))
    assert (account["email"], len(account["workspaces"][0]["api_keys"])) == (alice.user.email, 1)
    [run] = json.loads(archive.read(f"{alice.workspace.id}/generations.json"))
    assert run["params"] == {"prompt": PROMPT}
    assert archive.read(f"{alice.workspace.id}/{run['pictures']['result']}") == b"the result"
    assert "grant" in archive.read(f"{alice.workspace.id}/tokens.csv").decode()


def test_a_file_is_gone_after_its_day(alice: Person, browser: Client, picture: Generation) -> None:
    exports.ask(user=alice.user)
    export = Export.objects.get()
    packing.pack(export_id=export.id)
    key = Export.objects.get().object_key
    assert default_storage.exists(key)
    Export.objects.update(expires_at=timezone.now())
    assert browser.get(f"/settings/export/{export.id}/file").status_code == 404
    packing.send_due()
    assert not default_storage.exists(key)
    assert exports.latest(user=alice.user) is None


def test_an_export_that_fails_is_tried_for_a_day_then_given_up(
    alice: Person, browser: Client, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    browser.post("/settings/export")
    waits = []
    while packing.send_due():
        export = Export.objects.get()
        waits.append(export.send_after - timezone.now())
        Export.objects.update(send_after=timezone.now())
        assert len(waits) < 20
    assert waits == sorted(waits)
    assert timedelta(hours=12) < sum(waits, timedelta()) < timedelta(hours=24)
    assert "Packing your data" not in browser.get("/settings/export").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert not packing.pack(export_id=export.id)
        assert packing.send_due() == 0
    assert "could not be packed" in browser.get("/settings/export").content.decode()


def test_what_was_given_up_is_told_and_can_be_asked_for_again(
    alice: Person, browser: Client, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    browser.post("/settings/export")
    export = Export.objects.get()
    Export.objects.update(attempts=exports.ATTEMPTS)
    with django_capture_on_commit_callbacks(execute=True):
        assert packing.send_due() == packing.send_due() == 0
    assert [one.subject for one in mailoutbox] == ["Your Room AI data could not be packed"]
    browser.post("/settings/export")
    browser.post("/settings/export")
    assert packing.pack(export_id=export.id)
    assert Export.objects.get().is_ready
