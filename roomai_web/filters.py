"""Template filters every page may use without a load tag: relative times, and what a message may be undone by."""

from datetime import UTC, datetime, timedelta

from django import template
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

register = template.Library()

#: Further away than this a date says more than a count of days.
FAR = timedelta(days=7)
UNDO = "undo"


@register.filter
def reltime(when: datetime | None) -> str:
    """Return a `<time>` that says how long ago or how soon, its full UTC time as title; "" for None."""
    if when is None:
        return ""
    full = when.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        full.isoformat(timespec="seconds"),
        f"{full:%Y-%m-%d %H:%M:%S} UTC",
        _words(when, timezone.now()),
    )


def _words(when: datetime, now: datetime) -> str:
    distance = abs(now - when)
    seconds = int(distance.total_seconds())
    if seconds < 60:
        return gettext("a moment ago") if when <= now else gettext("in a moment")
    if distance >= FAR:
        return date_format(when, "j M" if when.year == now.year else "j M Y")
    if when > now:
        return _ahead(seconds)
    return _ago(seconds)


def _ago(seconds: int) -> str:
    if seconds < 3600:
        return ngettext("%(n)d min ago", "%(n)d min ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)d day ago", "%(n)d days ago", seconds // 86400) % {"n": seconds // 86400}


def _ahead(seconds: int) -> str:
    if seconds < 3600:
        return ngettext("in %(n)d min", "in %(n)d min", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("in %(n)d hour", "in %(n)d hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("in %(n)d day", "in %(n)d days", seconds // 86400) % {"n": seconds // 86400}


@register.filter
def undo_url(message: Message) -> str:
    """Return the address that takes back what a message tells of, "" where there is none.

    A view names it as `extra_tags=f"undo {address}"`.
    """
    tags = (message.extra_tags or "").split()
    return tags[1] if len(tags) == 2 and tags[0] == UNDO else ""
