"""POST /uploads: a picture sent once and used by its id, as image, mask or background, for a day."""

from datetime import datetime
from functools import partial
from typing import Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from accounts.models import Scope
from generations import storage
from generations.api import auth, documentation, parsing, schemas
from generations.api.auth import Caller, Key
from generations.threads import in_thread

router = Router(tags=["Uploads"])


class Uploaded(Schema):
    """A picture kept until `expires_at`; width and height in pixels as its header states them, size in bytes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "success",
                    "id": "upl_3f8Zk1QpW9xTnR5bVdYcL2mA",
                    "format": "jpeg",
                    "width": 1600,
                    "height": 1200,
                    "size": 482113,
                    "expires_at": "2026-11-23T15:30:00+00:00",
                }
            ]
        }
    )

    status: Literal["success"]
    id: str = Field(pattern="^upl_[0-9A-Za-z]{24}$")
    format: Literal["jpeg", "png", "webp", "avif", "heic"]
    width: int = Field(ge=16, le=8192)
    height: int = Field(ge=16, le=8192)
    size: int = Field(ge=1)
    expires_at: datetime


@router.post(
    "/uploads",
    auth=Key(Scope.GENERATE),
    operation_id="upload",
    summary="Send a picture to be used later",
    response={200: Uploaded, **schemas.refusals(415, 422)},
    openapi_extra=documentation.file_of("file", "A JPEG, PNG, WebP, AVIF or HEIC of at most 20 MiB and 25 megapixels."),
)
async def upload(request: HttpRequest) -> HttpResponse:
    """Keep a picture for 24 hours under an id to be given as `image`, `mask` or `background.image`.

    The same picture again is the same upload, kept for 24 hours from then. Live and test keys share none.
    """
    return await in_thread(partial(_keep, request, auth.caller(request)))


def _keep(request: HttpRequest, caller: Caller) -> HttpResponse:
    data = parsing.read_file(request, name="file")
    kept = storage.store_upload(workspace_id=caller.workspace.id, data=data, livemode=caller.key.livemode)
    return JsonResponse(
        {
            "status": "success",
            "id": kept.id,
            "format": kept.format,
            "width": kept.width_px,
            "height": kept.height_px,
            "size": kept.size_bytes,
            "expires_at": kept.delete_after.isoformat(),
        }
    )
