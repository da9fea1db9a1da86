"""manage.py seed_demo: the demo user of a copy on one's own machine, with keys to try the API at once."""

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import api_keys, workspaces
from accounts.models import Scope, User, Workspace
from billing import ledger

EMAIL = "demo@example.com"
TOKENS = 100


class Command(BaseCommand):
    """Create or show the demo user; only in embedded mode, since it prints a password and keys."""

    help = "Create or show the demo user: e-mail, password, a live key, a test key, balance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("seed_demo works only in embedded mode (make run): it prints a password and keys.")
        demo = _remembered()
        workspace = _workspace(password=demo["password"])
        demo = _with_working_keys(demo, workspace)
        _remember(demo)
        wallet_id = ledger.wallet_id_for(workspace_id=workspace.id)
        shown = {
            "email": EMAIL,
            **demo,
            "balance": ledger.snapshot(wallet_id=wallet_id).available,
        }
        if options["json"]:
            self.stdout.write(json.dumps(shown))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in shown.items()))


def _memory() -> Path:
    return settings.DATA_DIR / "demo.json"


def _remembered() -> dict[str, str]:
    """Return what an earlier start printed, so that a second start prints the same; else a fresh password."""
    try:
        kept: dict[str, str] = json.loads(_memory().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"password": secrets.token_urlsafe(12), "live_key": "", "test_key": ""}
    return kept


def _remember(demo: dict[str, str]) -> None:
    path = _memory()
    path.touch(mode=0o600)
    path.write_text(json.dumps(demo), encoding="utf-8")


@transaction.atomic
def _workspace(*, password: str) -> Workspace:
    user = User.objects.filter(email=EMAIL).first()
    if user is None:
        user = User.objects.create_user(
            EMAIL, name="Demo", terms_version=settings.TERMS_VERSION, terms_accepted_at=timezone.now()
        )
        EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    workspace = workspaces.personal(user=user)
    ledger.grant(
        wallet_id=ledger.wallet_id_for(workspace_id=workspace.id),
        tokens=TOKENS,
        key=f"grant:demo:{workspace.id}",
        actor="seed_demo",
        reason="tokens to try the demo with",
    )
    return workspace


def _with_working_keys(demo: dict[str, str], workspace: Workspace) -> dict[str, str]:
    """Return the demo with keys that open the door, made anew where a kept one no longer does."""
    keys = dict(demo)
    for name, livemode in (("live_key", True), ("test_key", False)):
        if not api_keys.authenticate(presented=keys.get(name, "")):
            _, keys[name] = api_keys.create(
                workspace=workspace,
                created_by=workspace.members.get(email=EMAIL),
                name=f"Demo ({'live' if livemode else 'test'})",
                livemode=livemode,
                scopes=Scope.values,
            )
    return keys
