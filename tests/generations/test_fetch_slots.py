"""How many pictures are fetched at once, and who waits when names or servers are slow."""

import asyncio
import socket
import threading
from datetime import timedelta
from uuid import uuid4

from generations import fetch, slots
from tests.generations.picture_server import answer, serving


class SlowNames:
    """Stands where the system's resolver is asked: names in `.slow.example` keep it busy until they are let go."""

    def __init__(self):
        self.let_go = threading.Event()

    def __call__(self, host, port, **_):
        if host.endswith(".slow.example"):
            self.let_go.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def test_names_that_hang_take_no_more_than_their_slots(monkeypatch, settings):
    """Nobody is told that a good address is bad because others' look-ups keep the resolver busy."""
    names = SlowNames()
    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(slots, "SLOT", timedelta(seconds=1))
    settings.FETCH_ALLOW_HOSTS = ["pictures.example:1"]
    slow, good = "https://a.slow.example/a.png", "http://pictures.example:1/a.png"

    async def go():
        attacker, others = uuid4(), [uuid4() for _ in range(3)]
        first = await outcomes(*[(slow, attacker)] * 12)
        beside = await outcomes((good, uuid4()))
        await outcomes(*[(slow, one) for one in others for _ in range(3)])
        full = await outcomes((good, uuid4()))
        names.let_go.set()
        await asyncio.sleep(0.3)
        return first, beside, full, await outcomes((good, attacker))

    first, beside, full, after = asyncio.run(go())
    assert sorted(first) == ["ImageUrlNotAllowed"] * 3 + ["Overloaded"] * 9
    # Nobody listens there: the name itself was looked up.
    assert (beside, full, after) == (["ImageUrlUnreachable"], ["Overloaded"], ["ImageUrlUnreachable"])


async def outcomes(*wanted):
    """Return the name of the error each of these fetches ends with."""
    fetches = (fetch.picture(url=url, workspace_id=one) for url, one in wanted)
    return [type(error).__name__ for error in await asyncio.gather(*fetches, return_exceptions=True)]


def test_three_at_once_for_a_workspace_and_ten_for_a_process(settings):
    now, most = 0, 0

    async def holding():
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.1)
        now -= 1
        yield answer()

    async def go(workspaces):
        async with serving(lambda path: holding()) as (port, _):
            settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{port}"]
            url = f"http://127.0.0.1:{port}/a.png"
            await asyncio.gather(*(fetch.picture(url=url, workspace_id=one) for one in workspaces))

    asyncio.run(go([uuid4()] * 6))
    assert most == 3
    now, most = 0, 0
    asyncio.run(go([uuid4() for _ in range(14)]))
    assert most == 10
