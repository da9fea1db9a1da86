"""A DNS server of ours on loopback (UDP, RFC 1035), and a getaddrinfo that asks it.

The product resolves by `socket.getaddrinfo`, which asks the machine's own servers; `pointed_at` puts this one there,
the narrowest seam there is. All of the product's own resolving runs: its threads, its two seconds, its one look-up.
"""

import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

A, CNAME, AAAA = 1, 5, 28
KINDS = {A: socket.AF_INET, AAAA: socket.AF_INET6}
NXDOMAIN = 3
PATIENCE_S = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says of a name: records of (kind, text), all with TTL 0, after so many seconds."""

    records: tuple[tuple[int, str], ...] = ()
    code: int = 0
    after_s: float = 0
    is_garbage: bool = False


class Server:
    """Answers each question by `says(name, kind)`, in a thread of its own; counts what it was asked."""

    def __init__(self, says: Callable[[str, int], Answer]) -> None:
        self._says, self.asked = says, 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = self._socket.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(512)
            if len(question) < 17:
                return  # `close` sends nothing to answer
            self.asked += 1
            name, kind = _read_question(question)
            said = self._says(name, kind)
            threading.Timer(said.after_s, self._socket.sendto, (_message(question, said), client)).start()

    def close(self) -> None:
        """Let the thread end."""
        self._socket.sendto(b"", self.address)


def _message(question: bytes, said: Answer) -> bytes:
    if said.is_garbage:
        return question[:2] + b"\xff" * 40
    records = b"".join(_record(kind, text) for kind, text in said.records)
    head = question[:2] + struct.pack(">HHHHH", 0x8180 | said.code, 1, len(said.records), 0, 0)
    return head + question[12:] + records


def _record(kind: int, text: str) -> bytes:
    data = _written(text) if kind == CNAME else ip_address(text).packed
    return struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(data)) + data


def _written(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _read_question(message: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while size := message[at]:
        labels.append(message[at + 1 : at + 1 + size].decode("ascii"))
        at += 1 + size
    return ".".join(labels), int.from_bytes(message[at + 1 : at + 3], "big")


def _asked(server: tuple[str, int], name: str, kind: int) -> list[str]:
    """Ask for one kind of record; return the addresses of the answer, however they came to be in it."""
    number = random.randrange(65536)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE_S)
        head = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0)
        asking.sendto(head + _written(name) + struct.pack(">HH", kind, 1), server)
        message = asking.recv(4096)
    if message[:2] != head[:2] or message[3] & 15:
        return []
    at = 12 + len(_written(name)) + 4
    found = []
    for _ in range(int.from_bytes(message[6:8], "big")):
        record_kind, _, _, length = struct.unpack_from(">HHIH", message, at + 2)
        if record_kind == kind:
            found.append(str(ip_address(message[at + 12 : at + 12 + length])))
        at += 12 + length
    return found


@contextmanager
def pointed_at(server: Server) -> Iterator[Callable[[], int]]:
    """Let every look-up of this process ask the server; yields how many look-ups there were."""
    usual, lookups = socket.getaddrinfo, 0

    def asks(host: str, port: int, *more: Any, **options: Any) -> Any:
        nonlocal lookups
        if host[-1:].isdigit():  # an address written out: nobody is asked
            return usual(host, port, *more, **options)
        lookups += 1
        try:
            found = [(kind, text) for kind in (A, AAAA) for text in _asked(server.address, host, kind)]
        except (OSError, ValueError, IndexError, struct.error) as error:
            raise socket.gaierror(socket.EAI_AGAIN, "no usable answer") from error
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(KINDS[kind], socket.SOCK_STREAM, 6, "", (text, port)) for kind, text in found]

    socket.getaddrinfo = asks  # type: ignore[assignment]
    try:
        yield lambda: lookups
    finally:
        socket.getaddrinfo = usual
