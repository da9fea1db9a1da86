import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.db.models.functions import Now
from django.test import AsyncClient

from generations import retention, running, services, storage
from generations.images.errors import ImageFormatNotAllowed
from generations.models import Generation, Upload
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import now_is_later, submitted

pytestmark = [pytest.mark.urls("generations.results_urls"), pytest.mark.usefixtures("committed_db")]


def ready(someone: Person, **arguments: Any) -> Generation:
    made = submitted(someone, **arguments)
    running.run(generation_id=made.id)
    made.refresh_from_db()
    return made


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@async_to_sync
async def fetch(path: str, method: str = "get") -> tuple[int, bytes, Any]:
    response = await getattr(AsyncClient(), method)(path)
    body = b"".join([part async for part in response]) if response.streaming else response.content
    return response.status_code, body, response.headers


@pytest.fixture
def ready_one(alice: Person, quick: None, files: Path) -> Generation:
    return ready(alice)


@pytest.fixture
def deleted_one(ready_one: Generation) -> tuple[Generation, str]:
    url = storage.result_url(ready_one)
    services.delete_content(generation=ready_one)
    return ready_one, url


@pytest.fixture
def lapsed_one(ready_one: Generation) -> str:
    url = storage.result_url(ready_one)
    Generation.objects.filter(id=ready_one.id).update(delete_after=Now() - timedelta(seconds=1))
    return url


def test_a_result_is_served_as_what_we_wrote_and_nothing_more(ready_one: Generation) -> None:
    status, body, headers = fetch(path_of(storage.result_url(ready_one)))
    assert (status, body) == (200, quick_pictures.png())
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == str(len(body))
    assert headers["Content-Disposition"] == f'inline; filename="{ready_one.id}.png"'
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Cache-Control"] == "private, max-age=300"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_head_tells_the_same_without_a_body(ready_one: Generation) -> None:
    status, body, headers = fetch(path_of(storage.result_url(ready_one)), "head")
    assert (status, body) == (200, b"")
    assert headers["Content-Length"] == str(len(quick_pictures.png()))


def test_a_slow_reader_keeps_no_connection(ready_one: Generation) -> None:
    path = path_of(storage.result_url(ready_one))
    connection.close()

    @async_to_sync
    async def lent_while_reading() -> int:
        response = await AsyncClient().get(path)
        body = aiter(response)
        assert await anext(body)
        lent = connection.pool.get_stats()
        await body.aclose()
        return int(lent["pool_size"] - lent["pool_available"])

    assert lent_while_reading() == 0


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_but_reading_is_allowed(ready_one: Generation, method: str) -> None:
    status, _, _ = fetch(path_of(storage.result_url(ready_one)), method)
    assert status == 405


def test_any_changed_byte_is_refused(ready_one: Generation) -> None:
    path = path_of(storage.result_url(ready_one))
    address, _, query = path.partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    changed = [
        address,
        f"{address}?e={asked['e']}",
        f"{address}?s={asked['s']}",
        f"{address}?e={int(asked['e']) + 1}&s={asked['s']}",
        f"{address}?e=%C2%B2&s={asked['s']}",
        f"{address}?e=0{asked['e']}&s={asked['s']}",
        f"{address}?e={asked['e']}&s={asked['s'][:-1]}{'0' if asked['s'][-1] != '0' else '1'}",
        f"{address}?e={asked['e']}&s=%E2%82%AC",
        path.replace(".png", ".jpg"),
    ]
    assert [fetch(other)[0] for other in changed] == [403] * len(changed)


def test_an_address_to_save_is_answered_as_a_file(ready_one: Generation) -> None:
    path = path_of(storage.download_url(ready_one))
    for method in ("get", "head"):
        status, body, headers = fetch(path, method)
        assert (status, body) == (200, quick_pictures.png() if method == "get" else b"")
        assert headers["Content-Disposition"] == f'attachment; filename="{ready_one.id}.png"'
        assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_to_show_and_to_save_are_signed_apart(ready_one: Generation) -> None:
    shown, saved = path_of(storage.result_url(ready_one)), path_of(storage.download_url(ready_one))
    address, asked = saved.partition("?")[0], parse_qs(urlsplit(saved).query)
    assert asked["e"] == parse_qs(urlsplit(shown).query)["e"]
    changed = [
        f"{shown}&as=save",
        saved.replace("&as=save", ""),
        saved.replace("as=save", "as=read"),
        saved.replace("as=save", "as="),
        saved.replace("as=save", "as=Save"),
        f"{saved}&as=read",
        f"{address}?e={int(asked['e'][0]) + 1}&as=save&s={asked['s'][0]}",
        saved.replace(".png", ".webp"),
    ]
    assert [fetch(other)[0] for other in changed] == [403] * len(changed)


def test_an_address_to_save_ends_with_the_picture(ready_one: Generation) -> None:
    path = path_of(storage.download_url(ready_one))
    services.delete_content(generation=ready_one)
    assert fetch(path)[0] == 410


def test_a_signature_of_ours_for_something_that_is_not_there(ready_one: Generation) -> None:
    expiry = int(ready_one.delete_after.timestamp())
    for path in (
        f"/r/{ready_one.id}/{'0' * 32}.png",
        f"/r/00000000-0000-7000-8000-000000000000/{'0' * 32}.png",
    ):
        signed = f"{path}?e={expiry}&s={storage.signature(path=path, expiry=expiry)}"
        assert fetch(signed)[0] == 404


