"""Odd forms, headers and addresses."""

import base64
import json
from collections.abc import Iterator

from tests.generations.api.calling import PNG
from tests.generations.api.odd_calls import (
    HEADER,
    KEY,
    KIND,
    METHOD,
    MODEL,
    NOBODY,
    NOT_FOUND,
    SMALL,
    TAKEN,
    WRONG,
    Odd,
)


def form(*parts: bytes, ending: bytes = b"--x--\r\n") -> bytes:
    """Return a form of these raw parts."""
    return b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + ending


def part(name: str, value: bytes, *, more: str = "", headers: str = "") -> bytes:
    """Return a part with this name; more: after it in its line, headers: lines of its own."""
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n{headers}\r\n'.encode() + value


PICTURE = part("image", PNG, more='; filename="a.png"', headers="Content-Type: image/png\r\n")
GOOD = (part("model", b"changebg"), part("prompt", b"a room"), PICTURE)
FORM = "multipart/form-data; boundary=x"


def forms() -> Iterator[Odd]:
    """Forms that are put together in odd ways, and mean something all the same."""
    taken = {
        "a file's name with a path": [*GOOD[:2], part("image", PNG, more='; filename="../../etc/passwd"')],
        "a file's name of script": [*GOOD[:2], part("image", PNG, more='; filename="<script>.png"')],
        "a file's name in stars": [*GOOD[:2], part("image", PNG, more="; filename*=UTF-8''%2e%2e%2fa.png")],
        "another type of file": [
            *GOOD[:2],
            part("image", PNG, more='; filename="a"', headers="Content-Type: text/html\r\n"),
        ],
        "in base64": [
            *GOOD[:2],
            part(
                "image", base64.b64encode(PNG), more='; filename="a"', headers="Content-Transfer-Encoding: base64\r\n"
            ),
        ],
        "parts of parts": [*GOOD, part("background.color", b"#ffffff")],
        "a part without a name": [*GOOD, b"Content-Disposition: form-data\r\n\r\nx"],
    }
    for name, parts in taken.items():
        yield Odd(f"form: {name}", TAKEN, form(*parts), {"Content-Type": FORM})


def wrong_forms() -> Iterator[Odd]:
    """Forms whose parts mean nothing."""
    wrong = {
        "an empty name": [*GOOD, part("", b"x")],
        "a name with a NUL": [*GOOD, part("a\0b", b"x")],
        "twice the prompt": [*GOOD, part("prompt", b"another")],
        "a file and a text": [*GOOD, part("image", b"upl_x")],
        "a file as prompt": [GOOD[0], PICTURE, part("prompt", PNG, more='; filename="a.png"')],
        "a file as model": [part("model", b"changebg", more='; filename="a"'), *GOOD[1:]],
        "dots only": [*GOOD, part("...", b"x")],
        "a dot behind": [*GOOD, part("background.", b"x")],
        "a dot before": [*GOOD, part(".color", b"x")],
        "three levels": [*GOOD, part("background.color.x", b"x")],
        "a part of a text": [*GOOD, part("prompt.x", b"x")],
        "brackets": [*GOOD, part("background[color]", b"#ffffff")],
        "a long name": [*GOOD, part("n" * 900, b"x")],
        "a NUL in a text": [GOOD[0], PICTURE, part("prompt", b"a\0room")],
        "no photo": [*GOOD[:2]],
        "an empty file": [*GOOD[:2], part("image", b"", more='; filename=""')],
        "an object as JSON": [*GOOD, part("background", b'{"color": "#ffffff"}')],
        "bad base64": [
            *GOOD[:2],
            part("image", b"!!!!!", more='; filename="a"', headers="Content-Transfer-Encoding: base64\r\n"),
        ],
    }
    for name, parts in wrong.items():
        yield Odd(f"form: {name}", WRONG, form(*parts), {"Content-Type": FORM})


