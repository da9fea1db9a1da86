"""What operators may set of a key: a monthly cap and the networks it works in, in the admin and by command."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.utils import timezone

from accounts import api_keys, key_limits, networks
from accounts.models import ApiKey, AuditEntry

NETWORKS = ["203.0.113.0/24", "2001:db8::/48"]


@pytest.fixture
def made(alice):
    """A key of alice's: its row and its text."""
    return api_keys.create(workspace=alice.workspace, created_by=alice.user, name="shop", livemode=True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["203.0.113.7"], ["203.0.113.7/32"]),
        ([" 203.0.113.0/24 ", "203.0.113.0/24", ""], ["203.0.113.0/24"]),
        (["2001:DB8:0::/48"], ["2001:db8::/48"]),
        (["2001:db8::1"], ["2001:db8::1/128"]),
        ([], []),
    ],
)
def test_networks_are_kept_in_one_spelling(given, kept):
    assert networks.checked(given) == kept


@pytest.mark.parametrize(
    "given",
    ["203.0.113.7/24", "2001:db8::1/48", "203.0.113.0/33", "example.com", "0x7f.1", "::ffff:203.0.113.0/120", "1/8"],
)
def test_what_is_no_network_is_named(given):
    with pytest.raises(networks.BadNetworks, match=r"203|2001|example|0x7f|1/8"):
        networks.checked([given])


def test_there_are_not_many_networks():
    with pytest.raises(networks.BadNetworks, match="at most 20"):
        networks.checked(f"10.0.{number}.0/24" for number in range(21))


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "ip"),
    [
        ("198.51.100.1", "203.0.113.1", 0, "198.51.100.1"),
        ("198.51.100.1", "9.9.9.9, 203.0.113.1", 1, "203.0.113.1"),
        ("198.51.100.1", "9.9.9.9, 203.0.113.1, 10.0.0.1", 2, "203.0.113.1"),
        ("198.51.100.1", "", 1, "198.51.100.1"),
        ("198.51.100.1", "203.0.113.1", 2, "198.51.100.1"),
        ("198.51.100.1", "203.0.113.1:4711", 1, "203.0.113.1"),
        ("198.51.100.1", "[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("::ffff:198.51.100.1", "", 0, "198.51.100.1"),
        ("fe80::1%eth0", "", 0, "fe80::1"),
        ("", "", 0, networks.UNKNOWN),
        ("198.51.100.1", "nonsense", 1, networks.UNKNOWN),
    ],
)
def test_who_calls_is_told_by_counted_proxies_alone(peer, forwarded, proxies, ip):
    assert networks.client_ip(peer=peer, forwarded_for=forwarded, proxies=proxies) == ip


def test_a_key_works_where_it_may_alone(made):
    key, plain = made
    key_limits.change(key=key, monthly_token_cap=None, allowed_networks=NETWORKS, actor="test", reason="office only")
    inside, outside = ("203.0.113.9", "2001:db8:0:5::1"), ("203.0.112.9", "2001:db8:1::1", networks.UNKNOWN)
    assert all(api_keys.authenticate(presented=plain, ip=ip) == key for ip in inside)
    assert not any(api_keys.authenticate(presented=plain, ip=ip) for ip in outside)
    assert api_keys.authenticate(presented=plain) is None


def test_a_use_from_elsewhere_is_not_noted_as_one(made):
    key, plain = made
    key_limits.change(key=key, monthly_token_cap=None, allowed_networks=NETWORKS, actor="test", reason="office only")
    api_keys.authenticate(presented=plain, ip="192.0.2.1")
    key.refresh_from_db()
    assert key.last_used_at is None


@pytest.mark.parametrize("change", [{"revoked_at": 0}, {"expires_at": 0}], ids=["revoked", "expired"])
def test_a_key_is_closed_from_the_next_call_on(made, change):
    key, plain = made
    assert api_keys.authenticate(presented=plain) == key
    [name] = change
    ApiKey.objects.filter(pk=key.pk).update(**{name: timezone.now() - timedelta(milliseconds=1)})
    assert api_keys.authenticate(presented=plain) is None


