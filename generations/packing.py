"""A person's data in one ZIP file: what we know as JSON, the journal as CSV, the pictures as they are kept."""

import json
import secrets
import tempfile
from typing import Any
from uuid import UUID
from zipfile import ZIP_STORED, ZipFile

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.functions import Now

from accounts import exports, preferences
from accounts.models import User, Workspace
from billing.views import wallet
from generations import messages, storage
from generations.models import Generation, Upload
from generations.webhooks.models import WebhookEndpoint

BATCH = 20
README = """This is what Room AI keeps of you.

account.json      who you are, what you chose, your workspaces, API keys (never their text) and webhooks
<workspace>/      of each workspace you own:
  generations.json  each run: prompt, settings, times, tokens, and the names of its pictures
  pictures/         <run>-result, <run>-image, <run>-mask, <run>-background
  uploads/          photos that are kept for a day and were not used yet
  tokens.csv        every token in and out
"""


def send_due() -> int:
    """Ask the workers for the files that are waited for, and delete those whose day is over. The timer's work."""
    exports.expire()
    due = exports.waited_for().filter(send_after__lte=Now()).select_related("user")[:BATCH]
    sent = [messages.announce_export(export_id=export.id) for export in due if exports.next_attempt(export=export)]
    return len(sent)


def pack(*, export_id: UUID) -> bool:
    """Pack the file of this export and tell its owner; False when there is nothing to do, or another was first."""
    export = exports.waited_for().select_related("user").filter(id=export_id).first()
    if export is None:
        return False
    # Bytes that are compressed already: packing them smaller would cost time for nothing.
    with tempfile.TemporaryFile() as packed:
        with ZipFile(packed, "w", ZIP_STORED) as archive:
            _write(archive, export.user)
        size, _ = packed.tell(), packed.seek(0)
        key = default_storage.save(f"export/{export.id}/{secrets.token_hex(16)}.zip", File(packed))
    if exports.finish(export=export, object_key=key, size_bytes=size):
        return True
    storage.delete(key)
    return False


def _write(archive: ZipFile, user: User) -> None:
    archive.writestr("README.txt", README)
    archive.writestr("account.json", _as_json(_account(user)))
    for workspace in exports.own_workspaces(user=user):
        runs = [
            _run(archive, row) for row in Generation.objects.for_workspace(workspace).order_by("created_at").iterator()
        ]
        archive.writestr(f"{workspace.id}/generations.json", _as_json(runs))
        archive.writestr(f"{workspace.id}/tokens.csv", wallet.csv_of(workspace=workspace))
        for upload in Upload.objects.for_workspace(workspace).exclude(object_key=""):
            _add(archive, f"{workspace.id}/uploads/{upload.id}.{_ending(upload.object_key)}", upload.object_key)


def _account(user: User) -> dict[str, Any]:
    chosen = preferences.of(user)
    return {
        "email": user.email,
        "name": user.name,
        "joined_at": user.date_joined,
        "terms": {"version": user.terms_version, "accepted_at": user.terms_accepted_at},
        "preferences": {
            "theme": chosen.theme,
            "picture_format": chosen.picture_format,
            "mails_low_balance": chosen.mails_low_balance,
        },
        "workspaces": [_workspace(one) for one in exports.own_workspaces(user=user)],
    }


def _workspace(workspace: Workspace) -> dict[str, Any]:
    keys = ("name", "prefix", "last4", "scopes", "livemode", "created_at", "last_used_at", "expires_at", "revoked_at")
    endpoints = WebhookEndpoint.objects.filter(workspace=workspace)
    return {
        "id": workspace.id,
        "name": workspace.name,
        "retention_days": preferences.retention_days(workspace),
        "api_keys": list(workspace.api_keys.order_by("created_at").values(*keys)),
        "webhooks": list(endpoints.order_by("created_at").values("url", "events", "livemode", "created_at")),
    }


def _run(archive: ZipFile, row: Generation) -> dict[str, Any]:
    """Add a run's pictures to the archive; return what is known of it, with their names."""
    keys = {"result": row.result_key or ""} | {name: stored["object_key"] for name, stored in row.inputs.items()}
    pictures = {}
    for name, key in keys.items():
        inside = f"pictures/{row.id}-{name}.{_ending(key)}"
        if key and _add(archive, f"{row.workspace_id}/{inside}", key):
            pictures[name] = inside
    facts = ("id", "model", "state", "livemode", "params", "cost", "tokens_used", "created_at", "finished_at")
    return {name: getattr(row, name) for name in (*facts, "delete_after", "deleted_at")} | {"pictures": pictures}


def _add(archive: ZipFile, name: str, key: str) -> bool:
    """Add an object; False when it was deleted meanwhile."""
    try:
        archive.writestr(name, storage.read(key))
    except FileNotFoundError:
        return False
    return True


def _ending(key: str) -> str:
    return key.rpartition(".")[2] if "." in key else "bin"


def _as_json(what: Any) -> str:
    return json.dumps(what, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
