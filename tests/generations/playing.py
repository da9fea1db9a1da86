"""Somebody at the playground, and what its pages say."""

import html
import json
import re
import shlex
from typing import Any

from django.test import Client
from django.urls import reverse

from generations.models import Generation
from tests.factories import Person

PROMPT = "a quiet room with tall windows"


class Player:
    """Somebody at the playground."""

    def __init__(self, client: Client, person: Person) -> None:
        client.force_login(person.user)
        self.client, self.person = client, person
        self.url = reverse("generations:playground")

    def form(self, **changed: str) -> dict[str, str]:
        """Return the form as the page first shows it, with changes."""
        page = self.client.get(self.url, {"model": changed.get("model", "changebg")}).content.decode()
        names = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page)
        return (
            {name: html.unescape(value) for name, value in names}
            | {"background_kind": "scene", "prompt": PROMPT}
            | changed
        )

    def code(self, **fields: str) -> dict[str, Any]:
        """Return the JSON that the cURL command for these fields sends."""
        return body_of(self.client.post(f"{self.url}/code", fields).content.decode())

    def run(self, *, mode: str = "test", **fields: Any) -> Any:
        return self.client.post(f"{self.url}/run", {"mode": mode} | fields)

    def rows(self) -> list[Generation]:
        return list(Generation.objects.for_workspace(self.person.workspace))


def body_of(page: str) -> dict[str, Any]:
    found = re.search(r'<code id="code-curl">(.*?)</code>', page, re.DOTALL)
    assert found, page[:2000]
    return dict(json.loads(shlex.split(html.unescape(found[1]))[-1]))


def printed(page: str) -> dict[str, Any]:
    """Return the body of the answer the page shows."""
    found = re.search(r"<code data-body>(.*?)</code>", page, re.DOTALL)
    assert found, page[-4000:]
    return dict(json.loads(html.unescape(found[1])))


def header(page: str, name: str) -> str:
    found = re.search(rf"{name}: (.*)", page)
    assert found
    return html.unescape(found[1])
