"""Nothing undocumented: settings, commands, make targets, the version."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_variable_the_settings_read_is_in_the_example_and_none_else() -> None:
    sources = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "roomai_web").glob("*settings.py")) + read(
        "roomai_web/celery.py"
    )
    known = set(re.findall(r'env_(?:str|int|bool|list)\(\s*"([A-Z0-9_]+)"', sources))
    listed = set(re.findall(r"^([A-Z0-9_]+)=", read(".env.example"), re.MULTILINE))
    assert known == listed


def test_the_version_is_one() -> None:
    newest = re.search(r"^## (\S+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert newest
    assert f'\nversion = "{newest[1]}"\n' in read("pyproject.toml")
    assert f'\nVERSION = "{newest[1]}"\n' in read("roomai_web/settings.py")


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]
)
def test_every_link_and_path_of_the_documents_leads_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", read(name))
    assert [link for link in links if not (folder / link).exists()] == []


def test_every_make_target_named_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    named = {word for d in documents for word in re.findall(r"`make ([a-z-]+)", d.read_text(encoding="utf-8"))}
    assert named - targets == set()


def test_every_management_command_is_in_the_readme() -> None:
    ours = {p.stem for p in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    assert {command for command in ours if f"manage.py {command}" not in read("README.md")} == set()
