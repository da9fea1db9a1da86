"""How long a call waits: what `Prefer` asks for, read as RFC 7240 has it."""

import pytest
from django.test import RequestFactory

from generations.api import headers
from generations.errors import InvalidHeader


def waits(prefer):
    sent = {} if prefer is None else {"Prefer": prefer}
    return headers.asked(RequestFactory().post("/api/v1/generate", headers=sent)).wait_s


@pytest.mark.parametrize(
    ("prefer", "wait_s"),
    [
        (None, 55),
        ("", 55),
        ("wait=0", 0),
        ("wait=30", 30),
        ("wait=120", 120),
        ("wait=121", 120),
        ("wait=999999999", 120),
        ('WAIT = "30"', 30),
        ("respond-async", 0),
        ("respond-async, wait=30", 0),
        ("wait=30, respond-async", 0),
        ("return=minimal, wait=10; strict", 10),
        ("handling=lenient", 55),
    ],
    ids=str,
)
def test_so_long(prefer, wait_s):
    assert waits(prefer) == wait_s


@pytest.mark.parametrize("prefer", ["wait", "wait=", "wait=-1", "wait=1e3", "wait=٣", "wait=9999999999"], ids=ascii)
def test_what_cannot_be_read(prefer):
    with pytest.raises(InvalidHeader):
        waits(prefer)
