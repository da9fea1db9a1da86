"""Result files: `/r/<generation>/<32 hex>.<ext>?e=<expiry>&s=<signature>`, streamed from storage; with `as=save`, under
a signature of its own, as a file to keep, since a browser heeds a link's `download` on the page's own origin only.

The signature says who may ask, the row says whether there is still something to see: it is read each time, so a
deleted picture is gone at once. These answers may stand on an origin of their own and never act as a page.
"""

import asyncio
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.answers import chunks
from generations import storage
from generations.models import Generation
from generations.threads import in_thread

HEADERS = {
    "Cache-Control": "private, max-age=300",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@require_safe
async def result_file(request: HttpRequest, generation_id: UUID, name: str) -> HttpResponseBase:
    """Stream one file of a generation: 403 for any changed byte, 404 unknown, 410 expired, deleted or in the trash."""
    purpose = storage.purpose_of(path=request.path, query=request.GET)
    if purpose is None:
        return _refused(403, _("This link is not valid."))
    # In a thread that gives its connection back: the download may take the reader as long as it likes.
    row = await in_thread(Generation.objects.annotate(now=Now()).filter(id=generation_id).first)
    if row is None:
        return _refused(404, _("There is nothing here."))
    now = row.now  # type: ignore[attr-defined]  # annotated above; the plugin does not follow it
    if (
        row.deleted_at
        or row.refused_at
        or row.trashed_at
        or row.delete_after <= now
        or int(request.GET["e"]) <= now.timestamp()
    ):
        return _refused(410, _("This picture has been deleted."))
    key = next((key for key in storage.served_keys(row) if storage.public_name(key) == name), None)
    if key is None:
        return _refused(404, _("There is nothing here."))
    try:
        file = await asyncio.to_thread(default_storage.open, key, "rb")
    except FileNotFoundError:
        return _refused(410, _("This picture has been deleted."))
    extension = name.rpartition(".")[2]
    response = _answer(request, file, content_type=storage.CONTENT_TYPES[extension])
    disposition = "attachment" if purpose == "save" else "inline"
    response["Content-Disposition"] = f'{disposition}; filename="{generation_id}.{extension}"'
    return response


def _answer(request: HttpRequest, file: "File[bytes]", *, content_type: str) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        file.close()
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(chunks(file))
    _add_headers(response, HEADERS)
    response["Content-Type"] = content_type
    response["Content-Length"] = str(file.size)
    return response


def _refused(status: int, sentence: str) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    _add_headers(response, HEADERS | {"Cache-Control": "private, no-store"})
    return response


def _add_headers(response: HttpResponseBase, headers: dict[str, str]) -> None:
    for name, value in headers.items():
        response[name] = value
