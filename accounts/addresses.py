"""E-mail addresses as one person could spell them, and those made to be thrown away."""

import hmac

from disposable_email_domains import blocklist
from django.conf import settings

#: Domains that are one mailbox provider under several names; all of these ignore dots before the @.
SAME = {"googlemail.com": "gmail.com"}
DOTLESS = {"gmail.com"}


def normalized(address: str) -> str:
    """Return one spelling for all that reach one mailbox: case, `+tags`, and dots where a provider ignores them."""
    name, _, domain = address.strip().lower().rpartition("@")
    domain = domain.rstrip(".")
    domain = SAME.get(domain, domain)
    name = name.partition("+")[0] or name
    if domain in DOTLESS:
        name = name.replace(".", "")
    return f"{name}@{domain}"


def is_disposable(address: str) -> bool:
    """Say whether the address is at a domain, or below one, that gives mailboxes to throw away."""
    labels = address.strip().lower().rpartition("@")[2].rstrip(".").split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def digest(text: str, *, of: str) -> str:
    """Return what stands for a text that must not be stored: HMAC-SHA256 under SECRET_KEY, hex. of: what it is."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{of}\n{text}".encode(), "sha256").hexdigest()