def test_a_change_is_on_record_and_none_is_not(made):
    key, _ = made
    for _ in range(2):
        key_limits.change(key=key, monthly_token_cap=50, allowed_networks=NETWORKS, actor="operator 7", reason="abuse")
    [entry] = AuditEntry.objects.filter(what="key_limits_changed")
    assert (entry.actor, entry.reason, entry.target) == ("operator 7", "abuse", f"key {key.id}")
    assert entry.before == {"monthly_token_cap": None, "allowed_networks": []}
    assert entry.after == {"monthly_token_cap": 50, "allowed_networks": NETWORKS}
    assert entry.workspace_id == key.workspace_id


def command(*arguments):
    said = StringIO()
    call_command("key_limits", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_shows_and_sets(made):
    key, plain = made
    assert "no cap, 0 counted this month; works everywhere" in command(plain[-4:])
    said = command(str(key.id), "--cap", "50", "--networks", "203.0.113.0/24, 2001:db8::/48", "--reason", "asked for")
    assert "at most 50 tokens a month, 0 counted this month; works 203.0.113.0/24, 2001:db8::/48" in said
    assert "at most 9 tokens" in command(str(key.id), "--cap", "9", "--reason", "less")
    key.refresh_from_db()
    assert (key.monthly_token_cap, key.allowed_networks) == (9, NETWORKS)
    assert "no cap" in command(str(key.id), "--cap", "none", "--networks", "any", "--reason", "done")
    assert AuditEntry.objects.filter(what="key_limits_changed", actor="operator").count() == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cap", "5"], "say why"),
        (["--cap", "-5", "--reason", "x"], "whole number"),
        (["--cap", "9999999999", "--reason", "x"], "a cap is"),
        (["--networks", "10.0.0.1/8", "--reason", "x"], "10.0.0.0/8"),
    ],
)
def test_the_command_refuses_what_cannot_be(made, arguments, words):
    key, _ = made
    with pytest.raises(CommandError, match=words):
        command(str(key.id), *arguments) if "-5" not in arguments else command(str(key.id), "--cap=-5", "--reason=x")
    key.refresh_from_db()
    assert (key.monthly_token_cap, key.allowed_networks) == (None, [])


def test_the_command_wants_one_key(made, alice):
    with pytest.raises(CommandError, match="no key"):
        command("....")
    other, _ = api_keys.create(workspace=alice.workspace, created_by=None, name="twin", livemode=True)
    ApiKey.objects.filter(pk=other.pk).update(last4=made[0].last4)
    with pytest.raises(CommandError, match="several") as refused:
        command(made[0].last4)
    assert str(other.id) in str(refused.value)


@pytest.fixture
def page(made, alice):
    """Post the admin's form of the key as staff; return the key afterwards and the answer."""
    alice.user.is_staff = alice.user.is_superuser = True
    alice.user.save()

    def post(**form):
        request = RequestFactory().post("/", form)
        request.user, request._messages = alice.user, CookieStorage(request)
        request._dont_enforce_csrf_checks = True
        answer = admin.site.get_model_admin(ApiKey).changeform_view(request, str(made[0].pk))
        return ApiKey.objects.get(pk=made[0].pk), answer

    return post


def test_staff_set_both_in_the_admin(page, alice):
    form = {
        "monthly_token_cap": "70",
        "allowed_networks": "203.0.113.0/24\r\n2001:db8::/48, 192.0.2.1",
        "reason": "why",
    }
    key, answer = page(**form, name="renamed", scopes="webhooks")
    assert answer.status_code == 302
    assert (key.monthly_token_cap, key.allowed_networks) == (70, [*NETWORKS, "192.0.2.1/32"])
    assert (key.name, key.scopes) == ("shop", ["generate", "read"])
    [entry] = AuditEntry.objects.filter(what="key_limits_changed")
    assert (entry.actor, entry.reason) == (f"operator {alice.user.pk}", "why")


@pytest.mark.parametrize(
    "form",
    [
        {"monthly_token_cap": "5", "allowed_networks": "", "reason": ""},
        {"monthly_token_cap": "-5", "allowed_networks": "", "reason": "because"},
        {"monthly_token_cap": "5", "allowed_networks": "10.0.0.1/8", "reason": "because"},
    ],
    ids=["no reason", "negative", "no network"],
)
def test_the_admin_says_what_is_wrong(page, form):
    key, answer = page(**form)
    assert (answer.status_code, "errorlist" in answer.rendered_content) == (200, True)
    assert (key.monthly_token_cap, key.allowed_networks) == (None, [])
    assert "digest" not in answer.rendered_content
