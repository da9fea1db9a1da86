"""Keys from their making to their end."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts import api_keys
from accounts.errors import KeyAlreadyShown, TooManyKeys
from accounts.models import ApiKey, Scope
from roomai_web.ids import uuid7
from tests.factories import Person


def make(owner: Person, **changes) -> tuple[ApiKey, str]:
    return api_keys.create(
        **({"workspace": owner.workspace, "created_by": owner.user, "name": "shop", "livemode": True} | changes)
    )


def test_a_new_key_opens_the_door_of_its_workspace(alice: Person) -> None:
    row, plain = make(alice)
    found = api_keys.authenticate(presented=plain)
    assert found == row
    assert found.workspace == alice.workspace
    assert (found.prefix, found.last4, str(found)) == ("rai_live_", plain[-4:], f"rai_live_…{plain[-4:]}")
    assert [found.allows(scope) for scope in Scope.values] == [True, True, False, False]


def test_a_test_key_says_so(alice: Person) -> None:
    row, plain = make(alice, livemode=False, scopes=["read"])
    assert plain.startswith("rai_test_")
    assert (row.livemode, row.scopes) == (False, ["read"])


def test_the_key_itself_is_nowhere_in_its_row(alice: Person) -> None:
    row, plain = make(alice)
    stored = ApiKey.objects.filter(pk=row.pk).values().get()
    assert plain[9:41] not in repr(stored)
    assert len(bytes(stored["digest"])) == 32
    assert stored["created_at"] is not None


def test_unknown_revoked_expired_and_bound_keys_are_refused_alike(alice: Person, django_assert_num_queries) -> None:
    body = "rai_live_" + "A" * 32
    revoked, revoked_text = make(alice)
    api_keys.revoke(key=revoked)
    expired_text = make(alice, expires_at=timezone.now() - timedelta(seconds=1))[1]
    elsewhere, elsewhere_text = make(alice)
    ApiKey.objects.filter(pk=elsewhere.pk).update(allowed_networks=["203.0.113.0/24"])
    for presented in (body + api_keys.check_digits(body), revoked_text, expired_text, elsewhere_text):
        with django_assert_num_queries(1):
            assert api_keys.authenticate(presented=presented) is None


def test_revoking_twice_keeps_the_first_time(alice: Person) -> None:
    row, _ = make(alice)
    first = api_keys.revoke(key=row).revoked_at
    assert first is not None
    assert api_keys.revoke(key=row).revoked_at == first


def test_use_is_noted_once_a_minute(alice: Person, django_assert_num_queries) -> None:
    row, plain = make(alice)
    assert row.last_used_at is None
    api_keys.authenticate(presented=plain)
    row.refresh_from_db()
    noted = row.last_used_at
    assert noted is not None
    with django_assert_num_queries(1):
        api_keys.authenticate(presented=plain)
    ApiKey.objects.filter(pk=row.pk).update(last_used_at=noted - timedelta(seconds=61))
    api_keys.authenticate(presented=plain)
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert row.last_used_at >= noted


def test_a_key_moves_to_the_newest_pepper_when_it_is_used(alice: Person, settings) -> None:
    settings.API_KEY_PEPPERS = ["old:first secret"]
    row, plain = make(alice)
    before = bytes(row.digest)
    settings.API_KEY_PEPPERS = ["new:second secret", "old:first secret"]
    assert api_keys.authenticate(presented=plain) == row
    row.refresh_from_db()
    assert (row.pepper_id, bytes(row.digest) == before) == ("new", False)
    settings.API_KEY_PEPPERS = ["new:second secret"]
    assert api_keys.authenticate(presented=plain) == row


def test_a_key_of_a_pepper_that_is_gone_is_refused(alice: Person, settings) -> None:
    settings.API_KEY_PEPPERS = ["old:first secret"]
    plain = make(alice)[1]
    settings.API_KEY_PEPPERS = ["new:second secret"]
    assert api_keys.authenticate(presented=plain) is None


def test_a_pepper_without_its_id_is_a_broken_setting(alice: Person, settings) -> None:
    settings.API_KEY_PEPPERS = ["only a secret"]
    with pytest.raises(ImproperlyConfigured, match="ID:SECRET"):
        make(alice)


def test_the_twenty_first_working_key_is_refused(alice: Person, charlie: Person) -> None:
    rows = [make(alice)[0] for _ in range(20)]
    with pytest.raises(TooManyKeys, match="at most 20") as refusal:
        make(alice)
    assert refusal.value.extra == {"limit": 20}
    assert make(charlie)[0].workspace == charlie.workspace
    api_keys.revoke(key=rows[0])
    assert make(alice)[0].workspace == alice.workspace


def test_two_forms_at_once_do_not_pass_the_limit(committed_db, alice: Person, at_once) -> None:
    for _ in range(19):
        make(alice)

    def attempt(_: int) -> bool:
        try:
            make(alice)
        except TooManyKeys:
            return False
        return True

    assert at_once(6, attempt).count(True) == 1
    assert ApiKey.objects.for_workspace(alice.workspace).live().count() == 20


def test_one_form_makes_one_key_whoever_sends_it_again(alice: Person, charlie: Person) -> None:
    form: UUID = uuid7()
    row, _ = make(alice, key_id=form)
    assert row.id == form
    for someone in (alice, charlie):
        with pytest.raises(KeyAlreadyShown, match="shown once"):
            make(someone, key_id=form)


def test_a_scope_nobody_has_heard_of_is_a_bug(alice: Person) -> None:
    with pytest.raises(ValueError, match="everything"):
        make(alice, scopes=["read", "everything"])


def test_a_workspace_whose_owner_was_shut_out_has_no_working_keys(alice: Person) -> None:
    _, plain = api_keys.create(workspace=alice.workspace, created_by=alice.user, name="x", livemode=True)
    assert api_keys.authenticate(presented=plain)
    alice.user.is_active = False
    alice.user.save()
    assert api_keys.authenticate(presented=plain) is None


@pytest.mark.parametrize("limit", ["monthly_token_cap", "allowed_networks"])
def test_an_operator_alone_sets_these_limits(alice: Person, limit: str) -> None:
    with pytest.raises(TypeError, match=limit):
        make(alice, **{limit: 7})
