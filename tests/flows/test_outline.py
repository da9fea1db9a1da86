"""A person drops a photo: the outline is there before anything is paid, the run uses it, deleting takes all of it."""

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings
from django.test import Client

from generations.models import Generation, Matte, Upload
from tests import pictures
from tests.factories import Person
from tests.live import Live

PATIENCE_S = 60


class Visit:
    """Somebody signed in at the running copy, as a browser without scripts."""

    def __init__(self, live: Live, someone: Person) -> None:
        self.live, self.someone = live, someone
        self.web = httpx.Client(base_url=live.url, timeout=60)
        self.web.cookies.set(f"session_{httpx.URL(live.url).port}", live.do(self._session), domain="localhost.local")

    def _session(self) -> str:
        client = Client()
        client.force_login(self.someone.user)
        return str(client.session.session_key)

    def post(self, path: str, *, photo: bytes | None = None, **fields: str) -> httpx.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.web.get("/studio").text)
        assert token, "not signed in"
        files = {"image": ("chair.jpg", photo, "image/jpeg")} if photo else None
        return self.web.post(path, data={"csrfmiddlewaretoken": token[1], **fields}, files=files)

    def awaited(self, path: str, *, until: str) -> str:
        """Ask as the page does until this stands in the answer."""
        end = time.monotonic() + PATIENCE_S
        while until not in (page := self.web.get(path).raise_for_status().text):
            assert time.monotonic() < end, page
            time.sleep(0.3)
        return page


@pytest.fixture
def visit(live: Live) -> Iterator[Visit]:
    visit = Visit(live, live.person(tokens=2))
    yield visit
    visit.web.close()


def objects_of(workspace: UUID) -> list[Path]:
    return [
        path for area in ("matte", "up", "in") for path in Path(settings.MEDIA_ROOT, area, str(workspace)).glob("*")
    ]


def test_the_outline_is_there_before_the_token_and_gone_with_the_picture(live: Live, visit: Visit) -> None:
    chair, workspace = pictures.BLUE_CHAIR.read_bytes(), visit.someone.workspace
    sent = visit.post("/studio/upload", photo=chair).json()
    outline = visit.awaited(sent["outline"], until='data-state="ready"')
    assert live.available(visit.someone) == 2
    assert live.do(Generation.objects.for_workspace(workspace).count) == 0
    matte = re.search(r'data-matte="([^"]+)"', outline)
    assert matte
    shown = pictures.grey(visit.web.get(matte[1]).content)

    grown = visit.post("/studio", upload=sent["id"], mask_op="grow")
    assert grown.status_code == 200
    assert live.do(Upload.objects.for_workspace(workspace).count) == 2

    fields = {"prompt": pictures.PROMPT, "background_kind": "scene", "format": "png", "shadow": "contact"}
    begun = visit.post("/studio", upload=sent["id"], submission_id=str(uuid4()), **fields)
    assert begun.status_code == 303, begun.text
    page = visit.awaited(begun.headers["Location"], until="Your picture")
    row = live.do(Generation.objects.for_workspace(workspace).get)
    assert row.result["network"]["kept"] is True
    assert live.available(visit.someone) == 1
    result = re.search(r'href="([^"]+/r/[^"]+)" download', page)
    assert result
    made = pictures.rgb(visit.web.get(html.unescape(result[1])).content)
    assert (made[shown == 255] == pictures.rgb(chair)[shown == 255]).all()

    assert visit.post(f"/g/{row.id}/delete").status_code == 303
    assert visit.web.get(sent["outline"]).status_code == 404
    assert live.do(Matte.objects.filter(workspace=workspace).count) == 0
    assert live.do(Upload.objects.for_workspace(workspace).count) == 0
    assert objects_of(workspace.id) == []
