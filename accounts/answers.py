"""Answers that the pages of every package give."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

from django.core.files import File
from django.http import HttpResponseRedirect
from django.urls import reverse

CHUNK_BYTES = 256 * 1024


async def chunks(file: "File[bytes]") -> AsyncIterator[bytes]:
    """Yield an open file piece by piece, for a streamed answer, and close it; an ASGI server would read one whole."""
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        await asyncio.to_thread(file.close)


class SeeOther(HttpResponseRedirect):
    """Leads from a form that was sent to a page that is read: reloading that page sends nothing again."""

    status_code = 303

    @classmethod
    def to(
        cls, name: str, *, query: Mapping[str, str] | None = None, fragment: str | None = None, **kwargs: Any
    ) -> Self:
        """Return the way to a page of ours, by its name and what its address is made of."""
        return cls(reverse(name, kwargs=kwargs, query=query, fragment=fragment))
