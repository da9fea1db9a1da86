"""Our own result addresses, given back to us as a picture: read from storage, never fetched."""

import re
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.models import Workspace
from generations import storage
from generations.errors import ImageUrlNotAllowed
from generations.models import Generation

PATH = re.compile(r"/r/(?P<id>[0-9a-f-]{36})/(?P<name>[0-9a-f]{32}\.[a-z]{3,4})")


def is_ours(url: str) -> bool:
    """Say whether this is an address of a result of ours, be it good or not."""
    return url.startswith(f"{settings.RESULTS_URL}/r/")


def read(*, url: str, workspace: Workspace, livemode: bool) -> bytes:
    """Return the picture behind one of this workspace's result addresses, under the rules of serving it.

    livemode: of the key that asks. Raises ImageUrlNotAllowed when it was changed, has lapsed, was deleted, or belongs
    to another workspace or to the keys of the other mode.
    """
    parts = urlsplit(url)
    found = PATH.fullmatch(parts.path)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not found or not storage.purpose_of(path=parts.path, query=query):
        raise ImageUrlNotAllowed
    if int(query["e"]) <= timezone.now().timestamp():
        raise ImageUrlNotAllowed
    mine = Generation.objects.for_workspace(workspace).filter(livemode=livemode)
    kept = mine.filter(id=UUID(found["id"]), deleted_at__isnull=True, refused_at__isnull=True)
    keys = [key for row in kept for key in storage.served_keys(row)]
    for key in keys:
        if storage.public_name(key) == found["name"]:
            return storage.read(key)
    raise ImageUrlNotAllowed
