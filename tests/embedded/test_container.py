"""The image and compose.yaml, read line by line: a wrong path, a root process or a secret shows without an engine."""

import fnmatch
import json
import re
import shlex
import tomllib
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from tests.embedded.ordinary import ROOT

PROGRAMS = {"python", "/venv/bin/python", "useradd", "install"}
SECRET_NAMES = re.compile(r"SECRET|PASSWORD|PEPPER|TOKEN|API_KEY", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One instruction of the Dockerfile. stage: 0 builds, the last one runs."""

    stage: int
    word: str
    rest: str


def steps() -> list[Step]:
    text = (ROOT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    found: list[Step] = []
    stage = -1
    for line in joined:
        word, rest = line.split(maxsplit=1)
        stage += word == "FROM"
        found.append(Step(stage, word, rest))
    return found


def of(word: str, *, stage: int | None = None) -> list[str]:
    return [step.rest for step in steps() if step.word == word and stage in {None, step.stage}]


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def is_sent(path: str) -> bool:
    """Tell whether .dockerignore lets this path reach the build; the last rule that fits decides."""
    sent = True
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!").removeprefix("**/")
        if (
            fnmatch.fnmatch(path, pattern)
            or fnmatch.fnmatch(path.split("/")[-1], pattern)
            or path.startswith(f"{pattern}/")
        ):
            sent = rule.startswith("!")
    return sent


def test_two_stages_stand_on_one_official_base() -> None:
    bases = [rest.split()[0] for rest in of("FROM")]
    assert len(bases) == 2
    assert set(bases) == {"python:3.11-slim-bookworm"}


def test_the_last_stage_runs_as_somebody_who_is_not_root() -> None:
    last = steps()[-1].stage
    (user,) = of("USER", stage=last)
    made = next(rest for rest in of("RUN", stage=last) if rest.startswith("useradd"))
    assert (made.split()[-1], "--uid 10001" in made) == (user, True)
    words = [step.word for step in steps() if step.stage == last]
    assert "RUN" not in words[words.index("USER") :]
    assert (of("EXPOSE", stage=last), of("VOLUME", stage=last)) == (["8000"], ["/data"])


def test_every_file_that_is_copied_exists_and_is_sent_to_the_build() -> None:
    for rest in of("COPY", stage=0):
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert is_sent(source), source


def test_every_package_of_ours_is_in_the_image() -> None:
    copied = {source for rest in of("COPY", stage=0) for source in rest.split()[:-1]}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages | {"static", "templates", "manage.py", "requirements.lock"} <= copied
    assert not (ROOT / "locale").exists() or "locale" in copied


@pytest.mark.parametrize("path", [".env", ".git", "var", ".venv", "tests", "roomai_web/embedded", "a.pyc"])
def test_what_is_private_or_of_no_use_never_reaches_the_build(path: str) -> None:
    assert not is_sent(path)


def test_every_step_runs_a_program_and_a_command_that_exist() -> None:
    for rest in of("RUN"):
        program, *arguments = shlex.split(rest)
        assert program in PROGRAMS, rest
        if arguments[:1] == ["manage.py"]:
            assert arguments[1] in get_commands()


def test_packages_are_installed_by_hash_and_without_the_embedded_servers() -> None:
    (install,) = [rest for rest in of("RUN") if " pip install " in rest]
    assert "--require-hashes -r requirements.lock" in install
    lock = (ROOT / "requirements.lock").read_text()
    embedded = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["embedded"]
    for requirement in embedded:
        assert requirement.split("==")[0] not in lock


def test_no_secret_is_written_into_a_layer() -> None:
    for word in ("ENV", "ARG", "LABEL"):
        for rest in of(word):
            assert not SECRET_NAMES.search(rest), rest


def test_the_image_serves_by_default_as_make_run_does() -> None:
    command = json.loads(of("CMD")[0])
    assert (command[0], command[-1]) == ("granian", "roomai_web.asgi:application")
    assert command[command.index("--interface") + 1] == "asgi"


def test_compose_starts_every_process_with_a_command_that_exists() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "valkey", "migrate", "web", "worker", "worker-default", "timer"}
    queues = set()
    for name in ("migrate", "timer"):
        python, manage, command, *_ = services[name]["command"]
        assert (python, manage, command in get_commands()) == ("python", "manage.py", True)
    for name in ("worker", "worker-default"):
        command = services[name]["command"]
        command = command[2:] if command[0] == "env" else command
        assert command[:4] == ["celery", "-A", "roomai_web", "worker"]
        queues.add(command[command.index("-Q") + 1])
    assert queues == {"pictures", "default"}
    assert "command" not in services["web"]


def test_compose_s_variables_are_those_that_settings_read() -> None:
    known = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for name in ("migrate", "web", "worker", "worker-default", "timer"):
        assert set(compose()["services"][name]["environment"]) <= known


def test_compose_has_no_secret_of_its_own_and_its_broker_forgets_nothing() -> None:
    services = compose()["services"]
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert not SECRET_NAMES.search(name) or str(value).startswith("${"), name
    assert services["valkey"]["command"][1:5] == ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", []))


def test_a_stopping_container_has_time_to_finish_its_picture() -> None:
    services = compose()["services"]
    assert all(services[name]["stop_grace_period"] == "45s" for name in ("worker", "worker-default"))
    assert "REMAP_SIGTERM=SIGQUIT" in " ".join(of("ENV", stage=1))


def test_healthy_means_that_readyz_answers_by_the_site_s_own_name() -> None:
    _, python, _, program = compose()["services"]["web"]["healthcheck"]["test"]
    assert python == "python"
    compile(program, "healthcheck", "exec")
    assert "/readyz" in program
    assert "PUBLIC_URL" in program


def test_ci_runs_the_same_doors() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert re.findall(r"^make (\w+)", text, re.MULTILINE) == ["check", "test"]
