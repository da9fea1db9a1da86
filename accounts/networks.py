"""Network addresses: who is at the other end of a connection, and which networks a key may be used from."""

import ipaddress
from collections.abc import Iterable

IPV6_SUBSCRIBER = 64
NETWORKS_MAX = 20
UNKNOWN = "unknown"


class BadNetworks(ValueError):
    """A list of networks cannot be used as it is; the text says which entry and why."""


def client_ip(*, peer: str, forwarded_for: str, proxies: int) -> str:
    """Return the address of the caller, as an IP address in its usual spelling; UNKNOWN where there is none.

    peer: who opened the connection. forwarded_for: the X-Forwarded-For header, to which each of `proxies` trusted
    proxies has appended who spoke to it; what stands before those entries is the caller's own word and not believed.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",")] if proxies and forwarded_for else []
    # Fewer entries than proxies: the call came in behind some of them, so nobody has vouched for the header.
    return _plain(hops[-proxies] if hops and len(hops) >= proxies else peer)


def subscriber(ip: str) -> str:
    """Return what stands for one subscriber: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_SUBSCRIBER), strict=False))
    return str(found)


def checked(given: Iterable[str]) -> list[str]:
    """Return the networks in their usual spelling, each once; raise BadNetworks naming the first that is none.

    given: networks (`203.0.113.0/24`, `2001:db8::/48`) or single addresses.
    """
    networks = list(dict.fromkeys(_network(text.strip()) for text in given if text.strip()))
    if len(networks) > NETWORKS_MAX:
        raise BadNetworks(f"at most {NETWORKS_MAX} networks, these are {len(networks)}")
    return networks


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise BadNetworks(f"{text!r} is no network such as 203.0.113.0/24 or 2001:db8::/48") from error
    first, _, length = text.partition("/")
    if length and ipaddress.ip_address(first) != network.network_address:
        raise BadNetworks(f"{text!r} names a single address and a network at once; the network is {network}")
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped:
        raise BadNetworks(f"{text!r} is an IPv4 network in disguise; write it as one")
    return str(network)


def _plain(ip: str) -> str:
    """Return one spelling for one address; without the port some proxies add, or the zone of a local one."""
    bare = ip.partition("]")[0].lstrip("[") if ip.startswith("[") else ip
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return UNKNOWN
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
