"""What the product's sentences never say, and that each can be said in another language."""

import re

import pytest
from django.conf import settings

from tests.translation.messages import ROOT, Message, every_message
from tests.translation.pseudo import KEPT, accented

MESSAGES = sorted(set(every_message()), key=lambda one: (one.file, one.line))
BANNED = re.compile(
    r"\b(oops|whoops|magic\w*|please|simply|just|awesome|amazing|seamlessly|effortless\w*|ai-powered|powered by ai)\b",
    re.IGNORECASE,
)
EXCLAIMED = re.compile(r"\w!(?=[\s\"”’)]|$)")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2728]")
TAGS = re.compile(r"<[^>]+>")


def said(one: Message) -> str:
    return TAGS.sub(" ", f"{one.text} {one.plural}")


def test_there_are_sentences() -> None:
    assert len(MESSAGES) > 600


@pytest.mark.parametrize("pattern", [BANNED, EXCLAIMED, EMOJI], ids=["words", "exclamations", "emoji"])
def test_no_sentence_shouts_or_begs(pattern: re.Pattern[str]) -> None:
    assert [(one.file, one.line, one.text[:80]) for one in MESSAGES if pattern.search(said(one))] == []


def test_no_template_has_them_either() -> None:
    folder = settings.BASE_DIR / "templates"
    found = []
    for path in sorted(folder.rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        found += [(path.name, hit[0]) for pattern in (BANNED, EMOJI) for hit in pattern.finditer(text)]
        found += [
            (path.name, hit[0]) for hit in re.finditer(r'icon "(sparkles?|wand\w*|stars?)"', text) if "wand" in hit[0]
        ]
    assert found == []


def test_a_sentence_keeps_its_placeholders() -> None:
    for one in MESSAGES:
        for text in filter(None, (one.text, one.plural)):
            assert KEPT.findall(accented(text)) == KEPT.findall(text), (one.file, text)


def test_the_source_of_every_module_is_read() -> None:
    packages = {one.file.split("/")[0] for one in MESSAGES}
    assert packages >= {"templates", "accounts", "billing", "generations", "roomai_web"}, ROOT
