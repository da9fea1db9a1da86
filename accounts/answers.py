"""Answers that the pages of every package give."""

from collections.abc import Mapping
from typing import Any, Self

from django.http import HttpResponseRedirect
from django.urls import reverse


class SeeOther(HttpResponseRedirect):
    """Leads from a form that was sent to a page that is read: reloading that page sends nothing again."""

    status_code = 303

    @classmethod
    def to(
        cls, name: str, *, query: Mapping[str, str] | None = None, fragment: str | None = None, **kwargs: Any
    ) -> Self:
        """Return the way to a page of ours, by its name and what its address is made of."""
        return cls(reverse(name, kwargs=kwargs, query=query, fragment=fragment))
