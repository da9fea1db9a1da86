"""Which addresses are opened at all: networks, spellings, names. Nothing here leaves the process."""

from ipaddress import ip_address, ip_network

import pytest

from generations import addresses
from generations.addresses import REFUSED_IPV4, REFUSED_IPV6, Rules
from generations.errors import ImageUrlNotAllowed

REFUSED = [
    *("192.0.0.8", "192.0.0.192", "192.88.99.1", "224.0.0.1", "239.1.1.1", "168.63.129.16", "100.64.0.1"),
    *("100.100.100.200", "255.255.255.255", "0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.0.2.1", "198.18.0.1"),
    *("198.51.100.7", "203.0.113.9", "240.0.0.1", "192.31.196.1", "192.52.193.1", "192.175.48.1"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254"),
    *("fe80::1", "fec0::1", "ff02::1", "ff0e::1", "::ffff:1.1.1.1"),
]
OPEN = [
    *("1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1"),
    *("223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888"),
]
SPELLINGS = [
    *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.1", "017700000001", "0x7f.1", "0x7f.0.0.0x1"),
    *("00000177.0.0.01", "0", "127.0.0.1.", "1.1.1.1.", "1.1.1.01", "1.1.1", "1.1.1.1.1", "256.1.1.1"),
    *("①②⑦.⓪.⓪.①", "127。0。0。1", "1。1。1。1", "１.1.1.1", "ⓛocalhost", "lo\u00adcalhost", "exam\u202eple.com"),
    *("раypal.com", "ex\u200bample.com", "[::1]", "[::ffff:7f00:1]", "[fe80::1%25eth0]", "[2606:4700:0::1111]"),
    *("localhost", "a.localhost", "printer.local", "db.internal", "nas.lan", "router.home.arpa", "x.onion"),
    *("evil.test", "no.invalid", "intranet", "-a.example.com", "a-.example.com", "a_b.example.com"),
    *("example.com.", "example..com", "example.c0m", "x" * 64 + ".com", ".".join(["a" * 60] * 5) + ".com"),
    *("1.1.1.1%00.evil.test", "example%2ecom", "roomai.example.com"),
]
WHOLE = [
    "https://127.0.0.1:443\\@1.1.1.1/",
    "https://1.1.1.1 &@2.2.2.2# @3.3.3.3/",
    "https://a@b",
    "https://user:secret@example.com/a.png",
    "https://exa\x00mple.com/",
    "https://example.com/a\r\nHost: x",
    "https://example.com/\ta",
    "https://example.com/\x7f",
    "https:/1.1.1.1",
    "https:///x",
    "//1.1.1.1",
    "https://",
    "https://1.1.1.1:443:80/",
    *(f"https://example.com:{port}/a.png" for port in (0, 22, 80, 8443, 65536, -1, "443a")),
    *(f"{scheme}://example.com/a.png" for scheme in ("file", "ftp", "gopher", "dict", "ldap", "http", "httpss")),
    *("jar:https://example.com!/a", "data:text/html;base64,AAAA", "blob:https://example.com/1", "javascript:alert(1)"),
    "https://example.com/" + "a" * 2048,
    "https://example.com/\ud800",
    "https://example.com/" + "ü" * 1000,
    *("https://@example.com/", "https://:@example.com/", "//@example.com/", "https://@[2606:4700::1111]/"),
    *("https://example.com:+443/", "https://example.com:４４３/", "https://example.com:443:/", "https://[1.1.1.1]/"),
    *("https://xn--.com/", "https://xn--a.xn--b/", "https://www.xn--.com/", "https://xn--a.example.com/"),
    *("https://www.раypal.com/", "https://www.xn--ypal-43d9g.com/"),
]
RULES = Rules(own_hosts=frozenset({"roomai.example.com"}), ipv6=True)


@pytest.mark.parametrize("text", REFUSED)
def test_refused_network(text):
    assert addresses.is_refused(ip_address(text))


@pytest.mark.parametrize("text", OPEN)
def test_open_network(text):
    assert not addresses.is_refused(ip_address(text))


@pytest.mark.parametrize("net", [*REFUSED_IPV4, *REFUSED_IPV6], ids=str)
def test_both_ends_of_a_network_are_refused(net):
    assert addresses.is_refused(net[0])
    assert addresses.is_refused(net[-1])


@pytest.mark.parametrize("text", OPEN)
def test_the_operator_can_refuse_more(text):
    assert addresses.is_refused(ip_address(text), denied_nets=(ip_network(text),))


@pytest.mark.parametrize("host", SPELLINGS)
def test_odd_spelling(host):
    with pytest.raises(ImageUrlNotAllowed):
        addresses.read(f"https://{host}/a.png", rules=RULES)


@pytest.mark.parametrize("url", WHOLE)
def test_odd_address(url):
    with pytest.raises(ImageUrlNotAllowed):
        addresses.read(url, rules=RULES)


@pytest.mark.parametrize("text", REFUSED)
def test_refused_address_written_out(text):
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(ImageUrlNotAllowed):
        addresses.read(f"https://{host}/a.png", rules=RULES)


@pytest.mark.parametrize("text", OPEN)
def test_open_address_written_out(text):
    host = f"[{text}]" if ":" in text else text
    target = addresses.read(f"https://{host}/a.png", rules=RULES)
    assert str(target.literal) == text


def test_ipv6_is_off_unless_the_operator_wants_it():
    with pytest.raises(ImageUrlNotAllowed):
        addresses.read("https://[2606:4700::1111]/a.png", rules=Rules())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/furniture-photo.jpg", "example.com"),
        ("HTTPS://Example.COM/a.png?size=2&x=%20#top", "example.com"),
        ("https://example.com:443/a.png", "example.com"),
        ("https://bücher.example.com/a.png", "xn--bcher-kva.example.com"),
        ("https://例え.jp/ö.png", "xn--r8jz45g.jp"),
        ("https://127.0.0.1.nip.io/a.png", "127.0.0.1.nip.io"),
        ("https://example.com:/a@b:c.png?x=//u@h", "example.com"),
    ],
)
def test_good_address(url, host):
    target = addresses.read(url, rules=RULES)
    assert (target.host, target.port, target.literal, target.url.fragment) == (host, 443, None, "")


def test_http_only_where_the_operator_allows_it():
    target = addresses.read("http://example.com/a.png", rules=Rules(allow_http=True))
    assert target.port == 80
    with pytest.raises(ImageUrlNotAllowed):
        addresses.read("http://example.com:8080/a.png", rules=Rules(allow_http=True))


def test_a_host_of_the_operators_is_exempt_on_its_port_only():
    rules = Rules(allowed_hosts=frozenset({"127.0.0.1:9000", "nas.lan:80", "[::1]:9000"}))
    assert addresses.read("http://[::1]:9000/a.png", rules=rules).host_header == "[::1]:9000"
    assert addresses.read("http://127.0.0.1:9000/a.png", rules=rules).is_operators
    assert addresses.read("http://nas.lan/a.png", rules=rules).is_operators
    for url in ("http://127.0.0.1:9001/a.png", "https://nas.lan/a.png", "http://u@nas.lan/a.png"):
        with pytest.raises(ImageUrlNotAllowed):
            addresses.read(url, rules=rules)


def test_the_sentence_is_the_same_whatever_the_cause():
    said = set()
    for url in WHOLE:
        with pytest.raises(ImageUrlNotAllowed) as refusal:
            addresses.read(url, rules=RULES)
        said.add((refusal.value.message, str(refusal.value.extra)))
    assert len(said) == 1
