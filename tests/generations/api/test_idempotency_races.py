"""Sixty-four at once under one key, a worker killed and a web process killed: one generation, one charge."""

import http.server
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from billing import invariants
from generations import storage
from generations.models import Generation, State
from tests import pictures
from tests.generations.api.calling import AT_ONCE, BODY, PNG, calls
from tests.generations.api.test_refusals import refused
from tests.live import wait_until_ready

KEY = {"Idempotency-Key": "order 7421"}
MANY, PATIENCE_S = 64, 90
CUT_OFF = 0


class Pictures(http.server.ThreadingHTTPServer):
    """Serves one picture on loopback and counts how often it was asked for."""

    daemon_threads = True
    request_queue_size = MANY

    def __init__(self) -> None:
        self.asked = 0
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Answer(http.server.BaseHTTPRequestHandler):
    server: Pictures

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def files_of_others(settings):
    with Pictures() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.FETCH_ALLOW_HOSTS = [server.place]
        yield server
        server.shutdown()
        thread.join()


def duplicates(alices, *bodies):
    """Send the bodies, in turn, sixty-four times at once under one key."""
    headers = AT_ONCE | KEY | {"Authorization": f"Bearer {alices.key}"}
    sent = [{"method": "POST", "url": "/api/v1/generate", "headers": headers, **body} for body in bodies]
    return calls(*(sent[number % len(sent)] for number in range(MANY)), at_once=True)


def one_made_of(answers, alices, *, status=202):
    """Check that all are one generation, charged or held once, and made by one of them; return how many replays."""
    assert {answer.status_code for answer in answers} == {status}, {answer.text for answer in answers}
    assert Generation.objects.filter(workspace=alices.someone.workspace).count() == 1
    assert (alices.someone.available, invariants.breaks()) == (9, [])
    return sum(answer.headers.get("Idempotent-Replayed") == "true" for answer in answers)


def test_sixty_four_at_once_in_two_spellings(alices):
    form = {"data": {"model": "changebg", "prompt": BODY["prompt"]}, "files": {"image": ("a.png", PNG)}}
    answers = duplicates(alices, {"json": BODY}, form)
    assert one_made_of(answers, alices) == MANY - 1
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_sixty_four_at_once_of_a_picture_elsewhere(alices, files_of_others):
    answers = duplicates(alices, {"json": BODY | {"image": f"http://{files_of_others.place}/a.png"}})
    assert one_made_of(answers, alices) == MANY - 1


def test_a_replay_never_fetches(alices, files_of_others):
    """Whatever has become of the generation by then: waiting, made, deleted."""
    asked = BODY | {"image": f"http://{files_of_others.place}/a.png"}
    made = alices.made(image=asked["image"], headers=KEY)
    assert files_of_others.asked == 1
    assert one_made_of(duplicates(alices, {"json": asked}), alices, status=200) == MANY
    alices.delete(f"/generations/{made}")
    assert one_made_of(duplicates(alices, {"json": asked}), alices, status=200) == MANY
    refused(alices.generate(**asked | {"prompt": "another"}, headers=KEY), 409, "IDEMPOTENCY_CONFLICT")
    assert files_of_others.asked == 1


class Copy:
    """A person of the running copy and one call, sent by many at once."""

    def __init__(self, live) -> None:
        self.live, self.someone = live, live.person(tokens=3)
        data, whose = pictures.CHAIR.read_bytes(), self.someone.workspace.id
        self.body = BODY | {"image": live.do(lambda: storage.store_upload(workspace_id=whose, data=data).id)}
        self.bearer = {"Authorization": f"Bearer {live.key_of(self.someone)}"}

    def rows(self) -> list[Generation]:
        return self.live.do(lambda: list(Generation.objects.for_workspace(self.someone.workspace)))

    def send(self, prefer: str) -> tuple[int, str]:
        """Return status and id; CUT_OFF where nobody answered."""
        headers = self.bearer | KEY | {"Prefer": prefer}
        try:
            answer = httpx.post(f"{self.live.url}/api/v1/generate", json=self.body, headers=headers, timeout=PATIENCE_S)
        except httpx.TransportError:
            return CUT_OFF, ""
        body = answer.json()
        return answer.status_code, body.get("id") or body["result"]["id"]

    def until(self, what: Callable[[list[Generation]], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not what(rows := self.rows()):
            assert time.monotonic() < end, [(row.state, row.attempt) for row in rows]
            time.sleep(0.02)

    def ends_as_one(self) -> Generation:
        """Ask until it is there; check that it is one, charged once; return it."""
        self.until(lambda rows: all(row.is_finished for row in rows))
        [row] = self.rows()
        assert (row.state, row.tokens_used, self.live.available(self.someone)) == (State.SUCCEEDED, 1, 2)
        with ThreadPoolExecutor(MANY) as pool:
            again = set(pool.map(lambda _: self.send("wait=60"), range(MANY)))
        assert again == {(200, str(row.id))}
        assert (len(self.rows()), self.live.available(self.someone)) == (1, 2)
        assert self.live.do(invariants.breaks) == []
        return row


@pytest.fixture
def copy(live):
    return Copy(live)


def restart(live, name):
    """Kill a process of the copy in the midst of its work, with all it started, and start it again."""
    child = live.children[name]
    child.kill()
    child.process.wait()
    child.start()


def test_a_worker_is_killed(live, copy):
    with ThreadPoolExecutor(MANY) as pool:
        sent = [pool.submit(copy.send, "respond-async") for _ in range(MANY)]
        # Not after they are answered: a quick worker would have made the picture by then.
        copy.until(lambda rows: any(row.state == State.RUNNING for row in rows))
        restart(live, "pictures")
        first = {one.result() for one in sent}
    assert len(first) == 1
    assert copy.ends_as_one().attempt == 2


def test_a_web_process_is_killed(live, copy):
    """Its callers are cut off while they wait, or before they were heard; whoever asks again finds the one picture."""
    with ThreadPoolExecutor(MANY) as pool:
        waiting = [pool.submit(copy.send, "wait=60") for _ in range(MANY)]
        copy.until(bool)
        restart(live, "web")
        wait_until_ready(live.url)
        first = {one.result() for one in waiting}
    assert (CUT_OFF, "") in first
    row = copy.ends_as_one()
    assert first <= {(CUT_OFF, ""), (200, str(row.id)), (202, str(row.id))}
