"""The end of an account's pictures, then of the account: the timer's work once the grace is over."""

from uuid import UUID

import structlog
from django.db.models.functions import Now

from accounts import closing, exports
from accounts.models import User, Workspace
from generations import mattes, retention, services
from generations.models import Generation, Matte, Upload
from generations.webhooks.models import WebhookEndpoint, WebhookEvent, WebhookSecret

log = structlog.get_logger(__name__)


def end_due() -> int:
    """Delete the accounts whose grace is over; return how many. One that fails is logged and tried at the next turn."""
    done = 0
    for user in closing.due():
        try:
            done += end(user=user)
        except Exception:
            log.exception("account_not_deleted", user_id=user.pk)
    return done


def end(*, user: User) -> bool:
    """Delete what the person's own workspaces hold, then the person; False when they came back at the last moment.

    Can be stopped and begun again at any point: what is gone stays gone, and the person is last.
    """
    if not closing.begin(user=user):
        return False
    for workspace in closing.alone_in(user=user):
        delete_everything(workspace=workspace)
    exports.forget(user=user)
    closing.finish(user=user)
    return True


def delete_everything(*, workspace: Workspace) -> None:
    """Delete every prompt, picture, upload and webhook of a workspace; its journal and the rows' figures stay."""
    for generation in Generation.objects.for_workspace(workspace).filter(deleted_at__isnull=True).iterator():
        services.delete_content(generation=generation)
    Generation.objects.for_workspace(workspace).update(idem_key=None, webhook_url="")
    _delete_uploads(workspace.id)
    for table in (WebhookEvent, WebhookEndpoint, WebhookSecret):
        table.objects.filter(workspace=workspace).delete()


def _delete_uploads(workspace_id: UUID) -> None:
    """Let every upload go as if its time were over, with what was found in it."""
    uploads = Upload.objects.filter(workspace_id=workspace_id)
    for upload in uploads.exclude(object_key=""):
        retention.let_go(upload)
    uploads.update(delete_after=Now())
    for row in Matte.objects.filter(workspace_id=workspace_id):
        keys = mattes.let_go(workspace_id=workspace_id, digests=[bytes(row.sha256), bytes(row.photo_sha256 or b"")])
        retention.remove(keys)
