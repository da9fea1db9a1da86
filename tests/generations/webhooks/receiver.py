"""A customer's server on loopback, as well or badly behaved as a test wants it: raw sockets, one thread a call."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Behavior = Callable[[socket.socket], object]


@dataclass(frozen=True)
class Call:
    """One request as it came: its path, its headers in lower case, its body, and when."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """What came so far; `behave` writes the answer, and may be replaced at any time."""

    port: int
    behave: Behavior
    calls: list[Call] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/hook?token=t0p-s3cret"

    def take(self, connection: socket.socket) -> None:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            # Whoever hangs up on a rude server is not an error of the test.
            with suppress(OSError), connection:
                connection.settimeout(30)
                if (call := _read(connection)) is not None:
                    self.calls.append(call)
                    self.behave(connection)
        finally:
            with self._lock:
                self.at_once -= 1


def _read(connection: socket.socket) -> Call | None:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Call(first.split()[1], headers, body, time.time())


def says(answer: bytes) -> Behavior:
    """Answer these bytes and hang up."""
    return lambda connection: connection.sendall(answer)


def status(line: str, *headers: str, body: bytes = b"") -> Behavior:
    """Answer with this status line."""
    head = "\r\n".join([f"HTTP/1.1 {line}", *headers, f"Content-Length: {len(body)}", "", ""])
    return says(head.encode() + body)


def hangs(released: threading.Event) -> Behavior:
    """Say nothing until released."""
    return lambda connection: released.wait(30)


def resets(connection: socket.socket) -> None:
    """Break the connection off without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def never_ends(first: bytes, more: bytes, *, pause_s: float = 0.0) -> Behavior:
    """Begin, and go on until the caller hangs up or half a minute has passed."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            connection.sendall(more)
            time.sleep(pause_s)

    return behave


@contextmanager
def receiving(behave: Behavior | None = None, *, port: int = 0) -> Iterator[Receiver]:
    """Serve on loopback until the block ends."""
    with socket.create_server(("127.0.0.1", port), backlog=64) as server:
        receiver = Receiver(server.getsockname()[1], behave or says(OK))

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=receiver.take, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield receiver
        finally:
            server.shutdown(socket.SHUT_RDWR)
