"""Grader: the API's description, as served, read by Spectral's rules for OpenAPI."""

import json

import httpx

from tests.judge import tools
from tests.judge.measure import Measure, counted
from tests.judge.rounds import Round

RULES = tools.HERE / "spectral.yaml"


def grade(this: Round) -> list[Measure]:
    """Return the count of what Spectral finds by its recommended rules, warnings too."""
    described = this.out / "openapi.json"
    answer = httpx.get(f"{this.house.url}/api/v1/openapi.json", timeout=60).raise_for_status()
    described.write_bytes(answer.content)
    cli = tools.script("@stoplight/spectral-cli", "dist/index.js")
    done = tools.run(cli, "lint", "--quiet", "--format", "json", "--ruleset", RULES, described)
    if not done.stdout.strip().startswith("["):
        raise tools.Missing(f"spectral said nothing: {(done.stderr or done.stdout).strip()[-300:]}")
    found = [f"{'.'.join(map(str, one['path']))}: {one['message']} ({one['code']})" for one in json.loads(done.stdout)]
    return [counted("OpenAPI findings", found)]
