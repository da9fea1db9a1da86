"""Every way we know to write an address that must not be opened, so that a reader or a parser may miss it."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from random import Random

from tests.hostile.watching import FORBIDDEN

#: The addresses a picture service is asked for by those who mean harm, and the edges of every refused network.
NAMED = (
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1"),
    *("169.254.169.254", "100.100.100.200", "192.0.0.192", "192.0.0.8", "168.63.129.16", "192.88.99.1", "224.0.0.1"),
    *("239.1.1.1", "100.64.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1"),
    *("::ffff:0:127.0.0.1", "::ffff:1.1.1.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1"),
    *("100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2620:4f:8000::1", "3fff::1"),
    *("5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fec0::1", "ff02::1", "ff0e::1"),
)
EDGES = tuple(str(edge) for net in FORBIDDEN for edge in (net[0], net[-1]))
ADDRESSES = tuple(dict.fromkeys((*NAMED, *EDGES)))

SCHEMES = ("https://", "HTTPS://", "hTTpS://", "http://", "//", "https:/", "https:///", "ftp://", "gopher://", "ws://")
PORTS = ("", ":", ":443", ":80", ":0443", ":+443", ":0", ":22", ":8443", ":65536", ":-1", ":443:80", ":４４３")
USERS = ("", "@", "user@", "user:secret@", "1.1.1.1@", "1.1.1.1:443@", "1.1.1.1&@", "%40@", "1.1.1.1\\@")
TAILS = ("/", "", "/a.png", "/a.png?x=1", "?x=@1.1.1.1", "#@1.1.1.1/", "/..//1.1.1.1/", "\\@1.1.1.1/", "/a b", "/\t")
HIDDEN = ("\u00ad", "\u200b", "\u202e", "\u2060", "\x00", "\t", "\r\n", " ")


def of(text: str) -> list[str]:
    """Return the spellings of one address as a host of a URL; the first is the plain one."""
    address = ip_address(text)
    return _of_ipv6(address) if isinstance(address, IPv6Address) else _of_ipv4(address)


def _of_ipv4(address: IPv4Address) -> list[str]:
    a, b, c, d = address.packed
    number, text = int(address), str(address)
    carriers = ("::ffff:0:0", "::", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::")
    return [
        text,
        *(str(number), hex(number), f"{number:#o}".replace("0o", "0"), f"0x{number:08X}", str(number + 2**32)),
        *(f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"00000{a:o}.{b}.{c}.{d}"),
        *(f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{c * 256 + d}", f"0x{a:x}.{number & 0xFFFFFF}"),
        *(
            f"{a:03}.{b:03}.{c:03}.{d:03}",
            f"{text}.",
            f".{text}",
            f"{text}.0",
            f"{a + 256}.{b}.{c}.{d}",
            f"{a}..{c}.{d}",
        ),
        *(text.replace(".", "。"), text.replace(".", "．"), text.replace(".", "｡"), _wide(text), _circled(text)),
        *(text.replace(".", "%2e"), "".join(f"%{ord(sign):02x}" for sign in text), f"{text}%00.evil.test"),
        *(text.replace(".", f".{sign}", 1) for sign in HIDDEN),
        *(f"[{IPv6Address(int(IPv6Address(carrier)) + number)}]" for carrier in carriers),
        *(
            f"[::ffff:{text}]",
            f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::]",
            f"[{text}]",
            f"[::ffff:{a:x}{b:02x}:{c:x}{d:02x}]",
        ),
    ]


def _of_ipv6(address: IPv6Address) -> list[str]:
    text = str(address)
    return [
        f"[{text}]",
        *(f"[{address.exploded}]", f"[{address.exploded.upper()}]", text, f"[{text}%25eth0]", f"[{text}%eth0]"),
        *(
            f"[0{text}]",
            f"[{text}].",
            f"[[{text}]]",
            f"[{text}",
            f"{text}]",
            f"[v1.{text}]",
            f"[ {text}]",
            _wide(f"[{text}]"),
        ),
    ]


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in text)


def _circled(text: str) -> str:
    circles = "⓪①②③④⑤⑥⑦⑧⑨"
    return "".join(circles[int(sign)] if sign.isdigit() else sign for sign in text)


def plain() -> Iterator[str]:
    """Yield every address in every spelling, as the host of an ordinary URL."""
    for text in ADDRESSES:
        for host in of(text):
            yield f"https://{host}/a.png"


def drawn(random: Random) -> str:
    """Return one of the thirty million URLs of an address, a spelling, a scheme, a user, a port and a tail."""
    host = random.choice(of(random.choice(ADDRESSES)))
    return "".join(
        (random.choice(SCHEMES), random.choice(USERS), host, random.choice(PORTS), random.choice(TAILS)),
    )
