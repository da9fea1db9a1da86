"""The page that says how to check a picture, and the script it shows: one source, nothing made up."""

import json
import re
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator

from generations.api import schemas

pytestmark = pytest.mark.django_db

SCRIPT = Path(settings.BASE_DIR, "docs/verify_proof.py").read_text(encoding="utf-8")


def shown(client: Client, query: str = "") -> tuple[str, list[str]]:
    """The page, and what stands in its code blocks."""
    response = client.get(f"/docs/proof{query}")
    assert response.status_code == 200
    page = response.content.decode()
    return page, [unescape(block) for block in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)]


def test_the_script_shown_and_the_script_given_are_the_published_one(client: Client) -> None:
    _, blocks = shown(client)
    assert blocks[-1] == SCRIPT
    answer = client.get("/docs/verify_proof.py")
    assert answer.content.decode() == SCRIPT
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="verify_proof.py"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_answer_shown_is_of_the_published_schema(client: Client) -> None:
    _, blocks = shown(client)
    answer = json.loads(blocks[1])
    Draft202012Validator(schemas.Proof.model_json_schema()).validate(answer)
    assert set(answer["proof"]) == set(schemas.ProofOf.model_fields)
    assert list(answer) == ["status", "id", "proof"]


def test_every_figure_of_the_answer_is_explained(client: Client) -> None:
    page, blocks = shown(client)
    named = set(re.findall(r"<dt>(.*?)</dt>", page))
    explained = {name for group in named for name in re.findall(r"<code>(\w+)</code>", group)}
    assert explained == set(json.loads(blocks[1])["proof"]["subject"])


@pytest.mark.parametrize("query", ["", "?generation=", "?generation=%3Cscript%3E", "?generation=%00"])
def test_the_commands_name_a_picture_or_a_stand_in(client: Client, query: str) -> None:
    _, blocks = shown(client, query)
    address = f"{settings.PUBLIC_URL}/api/v1/generations/ID"
    assert f"{address}/proof" in blocks[0]
    assert f"verify_proof.py {address} YOUR_API_KEY" in blocks[2]
    assert f"curl -O {settings.PUBLIC_URL}/docs/verify_proof.py" in blocks[2]


def test_a_picture_s_own_id_stands_in_the_commands(client: Client) -> None:
    identity = uuid4()
    _, blocks = shown(client, f"?generation={identity}")
    assert f"/generations/{identity}/proof" in blocks[0]
    assert f"/generations/{identity} YOUR_API_KEY" in blocks[2]


def test_the_image_of_a_release_carries_the_script() -> None:
    assert "COPY docs/verify_proof.py docs/verify_proof.py" in Path(settings.BASE_DIR, "Dockerfile").read_text()
    assert "!docs/verify_proof.py" in Path(settings.BASE_DIR, ".dockerignore").read_text()
