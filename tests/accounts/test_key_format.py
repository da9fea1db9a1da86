"""The shape of a key: what passes the door before any database is asked."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import api_keys
from tests.factories import Person, key_of

BODIES = st.builds(
    lambda kind, body: f"rai_{kind}_{body}",
    st.sampled_from(["live", "test"]),
    st.text(alphabet=api_keys.ALPHABET, min_size=32, max_size=32),
)


@given(BODIES)
def test_a_body_with_its_check_digits_looks_right(body: str) -> None:
    assert api_keys.looks_right(body + api_keys.check_digits(body))


@given(BODIES, st.integers(0, 46), st.sampled_from(api_keys.ALPHABET))
def test_one_changed_character_is_noticed(body: str, place: int, character: str) -> None:
    key = body + api_keys.check_digits(body)
    changed = key[:place] + character + key[place + 1 :]
    assert api_keys.looks_right(changed) == (changed == key)


@given(st.text(max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    assert not api_keys.looks_right(text)


def test_check_digits_are_crc32_in_base62() -> None:
    body = "rai_live_" + "0" * 32
    number = 0
    for character in api_keys.check_digits(body):
        number = number * 62 + api_keys.ALPHABET.index(character)
    assert number == zlib.crc32(body.encode())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: "",
        lambda key: key + "0",
        lambda key: key[:-1],
        lambda key: key + "\n",
        lambda key: " " + key,
        lambda key: key.upper(),
        lambda key: key.replace("rai_live_", "rai_test_"),
        lambda key: key.replace("rai_live_", "sk_live_"),
        lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
        lambda key: key[:20] + "é" + key[21:],
    ],
)
def test_a_spoiled_key_is_refused_without_the_database(alice: Person, spoil, django_assert_num_queries) -> None:
    key = key_of(alice)
    assert api_keys.looks_right(key)
    with django_assert_num_queries(0):
        assert api_keys.authenticate(presented=spoil(key)) is None
