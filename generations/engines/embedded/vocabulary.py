"""Words the painter knows: the lexicon files beside this module, read once, and the search in them."""

import functools
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from generations.engines.embedded import color

_FOLDER = Path(__file__).parent / "lexicon"
_TOKEN = re.compile(r"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|[^\W_]+(?:['’][^\W_]+)*|[,;.:!?]")
_LONGEST = 4


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase says: its kind (family, surface, color, light, ...), its value there, its weight in a choice.

    place: which part of a family's world it names, as a garden has a patio.
    """

    kind: str
    value: str
    weight: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of the prompt with one meaning; first and last are the numbers of its tokens."""

    text: str
    meaning: Meaning
    first: int
    last: int


@functools.cache
def lexicon(language: str = "en") -> dict[tuple[str, ...], tuple[Meaning, ...]]:
    """Every known phrase as its words, with all its meanings in the order of the file; colors last."""
    found: dict[tuple[str, ...], tuple[Meaning, ...]] = {}
    for entry in tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))["entry"]:
        meaning = Meaning(entry["kind"], entry["value"], float(entry.get("weight", 1)), entry.get("place", ""))
        for phrase in entry["phrases"]:
            words = tuple(phrase.split())
            found[words] = (*found.get(words, ()), meaning)
    for words, code in _colors().items():
        found[words] = (*found.get(words, ()), Meaning("color", code, 1.0))
    return found


def tokens(prompt: str) -> list[str]:
    """Cut a prompt into folded words and punctuation marks; hyphens part words."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", prompt).casefold())


def meanings(words: list[str], start: int) -> tuple[tuple[Meaning, ...], int]:
    """Look up the longest known phrase that begins at `start`; its meanings (none: empty) and its length."""
    known = lexicon()
    if words[start].startswith("#"):
        return (Meaning("color", words[start], 1.0),), 1
    for length in range(min(_LONGEST, len(words) - start), 0, -1):
        phrase = tuple(words[start : start + length])
        for spelling in (phrase, *_singular(phrase)):
            if spelling in known:
                return known[spelling], length
    return (), 1


def rgb(code: str) -> color.Color:
    """The color of a meaning of kind color."""
    return color.from_hex(code)


def _singular(phrase: tuple[str, ...]) -> list[tuple[str, ...]]:
    last = phrase[-1]
    stems = [last[: -len(end)] for end in ("s", "es") if last.endswith(end) and len(last) > len(end) + 2]
    return [(*phrase[:-1], stem) for stem in stems]


def _colors() -> dict[tuple[str, ...], str]:
    named: dict[str, str] = {}
    for file in ("css.toml", "colors.toml"):
        named |= tomllib.loads((_FOLDER / file).read_text("utf-8"))
    spelled = {tuple(name.split()): code for name, code in named.items()}
    # CSS runs its words together; people do not: "lightblue" is also "light blue".
    for name, code in named.items():
        for front in ("light", "dark", "medium", "pale", "deep"):
            if name.startswith(front) and len(name) > len(front) + 2:
                spelled.setdefault((front, name.removeprefix(front)), code)
    return spelled
