"""How much of what a workspace sent is kept: uploads, and received pictures that no success has replaced yet.

What a worker made for a run is not counted: it was paid for, and lives as long as its generation says. What was found
in an upload before anything was paid counts for as long as the upload is kept.
"""

from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from generations.errors import InvalidParameters

_KEPT = """
SELECT count(*), coalesce(sum(size_bytes), 0)::bigint FROM (
    SELECT size_bytes FROM generations_upload WHERE workspace_id = %(workspace)s AND object_key <> ''
    UNION ALL
    SELECT m.size_bytes FROM generations_matte m WHERE m.workspace_id = %(workspace)s AND m.object_key <> ''
      AND EXISTS (SELECT 1 FROM generations_upload u
                  WHERE u.workspace_id = m.workspace_id AND u.sha256 = m.sha256 AND u.object_key <> '')
    UNION ALL
    SELECT (stored ->> 'size_bytes')::bigint
    FROM generations_generation g, jsonb_each(g.inputs) AS named(name, stored)
    WHERE g.workspace_id = %(workspace)s AND g.deleted_at IS NULL AND g.state <> 'succeeded'
      AND stored ->> 'object_key' LIKE 'in/%%'
) kept
"""


def check(*, workspace_id: UUID, more_bytes: int) -> None:
    """Raise InvalidParameters naming `image` when one more picture of this size would be too many or too much.

    Nothing is locked: pictures that arrive at the same moment may together pass by their own number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, {"workspace": workspace_id})
        objects, size_bytes = cursor.fetchone()
    if objects < settings.KEPT_OBJECTS_CAP and size_bytes + more_bytes <= settings.KEPT_MIB_CAP * 2**20:
        return
    sentence = gettext(
        "We keep at most %(objects)d pictures and %(mib)d MiB of what a workspace sent. Delete some first."
    )
    caps = {"objects": settings.KEPT_OBJECTS_CAP, "mib": settings.KEPT_MIB_CAP}
    raise InvalidParameters(fields={"image": [sentence % caps]})