def test_an_expired_address_is_gone(ready_one: Generation) -> None:
    key = ready_one.result_key
    assert key is not None
    path, expiry = f"/r/{ready_one.id}/{storage.public_name(key)}", 1_700_000_000
    status, _, headers = fetch(f"{path}?e={expiry}&s={storage.signature(path=path, expiry=expiry)}")
    assert (status, headers["Cache-Control"]) == (410, "private, no-store")


def test_a_deleted_picture_is_gone_at_once(deleted_one: tuple[Generation, str]) -> None:
    assert fetch(path_of(deleted_one[1]))[0] == 410


def test_a_picture_past_its_time_is_gone_even_before_the_purge(lapsed_one: str) -> None:
    assert fetch(path_of(lapsed_one))[0] == 410


def test_clean_input_and_matte_are_shown_to_our_pages_for_an_hour(ready_one: Generation) -> None:
    keys = storage.served_keys(ready_one)
    assert len(keys) == 3
    for key in keys:
        url = storage.preview_url(ready_one, key=key)
        assert fetch(path_of(url))[0] == 200
        expiry = int(parse_qs(urlsplit(url).query)["e"][0])
        assert expiry < ready_one.delete_after.timestamp() - 24 * 3600


def test_an_address_has_the_shape_of_the_contract(alice: Person, quick: None, settings: Any) -> None:
    settings.RESULTS_URL = "https://results.example.com"
    made = ready(alice, params={"prompt": "x", "format": "jpeg", "seed": 1, "shadow": "none"})
    pattern = rf"https://results\.example\.com/r/{made.id}/[0-9a-f]{{32}}\.jpg\?e=\d+&s=[0-9a-f]{{64}}"
    assert re.fullmatch(pattern, storage.result_url(made))


def test_received_bytes_are_replaced_by_the_clean_picture(alice: Person, quick: None, files: Path) -> None:
    made = submitted(alice)
    received = made.inputs["image"]["object_key"]
    assert storage.served_keys(made) == []
    running.run(generation_id=made.id)
    made.refresh_from_db()
    assert made.inputs["image"]["object_key"].startswith(f"gen/{made.id}/1-")
    assert not (files / received).exists()


def test_what_is_not_a_picture_is_not_stored(alice: Person, files: Path) -> None:
    with pytest.raises(ImageFormatNotAllowed):
        storage.store_input(workspace_id=alice.workspace.id, data=b"GIF89a" + b"\0" * 100)
    assert not files.exists()


def test_purge_deletes_what_has_lapsed_and_nothing_else(alice: Person, quick: None, files: Path) -> None:
    old, new, still_open = ready(alice), ready(alice), submitted(alice)
    for row in (old, still_open):
        now_is_later(row.id, by=timedelta(days=31))
    upload = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png())
    Upload.objects.filter(id=upload.id).update(delete_after=Now() - timedelta(hours=1))
    assert (retention.purge(), retention.purge()) == (2, 0)
    assert Generation.objects.get(id=old.id).deleted_at is not None
    assert not Generation.objects.filter(id__in=[new.id, still_open.id], deleted_at__isnull=False).exists()
    assert not (files / upload.object_key).exists()
    assert len(list((files / "gen").glob("*/*"))) == 3


def test_an_upload_s_row_outlives_its_picture_by_a_day(alice: Person, files: Path) -> None:
    upload = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png())
    Upload.objects.update(delete_after=Now() - timedelta(hours=23))
    assert (retention.purge(), retention.purge()) == (1, 0)
    assert Upload.objects.get(id=upload.id).object_key == ""
    Upload.objects.update(delete_after=Now() - timedelta(hours=25))
    assert retention.purge() == 0
    assert not Upload.objects.exists()


def test_an_upload_past_its_day_is_not_offered_any_more(alice: Person) -> None:
    upload = storage.store_upload(workspace_id=alice.workspace.id, data=quick_pictures.png())
    mine = Upload.objects.for_workspace(alice.workspace)
    assert mine.get() == upload
    Upload.objects.update(delete_after=Now() - timedelta(seconds=1))
    assert not mine.exists()


def test_the_sweep_removes_only_old_objects_no_row_names(
    alice: Person, charlie: Person, quick: None, files: Path
) -> None:
    kept, waiting = ready(alice), submitted(alice)
    upload = storage.store_upload(workspace_id=charlie.workspace.id, data=quick_pictures.png())
    orphans = [
        storage.store_input(workspace_id=charlie.workspace.id, data=quick_pictures.png()).object_key,
        storage.write(key=storage.made_key(generation_id=kept.id, fence=9, format="png"), data=b"late"),
        storage.write(key=f"gen/00000000-0000-7000-8000-000000000000/1-{'0' * 32}.png", data=b"nobody's"),
    ]
    assert retention.sweep_objects() == 0
    for file in files.rglob("*.png"):
        _make_old(file)
    assert (retention.sweep_objects(), retention.sweep_objects()) == (3, 0)
    assert not any((files / key).exists() for key in orphans)
    named = [*storage.served_keys(kept), waiting.inputs["image"]["object_key"], upload.object_key]
    assert all((files / key).exists() for key in named)


def _make_old(file: Path) -> None:
    long_ago = file.stat().st_mtime - 25 * 3600
    os.utime(file, (long_ago, long_ago))