def broken_forms() -> Iterator[Odd]:
    """Bytes that are hardly a form."""
    ended = {
        "without an end": form(*GOOD, ending=b""),
        "by line feeds": form(*GOOD).replace(b"\r\n", b"\n"),
        "of nothing": b"",
        "of its end": b"--x--\r\n",
        "a thousand headers": form(part("prompt", b"x", headers="X: y\r\n" * 1000)),
    }
    for name, body in ended.items():
        yield Odd(f"form: {name}", WRONG, body, {"Content-Type": FORM})
    yield Odd("form: another boundary", MODEL, form(*GOOD).replace(b"--x", b"--y"), {"Content-Type": FORM})
    for boundary, refusal in (("", KIND), ("x" * 300, WRONG), ('" "', WRONG), ("x\u00e9", WRONG)):
        kind = f"multipart/form-data; boundary={boundary}".encode("latin-1")
        yield Odd(f"form: boundary {boundary[:9]}", refusal, form(*GOOD), {"Content-Type": kind})


def headers() -> Iterator[Odd]:
    """Headers of ours that cannot be read, and odd ones that can."""
    body, said = json.dumps(SMALL).encode(), {"Content-Type": "application/json"}
    for wait in (
        "",
        "+5",
        "1e3",
        "0x10",
        "5 5",
        "1_0",
        "9" * 10,
        "9" * 5000,
        "-0",
        "5s",
        "\u00b2",
        "NaN",
        '"',
        '"five"',
    ):
        yield Odd(f"wait={wait[:12]}", HEADER, body, said | {"Prefer": f"wait={wait}".encode("latin-1")})
    for prefer in ("wait=1, wait=x", "x=1, wait=no", "handling=lenient; wait=5, wait = z"):
        yield Odd(f"Prefer: {prefer}", HEADER, body, said | {"Prefer": prefer})
    for prefer in (
        "",
        ",,,",
        "wait=5;x=y",
        'wait="5"',
        "WAIT=5",
        "return=minimal",
        "respond-async=x",
        "x" * 5000,
        "wait=5, respond-async",
    ):
        yield Odd(f"Prefer: {prefer[:20]}", TAKEN, body, said | {"Prefer": prefer})
    for key in (b"\x7f", b"a\x00b", b"\xe9", b"k\n", b"\xff" * 10, b"k" * 5000):
        yield Odd(f"key {key[:8]!r}", HEADER, body, said | {"Idempotency-Key": key})


def headers_for_others() -> Iterator[Odd]:
    """Headers that must change nothing."""
    body, said = json.dumps(SMALL).encode(), {"Content-Type": "application/json"}
    for name, value in {
        "X-HTTP-Method-Override": "DELETE",
        "X-Forwarded-For": "127.0.0.1, ::1, evil",
        "X-Original-URL": "/operators/",
        "Range": "bytes=0-1",
        "If-None-Match": "*",
        "Expect": "200-maybe",
        "Cookie": "session=x; " * 200,
        "Accept-Language": "x" * 3000,
        "Accept-Encoding": "gzip;q=nan",
        "Origin": "null",
        "X-CSRFToken": "x",
        "Upgrade": "h2c",
    }.items():
        yield Odd(f"{name}: {value[:12]}", TAKEN, body, said | {name: value})


def lengths_and_wishes() -> Iterator[Odd]:
    """Lengths that are none, answers nobody has, and keys that are no keys."""
    body, said = json.dumps(SMALL).encode(), {"Content-Type": "application/json"}
    for length in ("junk", "-1", "+5", "5, 5", "0x10", "1_0", "\u00b2", "9" * 5000 + "x"):
        yield Odd(f"Content-Length: {length[:12]}", HEADER, body, said | {"Content-Length": length.encode("latin-1")})
    for length in ("9" * 20, "9" * 5000, "29360129"):
        stated = said | {"Content-Length": length}
        yield Odd(f"Content-Length: {length[:12]}", (413, "BODY_TOO_LARGE"), body, stated)
    for accept, refusal in {
        "text/*": (406, "NOT_ACCEPTABLE"),
        "image/png;q=1, */png": (406, "NOT_ACCEPTABLE"),
        "application/xml, text/html;q=0.9": (406, "NOT_ACCEPTABLE"),
        "application/*": TAKEN,
        "*/*;q=0.001": TAKEN,
        ",": (406, "NOT_ACCEPTABLE"),
    }.items():
        yield Odd(f"Accept: {accept}", refusal, body, said | {"Accept": accept})
    for given in (
        "Basic Og==",
        "Bearer",
        "Bearer null",
        "Bearer  x",
        "Token x",
        "Bearer rai_live_" + "0" * 38,
        "x" * 5000,
    ):
        yield Odd(f"Authorization: {given[:20]}", KEY, body, said | {"Authorization": given})


