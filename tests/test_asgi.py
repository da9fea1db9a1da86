"""Files and everything else share one address; bodies sent to a file's are never read."""

import asyncio

import pytest
from django.conf import settings


@pytest.fixture
def application():
    """The server's application; it looks for the folder of collected files when it is first imported."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    from roomai_web.asgi import application  # not before the folder is there

    return application


def ask(application, method, path):
    """Send a request with an endless body; return status, headers and whether any of the body was read."""
    sent, read = [], []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive():
        read.append(True)
        return {"type": "http.request", "body": bytes(1024), "more_body": len(read) < 1000}

    async def send(message):
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, bool(read)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a_file_takes_no_body(application, method):
    status, headers, read = ask(application, method, f"{settings.STATIC_URL}nothing.css")
    assert (status, headers["allow"], read) == (405, "GET, HEAD", False)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_body_that_comes_along_is_not_read(application, method):
    status, _, read = ask(application, method, f"{settings.STATIC_URL}nothing.css")
    assert (status, read) == (404, False)
