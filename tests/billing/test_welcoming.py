"""Free tokens: once for an address, three a day for a network, none for a throw-away; and the person is told."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.urls import reverse

from accounts import addresses, workspaces
from accounts.models import AuditEntry, User
from billing import invariants, ledger, welcoming
from billing.models import LedgerEntry
from billing.once import Welcome


def welcomed(address: str, *, ip: str = "") -> int:
    """Verify a new person's address and return what they have."""
    user = User.objects.create_user(f"{uuid4().hex}@example.com")
    entry = welcoming.welcome(user=user, address=address, ip=ip)
    return entry.d_posted if entry else 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.com", "ann@example.com"),
        ("ann+shop@example.com", "ann@example.com"),
        ("a.n.n@gmail.com", "ann@gmail.com"),
        ("ann@googlemail.com", "an.n+x@gmail.com"),
    ],
    ids=["case", "tag", "dots", "provider"],
)
def test_one_person_s_spellings_are_one(db, one, other):
    assert addresses.normalized(one) == addresses.normalized(other)
    assert (welcomed(one), welcomed(other)) == (10, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.nn@example.com", "ann@example.com"),
        ("ann@example.com", "ann@example.org"),
        ("+ann@example.com", "+bob@example.com"),
    ],
    ids=["dots", "domain", "empty"],
)
def test_others_stay_others(db, one, other):
    assert (welcomed(one), welcomed(other)) == (10, 10)


@pytest.mark.parametrize("domain", ["mailinator.com", "MAILINATOR.COM", "inbox.mailinator.com"])
def test_throw_aways_get_none(db, domain):
    assert addresses.is_disposable(f"ann@{domain}")
    assert welcomed(f"ann@{domain}") == 0
    assert not addresses.is_disposable("ann@gmail.com")


@pytest.mark.parametrize(
    ("ips", "another"),
    [
        (["192.0.2.1", "192.0.2.77", "::ffff:192.0.2.9", "192.0.2.255"], "192.0.3.1"),
        (["2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:ff::1", "2001:db8::1"], "2001:db8:0:100::1"),
    ],
    ids=["ipv4", "ipv6"],
)
def test_three_a_day_for_a_network(db, ips, another):
    given = [welcomed(f"{n}@example.com", ip=ip) for n, ip in enumerate(ips)]
    assert given == [10, 10, 10, 0]
    assert welcomed("x@example.com", ip=another) == 10
    assert welcomed("y@example.com", ip="") == 10
    assert [welcomed(f"here{n}@example.com", ip="127.0.0.1") for n in range(4)] == [10] * 4
    Welcome.objects.update(created_at=F("created_at") - timedelta(days=1, seconds=1))
    assert welcomed("z@example.com", ip=ips[0]) == 10


def test_a_person_is_welcomed_once_and_refused_for_good(db):
    user = User.objects.create_user("ann@example.com")
    key = f"grant:signup:{workspaces.personal(user=user).id}"
    for address in ("ann@example.com", "other@example.com"):
        entry = welcoming.welcome(user=user, address=address, ip="")
        assert (entry.key, entry.d_posted) == (key, 10)
    assert Welcome.objects.count() == LedgerEntry.objects.count() == 1
    late = User.objects.create_user("late@example.com")
    for address in ("ann+2@example.com", "late@example.com"):
        assert welcoming.welcome(user=late, address=address, ip="") is None


def test_who_is_refused_is_told_and_nothing_of_them_is_kept(client, db):
    welcomed("ann@example.com", ip="192.0.2.1")
    user = User.objects.create_user("ann.again@example.com")
    welcoming.welcome(user=user, address="ann+again@example.com", ip="192.0.2.1")
    client.force_login(user)
    page = client.get(reverse("billing:wallet")).content.decode()
    assert "No free tokens were added to this account. This address was given free tokens before." in page
    line = AuditEntry.objects.get(what="welcome_refused")
    assert (line.actor, line.after) == ("system", {"refused": "address"})
    kept = str([vars(one) for one in [*Welcome.objects.all(), *AuditEntry.objects.all()]])
    assert "@" not in kept
    assert "192.0.2" not in kept


def test_the_page_says_nothing_to_those_who_got_them(client, alice):
    welcoming.welcome(user=alice.user, address=alice.user.email, ip="")
    client.force_login(alice.user)
    assert b"No free tokens" not in client.get(reverse("billing:wallet")).content


@pytest.mark.parametrize("same", ["address", "network"])
def test_racing_sign_ups_stay_within_the_limit(committed_db, at_once, same):
    people = [User.objects.create_user(f"{n}@example.com") for n in range(8)]
    for person in people:
        ledger.wallet_id_for(workspace_id=workspaces.personal(user=person).id)

    def sign_up(n: int) -> bool:
        address = "ann@example.com" if same == "address" else people[n].email
        ip = f"192.0.2.{n}" if same == "network" else ""
        return welcoming.welcome(user=people[n], address=address, ip=ip) is not None

    assert sum(at_once(8, sign_up)) == (1 if same == "address" else 3)
    assert invariants.breaks() == []