def addresses() -> Iterator[Odd]:
    """Addresses beside those there are."""
    for path in (
        *("/generate/", "//generate", "/Generate", "/generate%00", "/generate;x", "/%2e%2e/operators/"),
        *(
            "/generations/",
            f"/generations/{NOBODY}/",
            f"/generations/{NOBODY.upper()}",
            f"/generations/{NOBODY}%0a",
            "/%0a",
            "/%0d%0a",
        ),
        *("/generations/%00", "/generations/" + "9" * 3000, f"/generations/{NOBODY}/proof/", "/models/..%2fchangebg"),
        *(
            "/models/changebg%00",
            "/models/%ff%fe",
            "/models/" + "m" * 3000,
            "/models//",
            "/openapi.json/",
            "/openapi.yaml",
        ),
        *("/docs", "/.env", "/results/", "/balance/..;/", "/generations/{id}", "/\u202e", "/a\\b"),
    ):
        yield Odd(f"GET {path[:40]}", NOT_FOUND, method="GET", path=path)


def queries() -> Iterator[Odd]:
    """Queries that ask for nothing there is."""
    for query in (
        "limit=1e1",
        "limit=5.5",
        "limit=",
        "limit=0x5",
        "limit=" + "9" * 4000,
        "limit=%00",
        "limit=true",
        "limit=-1",
    ):
        yield Odd(f"?{query[:30]}", WRONG, method="GET", path=f"/generations?{query}", fields=frozenset({"limit"}))
    for query in ("cursor=", "cursor=%00", "cursor=%ff", "cursor=' OR 1=1", "cursor=" + "0" * 3000, "cursor=null"):
        yield Odd(f"?{query[:30]}", WRONG, method="GET", path=f"/generations?{query}", fields=frozenset({"cursor"}))
    here = "http://localhost:8000/api/v1/generations/"
    for url in (
        *(
            "",
            "x" * 501,
            here,
            here + "x",
            f"{here}{NOBODY}/",
            f"{here}{NOBODY}?x",
            f"{here}{NOBODY}%23",
            f"{here}../x",
        ),
        *(f"https://localhost:8000/api/v1/generations/{NOBODY}", f"HTTP://LOCALHOST:8000/api/v1/generations/{NOBODY}"),
        *(f"http://a@localhost:8000/api/v1/generations/{NOBODY}", f"//localhost:8000/api/v1/generations/{NOBODY}"),
        *(f"{here}{NOBODY}%0a", "javascript:alert(1)", "%00", "%ff"),
    ):
        yield Odd(f"?processing_url={url[-24:]}", WRONG, method="GET", path=f"/results?processing_url={url}")


def methods() -> Iterator[Odd]:
    """Methods an address does not know."""
    allowed = {
        "/generate": {"POST"},
        "/balance": {"GET"},
        "/generations": {"GET"},
        f"/generations/{NOBODY}/cancel": {"POST"},
    }
    for path, known in allowed.items():
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - known):
            yield Odd(f"{method} {path}", METHOD, method=method, path=path)


GROUPS = (
    *(forms, wrong_forms, broken_forms),
    *(headers, headers_for_others, lengths_and_wishes, addresses, queries, methods),
)
