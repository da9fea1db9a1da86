"""People and things for tests, made by plain functions through the product's own doors."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import api_keys, workspaces
from accounts.models import Role, User, Workspace
from billing import ledger

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Person:
    """A user with the workspace they act in."""

    user: User
    workspace: Workspace

    @property
    def wallet_id(self) -> int:
        return ledger.wallet_id_for(workspace_id=self.workspace.id)

    @property
    def available(self) -> int:
        return ledger.snapshot(wallet_id=self.wallet_id).available


def person(name: str, *, tokens: int = 0) -> Person:
    """Return a signed-up, verified person with a workspace of their own and so many tokens."""
    user = User.objects.create_user(
        f"{name}@example.com",
        PASSWORD,
        name=name.title(),
        terms_version=settings.TERMS_VERSION,
        terms_accepted_at=timezone.now(),
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    made = Person(user, workspaces.personal(user=user))
    if tokens:
        give(made, tokens=tokens)
    return made


def member(name: str, *, of: Workspace, role: str = Role.DEVELOPER) -> Person:
    """Return a verified person who is also a member of that workspace."""
    made = person(name)
    of.memberships.create(user=made.user, role=role)
    return Person(made.user, of)


def give(someone: Person, *, tokens: int) -> None:
    """Grant tokens through the ledger, as an operator would."""
    with transaction.atomic():
        ledger.grant(
            wallet_id=someone.wallet_id,
            tokens=tokens,
            key=f"grant:test-{ledger.snapshot(wallet_id=someone.wallet_id).posted}:{someone.workspace.id}",
            actor="test",
            reason="for a test",
        )


def key_of(
    someone: Person, *, livemode: bool = True, scopes: tuple[str, ...] = ("generate", "read", "billing:read")
) -> str:
    """Return the plain text of a new key of this person's workspace."""
    _, plain = api_keys.create(
        workspace=someone.workspace, created_by=someone.user, name="test", livemode=livemode, scopes=scopes
    )
    return plain
