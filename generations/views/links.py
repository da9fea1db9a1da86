"""A photo by its address, fetched before anything else is looked at and kept as if it had been sent."""

from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext

from accounts.models import Workspace
from generations import fetch, own_results, storage
from generations.images import gate
from generations.views.words import told
from roomai_web.errors import RoomAIError

FIELD = "image_url"
LONGEST = 2000


def keep(*, workspace: Workspace, data: QueryDict, files: MultiValueDict[str, Any]) -> dict[str, str]:
    """Fetch the photo `data` names by its address and name it by its upload instead; return the refusal by field.

    A file sent beside it comes first. An address that is refused stays in the form, to be corrected.
    """
    url = str(data.get(FIELD, "")).strip()
    if not url or files.get("image"):
        data[FIELD] = ""
        return {}
    if len(url) > LONGEST:
        return {FIELD: gettext("This address is too long.")}
    try:
        data["upload"] = _stored(url, workspace)
    except RoomAIError as refusal:
        return {FIELD: told(refusal)}
    data[FIELD] = data["mask_upload"] = ""  # the mask was drawn for another photo
    return {}


def _stored(url: str, workspace: Workspace) -> str:
    if own_results.is_ours(url):
        ours = own_results.read(url=url, workspace=workspace, livemode=True)
        return storage.store_upload(workspace_id=workspace.id, data=ours, limit_bytes=gate.OWN_LIMIT_BYTES).id
    # Another server may take its time: no connection is held meanwhile.
    if not connection.in_atomic_block:
        connection.close()
    data = async_to_sync(fetch.picture)(url=url, workspace_id=workspace.id)
    return storage.store_upload(workspace_id=workspace.id, data=data).id
