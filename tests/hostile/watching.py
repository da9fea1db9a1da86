"""Which addresses this process connects to: seen by the interpreter itself, below every library.

What is not one of our own servers is written down and then refused, so nothing a suite tries leaves the machine. The
judge of what must not be connected to is written down here once more: a slip in the product's own lists would show.
"""

import sys
from ipaddress import ip_address, ip_network
from typing import Any

FORBIDDEN = tuple(
    ip_network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/3", "::/3", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
        *("4000::/2", "8000::/1"),
    )
)


def is_forbidden(host: str) -> bool:
    """Say whether nobody's picture may be fetched from this address."""
    address = ip_address(host.partition("%")[0])
    return any(address.version == net.version and address in net for net in FORBIDDEN)


class Watch:
    """Writes down every (host, port) this process connects to from now on, but for `home`, our servers on loopback."""

    def __init__(self) -> None:
        self.home: set[int] = set()
        self.connects: list[tuple[str, int]] = []
        sys.addaudithook(self._seen)

    def _seen(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect" or not isinstance(arguments[1], tuple):
            return
        host, port = arguments[1][:2]
        if ip_address(host).is_loopback and port in self.home:
            return
        self.connects.append((host, port))
        raise ConnectionRefusedError(f"{host} is watched")

    def taken(self) -> list[tuple[str, int]]:
        """Return what was connected to since the last call."""
        seen, self.connects = self.connects, []
        return seen
