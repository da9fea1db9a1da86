"""The one-time link by which an operator chooses a password; nobody ever sends them one.

The link is signed and holds for an hour. It names the state of the password it may replace: once a password is chosen,
or another link is made, that state is gone and the link with it. Nothing needs to be stored or cleaned up.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

LIFE = timedelta(hours=1)
SALT = "accounts.enrollment"


@transaction.atomic
def invite(*, email: str) -> str:
    """Make this person a member of staff without a usable password; return the secret part of their link.

    A person who is already known keeps their data and second factor, and is signed out everywhere.
    """
    address = email.strip().lower()
    user, _ = User.objects.get_or_create(email=address)
    user.is_staff = user.is_superuser = user.is_active = True
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
    return signing.dumps([user.pk, _state(user)], salt=SALT)


def invited(*, token: str) -> User | None:
    """Return the operator this link is for, or None when it is forged, used, replaced or older than an hour."""
    return _read(token, for_update=False)


@transaction.atomic
def accept(*, token: str, password: str) -> User | None:
    """Give the operator the password they chose and end the link; None as for `invited`.

    Two requests with one link: the second waits for the first and finds the link used.
    """
    user = _read(token, for_update=True)
    if user is not None:
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def _read(token: str, *, for_update: bool) -> User | None:
    try:
        pk, state = signing.loads(token, salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    people = User.objects.select_for_update() if for_update else User.objects.all()
    user = people.filter(pk=pk, is_staff=True, is_active=True).first()
    return user if user and constant_time_compare(state, _state(user)) else None


def _state(user: User) -> str:
    # An unusable password ends in random characters, so each invitation has a state of its own.
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()
