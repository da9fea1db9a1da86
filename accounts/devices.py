"""Which browser signs in: its name in words, and whether the person has used it before."""

import re

from django.http import HttpRequest

from accounts import addresses, audit, notices
from accounts.models import Device, User

#: Looked for in this order: each of the later ones is also named by some of the earlier ones.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "FxiOS": "Firefox",
    "Firefox": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
    "curl": "curl",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
SMALL = ("iPhone", "Android")


def named(user_agent: str) -> tuple[str, str]:
    """Return browser and system in words, "" for what is not known."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return browser, system


def is_small(user_agent: str) -> bool:
    """Say whether it is a phone's browser."""
    return any(sign in user_agent for sign in SMALL)


def note(*, request: HttpRequest, user: User, ip: str) -> bool:
    """Write down that this browser signed in; mail the person when it is one they never used. True for a new one.

    The first browser of all is the one they signed up with, and is no news.
    """
    user_agent = request.headers.get("User-Agent", "")
    audit.record(actor=audit.user(user), what="signed_in", target=f"user {user.pk}", ip=ip)
    digest = addresses.digest(f"{user.pk}\n{re.sub(r'[0-9._]+', '', user_agent)}", of="device")
    has_others = Device.objects.filter(user=user).exclude(digest=digest).exists()
    _row, is_new = Device.objects.get_or_create(user=user, digest=digest)
    if is_new and has_others:
        notices.new_device(user=user, device=named(user_agent), ip=ip)
    return is_new
