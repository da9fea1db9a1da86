"""Generations for tests, submitted through the product's own door."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from generations import services, storage
from generations.models import Generation
from tests.factories import Person
from tests.generations import quick_pictures

PARAMS = {"prompt": "a quiet room", "format": "png", "seed": 7, "shadow": "contact"}


def submit(someone: Person, *, prompt: str = "a quiet room", **changed: Any) -> services.Submitted:
    """Submit one picture for this person; `changed` replaces arguments of services.submit."""
    stored = storage.store_input(workspace_id=someone.workspace.id, data=quick_pictures.png())
    arguments: dict[str, Any] = {
        "workspace": someone.workspace,
        "created_by": someone.user,
        "api_key": None,
        "model_id": "changebg",
        "tokens": 1,
        "params": {**PARAMS, "prompt": prompt},
        "inputs": {"image": stored},
        "idem_key": None,
        "fingerprint": hashlib.sha256(prompt.encode()).digest(),
        "livemode": True,
    }
    return services.submit(**arguments | changed)


def submitted(someone: Person, **arguments: Any) -> Generation:
    """Submit and return the row."""
    return submit(someone, **arguments).generation


def now_is_later(generation_id: UUID, *, by: timedelta) -> None:
    """Move one row's times into the past, which is what time passing looks like to it."""
    Generation.objects.filter(id=generation_id).update(
        **{name: F(name) - by for name in ("deadline", "lease_until", "dispatch_after", "queued_at", "delete_after")}
    )
