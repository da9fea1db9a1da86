"""Calls to the API inside this process: through the guard, Django's whole chain of middleware and the router."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from django.core.asgi import get_asgi_application

from generations import running, waiting
from roomai_web.guard import Guard
from tests import factories
from tests.factories import Person
from tests.generations import quick_pictures

PNG = quick_pictures.png()
APP = Guard(get_asgi_application())
INLINE = "data:image/png;base64," + base64.b64encode(PNG).decode()
BODY: dict[str, Any] = {"model": "changebg", "image": INLINE, "prompt": "a quiet room"}
AT_ONCE = {"Prefer": "respond-async"}


@asynccontextmanager
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the application on this event loop; what waited on the loop is closed with it."""
    transport = httpx.ASGITransport(app=APP)  # type: ignore[arg-type]  # httpx types ASGI more loosely
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as made:
        try:
            yield made
        finally:
            if (hub := waiting._Process.hub) is not None and hub.loop is asyncio.get_running_loop():
                await hub.close()


def calls(*requests: dict[str, Any], at_once: bool = False) -> list[httpx.Response]:
    """Send requests one after another or together, on one event loop, as one server would get them."""

    async def go() -> list[httpx.Response]:
        async with client() as sending:
            pending = (sending.request(**request) for request in requests)
            return list(await asyncio.gather(*pending)) if at_once else [await one for one in pending]

    return asyncio.run(go())


def call(method: str, path: str, *, key: str = "", **request: Any) -> httpx.Response:
    """Send one request to /api/v1 with this key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    headers |= request.pop("headers", {})
    return calls({"method": method, "url": f"/api/v1{path}", "headers": headers, **request})[0]


@dataclass
class Program:
    """A customer's program: a key of somebody's workspace, and calls with it."""

    someone: Person
    key: str = field(repr=False)

    def get(self, path: str, **request: Any) -> httpx.Response:
        return call("GET", path, key=self.key, **request)

    def post(self, path: str, **request: Any) -> httpx.Response:
        return call("POST", path, key=self.key, **request)

    def delete(self, path: str, **request: Any) -> httpx.Response:
        return call("DELETE", path, key=self.key, **request)

    def generate(self, **changed: Any) -> httpx.Response:
        """Ask for a picture without waiting; a changed value of None leaves the field out."""
        headers = AT_ONCE | changed.pop("headers", {})
        body = {name: value for name, value in (BODY | changed).items() if value is not None}
        return self.post("/generate", json=body, headers=headers)

    def made(self, **changed: Any) -> str:
        """Ask for a picture, let a worker's side make it, and return its id."""
        identity: str = self.generate(**changed).json()["id"]
        running.run(generation_id=UUID(identity))
        return identity


def program(someone: Person, *, livemode: bool = True, scopes: tuple[str, ...] | None = None) -> Program:
    """Return a program of this person's with a new key."""
    options = {"scopes": scopes} if scopes is not None else {}
    return Program(someone, factories.key_of(someone, livemode=livemode, **options))
