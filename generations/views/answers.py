"""Answers the pages share."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseRedirect
from django.urls import reverse


class SeeOther(HttpResponseRedirect):
    """Leads from a form that was sent to a page that is read: reloading that page sends nothing again."""

    status_code = 303

    def __init__(
        self, name: str, *, query: Mapping[str, str] | None = None, fragment: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(reverse(name, kwargs=kwargs, query=query, fragment=fragment))
