"""API keys: made once, shown once, known afterwards by a digest alone.

A key is `rai_live_` or `rai_test_`, 32 base62 characters of chance (190 bits) and 6 base62 characters of CRC32 over all
that precedes, so that a mistyped key is refused without a look into the database.
"""

import hmac
import re
import secrets
import string
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext

from accounts import audit, networks
from accounts.errors import KeyAlreadyShown, TooManyKeys
from accounts.models import ApiKey, Scope, User, Workspace, default_scopes
from roomai_web.ids import uuid7

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SHAPE = re.compile(r"rai_(live|test)_[0-9A-Za-z]{38}")
RANDOM_CHARACTERS = 32
CHECK_CHARACTERS = 6
LIVE_KEYS_LIMIT = 20
USE_NOTED_EVERY = timedelta(minutes=1)


def looks_right(presented: str) -> bool:
    """Say whether this has the shape and the check digits of a key of ours; asks no database."""
    if not SHAPE.fullmatch(presented):
        return False
    return hmac.compare_digest(check_digits(presented[:-CHECK_CHARACTERS]), presented[-CHECK_CHARACTERS:])


def check_digits(text: str) -> str:
    """Return CRC32 (ISO 3309) of the text as 6 base62 digits, the most significant first."""
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(CHECK_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def create(
    *,
    workspace: Workspace,
    created_by: User | None,
    name: str,
    livemode: bool,
    scopes: Iterable[str] | None = None,
    expires_at: datetime | None = None,
    key_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; return its row and its plain text, which nothing keeps.

    scopes: values of Scope, by default generate and read. key_id: the id the row shall have, so that a form sent twice
    makes one key. Raises TooManyKeys(limit), KeyAlreadyShown when a key has that id, ValueError for an unknown scope.
    """
    wanted = list(dict.fromkeys(scopes)) if scopes is not None else default_scopes()
    if unknown := set(wanted) - set(Scope.values):
        raise ValueError(f"no such scope: {sorted(unknown)}")
    prefix = "rai_live_" if livemode else "rai_test_"
    plain = _new_text(prefix)
    pepper_id, pepper = next(iter(_peppers().items()))
    with transaction.atomic():
        _refuse_if_full(workspace, key_id)
        row = ApiKey.objects.create(
            id=key_id or uuid7(),
            workspace=workspace,
            created_by=created_by,
            name=name,
            livemode=livemode,
            prefix=prefix,
            last4=plain[-4:],
            digest=_digest(pepper, plain),
            pepper_id=pepper_id,
            scopes=wanted,
            expires_at=expires_at,
        )
        told = {"livemode": livemode, "scopes": wanted, "last4": row.last4}
        _record(row, "key_created", created_by, after=told)
    return row, plain


def authenticate(*, presented: str, ip: str = networks.UNKNOWN) -> ApiKey | None:
    """Return the working key with this text, its workspace loaded, or None.

    ip: where it is used from, as `networks.client_ip` says; a key with `allowed_networks` works within them alone. None
    says the same, after the same work, for a key unknown, revoked, expired or used from elsewhere: one query by digest,
    which the database answers with no row. A key found under an older pepper is digested anew; its use is noted once a
    minute.
    """
    if not looks_right(presented):
        return None
    digests = {pepper_id: _digest(pepper, presented) for pepper_id, pepper in _peppers().items()}
    usable = ApiKey.objects.live().usable_from(None if ip == networks.UNKNOWN else ip)
    found = usable.select_related("workspace").filter(digest__in=list(digests.values())).first()
    if found is None or not hmac.compare_digest(bytes(found.digest), digests.get(found.pepper_id, b"")):
        return None
    _note_use(found, digests)
    return found


def revoke(*, key: ApiKey, by: User | None = None) -> ApiKey:
    """Close the door to this key for good, from the next request on; a second call changes nothing.

    by: who asked for it, None for a part of the product.
    """
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=Now()):
            _record(key, "key_revoked", by)
    key.refresh_from_db()
    return key


def _record(key: ApiKey, what: str, user: User | None, *, after: Mapping[str, Any] | None = None) -> None:
    actor = audit.user(user) if user else audit.SYSTEM
    audit.record(actor=actor, what=what, workspace_id=key.workspace_id, target=f"key {key.id}", after=after)


def _refuse_if_full(workspace: Workspace, key_id: UUID | None) -> None:
    # The lock makes two forms at once take turns, or both would see room for the twentieth key.
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    if key_id and ApiKey.objects.filter(pk=key_id).exists():
        raise KeyAlreadyShown(gettext("This key was shown once and cannot be shown again."))
    if ApiKey.objects.for_workspace(workspace).live().count() >= LIVE_KEYS_LIMIT:
        words = gettext("A workspace has at most %(limit)d working keys. Revoke one that is no longer used first.")
        raise TooManyKeys(words % {"limit": LIVE_KEYS_LIMIT}, limit=LIVE_KEYS_LIMIT)


def _new_text(prefix: str) -> str:
    body = prefix + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return body + check_digits(body)


def _digest(pepper: bytes, plain: str) -> bytes:
    return hmac.digest(pepper, plain.encode(), "sha256")


def _peppers() -> dict[str, bytes]:
    """Return the peppers by id, the one for new keys first. Raises ImproperlyConfigured when one is not ID:SECRET."""
    peppers: dict[str, bytes] = {}
    for given in settings.API_KEY_PEPPERS:
        pepper_id, _, secret = given.partition(":")
        if not (1 <= len(pepper_id) <= 16 and secret):
            raise ImproperlyConfigured("API_KEY_PEPPERS: each is ID:SECRET, the id at most 16 characters")
        peppers[pepper_id] = secret.encode()
    return peppers


def _note_use(key: ApiKey, digests: dict[str, bytes]) -> None:
    """Write down that the key was used, and its digest under the newest pepper, if either is due."""
    newest = next(iter(digests))
    now = timezone.now()
    if key.pepper_id != newest:
        key.pepper_id, key.digest, key.last_used_at = newest, digests[newest], now
    elif key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        key.last_used_at = now
    else:
        return
    ApiKey.objects.filter(pk=key.pk).update(pepper_id=key.pepper_id, digest=key.digest, last_used_at=key.last_used_at)
