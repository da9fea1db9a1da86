"""Relative times and undo messages as templates write them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.messages.storage.base import Message
from django.template import Context, Template
from django.utils import timezone

from roomai_web import filters

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=59), "a moment ago"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=7), "23 Nov"),
        (timedelta(days=400), "26 Oct 2025"),
        (timedelta(seconds=-5), "in a moment"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(hours=-2), "in 2 hours"),
        (timedelta(days=-3), "in 3 days"),
    ],
)
def test_a_time_is_said_from_now(distance: timedelta, words: str) -> None:
    assert f">{words}</time>" in filters.reltime(NOW - distance)


def test_the_full_time_is_there_for_whoever_wants_it() -> None:
    made = Template("{{ when|reltime }}").render(Context({"when": NOW - timedelta(hours=3)}))
    assert made == '<time datetime="2026-11-30T09:00:00+00:00" title="2026-11-30 09:00:00 UTC">3 hours ago</time>'
    assert Template('{{ when|reltime|default:"never" }}').render(Context({"when": None})) == "never"


@pytest.mark.parametrize(
    ("tags", "url"), [("undo /g/1/restore", "/g/1/restore"), ("", ""), ("undo", ""), ("other /g", "")]
)
def test_a_message_names_what_takes_it_back(tags: str, url: str) -> None:
    assert filters.undo_url(Message(25, "Moved to the trash.", extra_tags=tags)) == url


def test_an_undo_message_is_a_form_and_any_other_a_notice() -> None:
    said = [Message(25, "Gone.", extra_tags="undo /g/1/restore"), Message(25, "Saved.")]
    made = Template('{% include "components/_messages.html" %}').render(
        Context({"messages": said, "csrf_token": "t" * 32, "request": SimpleNamespace()})
    )
    assert made.count("<form") == 1
    assert 'action="/g/1/restore"' in made
    assert made.count('role="status"') == 1
