"""Which addresses of a customer's we open: spelling, names and networks. Nothing is looked up here.

`ipaddress.is_global` is not used: it lets through several of the networks below, differently in each Python.
Sources of the lists: IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890 and its successors), and the
metadata addresses of the large clouds.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from generations.catalog.inputs import URL_MAX_CHARS
from generations.errors import ImageUrlNotAllowed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REFUSED_IPV4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; holds a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's platform address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# For IPv6 the list is of what is open, so that whatever is invented next is refused until it is looked at.
OPEN_IPV6 = IPv6Network("2000::/3")
REFUSED_IPV6 = tuple(
    IPv6Network(net)
    for net in (
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
REFUSED_NAMES = ("localhost", "local", "internal", "lan", "home.arpa", "onion", "test", "invalid")
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
TOP_LABEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
DOTTED = re.compile(r"[0-9.]+")
HAS_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
# A host, or one in brackets, and a port in plain digits: no user, not even an empty one.
AUTHORITY = re.compile(r"(?:\[[^\[\]/?#@]+\]|[^\[\]/?#@:]+)(?::[0-9]{0,5})?(?=[/?#]|\Z)")
DEFAULT_PORTS = {"https": 443, "http": 80}
EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})


@dataclass(frozen=True, slots=True)
class Rules:
    """What this installation adds. allowed_hosts: `host:port` of the operator's own, exempt from the other rules."""

    allow_http: bool = False
    allowed_hosts: frozenset[str] = frozenset()
    denied_nets: tuple[Network, ...] = ()
    own_hosts: frozenset[str] = frozenset()
    ipv6: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be looked up. literal: set when the host is an address itself, already judged."""

    url: httpx.URL
    host: str
    port: int
    is_operators: bool
    literal: Address | None = field(default=None)

    @property
    def host_header(self) -> str:
        """Return what the Host header says: the name as given, the port where it is not the usual one."""
        host = _bracketed(self.host)
        return host if self.port == DEFAULT_PORTS[self.url.scheme] else f"{host}:{self.port}"


def networks(texts: list[str]) -> tuple[Network, ...]:
    """Return the operator's networks; raises ValueError for one that is none."""
    return tuple(ip_network(text) for text in texts)


def is_refused(address: Address, *, denied_nets: tuple[Network, ...] = ()) -> bool:
    """Say whether a connection to this address is refused: everything that is not the public internet."""
    if any(address in net for net in denied_nets):
        return True
    if isinstance(address, IPv4Address):
        return any(address in net for net in REFUSED_IPV4)
    return address not in OPEN_IPV6 or any(address in net for net in REFUSED_IPV6)


def read(text: str, *, rules: Rules) -> Target:
    """Return where this address leads, by spelling alone. Raises ImageUrlNotAllowed, for every cause alike.

    One parser serves the check and the fetch: what is judged here are the parts the client will use.
    """
    check_spelling(text)
    try:
        url = httpx.URL(text).copy_with(fragment=None)
        host, scheme = url.raw_host.decode("ascii").strip("[]"), url.scheme
    except (httpx.InvalidURL, ValueError) as error:
        raise ImageUrlNotAllowed from error
    if scheme not in DEFAULT_PORTS or not host or url.userinfo or "%" in host or len(str(url)) > URL_MAX_CHARS:
        raise ImageUrlNotAllowed
    port = DEFAULT_PORTS[scheme] if url.port is None else url.port
    if f"{_bracketed(host)}:{port}" in rules.allowed_hosts:
        return Target(url, host, port, is_operators=True)
    if port != DEFAULT_PORTS[scheme] or (scheme == "http" and not rules.allow_http):
        raise ImageUrlNotAllowed
    if ":" in host or DOTTED.fullmatch(host):
        return Target(url, host, port, is_operators=False, literal=_literal(host, text, rules))
    _check_name(host, rules=rules)
    return Target(url, host, port, is_operators=False)


def check_spelling(text: str) -> None:
    """Refuse what two readers would read differently: hidden characters, backslashes, users, odd ports.

    text: an address, or what a redirect calls one, before any parser has tidied it. Raises ImageUrlNotAllowed.
    """
    if len(text) > URL_MAX_CHARS or "\\" in text or any(_is_hidden(sign) for sign in text):
        raise ImageUrlNotAllowed
    if (start := HAS_AUTHORITY.match(text)) and not AUTHORITY.match(text, start.end()):
        raise ImageUrlNotAllowed


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_hidden(sign: str) -> bool:
    """Say whether a reader cannot see this character: control, format, space, private or unassigned."""
    return unicodedata.category(sign)[0] in "CZ"


def _literal(host: str, text: str, rules: Rules) -> Address:
    try:
        address = ip_address(host)
    except ValueError as error:
        raise ImageUrlNotAllowed from error
    # Written in full and in plain digits, or not at all: resolvers disagree about every other spelling.
    is_plain = str(address) == host and text.lower().partition("://")[2].lstrip("[").startswith(host)
    if not is_plain or (address.version == 6 and not rules.ipv6):
        raise ImageUrlNotAllowed
    if is_refused(address, denied_nets=rules.denied_nets):
        raise ImageUrlNotAllowed
    return address


def _check_name(host: str, *, rules: Rules) -> None:
    labels = host.split(".")
    well_formed = len(host) <= 253 and len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)
    if not well_formed or not TOP_LABEL.fullmatch(labels[-1]) or host in rules.own_hosts:
        raise ImageUrlNotAllowed
    if any(host == name or host.endswith(f".{name}") for name in REFUSED_NAMES):
        raise ImageUrlNotAllowed
    if any(_mixes_scripts(_spelled(label)) for label in labels):
        raise ImageUrlNotAllowed


def _spelled(label: str) -> str:
    """Return a label as people read it. Raises ImageUrlNotAllowed for one that only pretends to be encoded."""
    try:
        return httpx.URL(scheme="https", host=label).host  # by itself: of a whole name only the first is decoded
    except (httpx.InvalidURL, ValueError) as error:
        raise ImageUrlNotAllowed from error


def _mixes_scripts(label: str) -> bool:
    """Say whether letters of several scripts stand in one label, as in names made to look like another."""
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in label if sign.isalpha()}
    return len(scripts) > 1 and not scripts - {"LATIN"} <= EAST_ASIAN
