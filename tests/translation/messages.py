"""Every sentence of the product as gettext knows it; run as a program it writes locale/django.pot for translators."""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("accounts", "billing", "generations", "roomai_web")
# What marks a sentence, with the place of singular, plural and context among the arguments.
KEYWORDS = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"))
PLURALS = {"ngettext", "ngettext_lazy"}
CONTEXTS = {"pgettext", "pgettext_lazy"}
TEMPLATES = ("*.html", "*.txt", "*.text", "*.subject")


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence. plural: "" where it has none."""

    file: str
    line: int
    text: str
    plural: str = ""
    context: str = ""


def every_message() -> Iterator[Message]:
    """Return the sentences of all templates and modules, with the place of each."""
    for path in sorted(one for kind in TEMPLATES for one in ROOT.joinpath("templates").rglob(kind)):
        # Stands in Django's own form of a template as Python; its indentation is not Python's.
        source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield from _found(path, "\n".join(line.lstrip() for line in source.splitlines()))
    for path in sorted(one for name in PACKAGES for one in ROOT.joinpath(name).rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _found(path, path.read_text(encoding="utf-8"))


def _found(path: Path, source: str) -> Iterator[Message]:
    names = [*KEYWORDS, *PLURALS, *CONTEXTS]
    for line, name, given, _comments in extract_python(io.BytesIO(source.encode()), names, [], {"encoding": "utf-8"}):
        texts = [text for text in (given if isinstance(given, tuple) else (given,)) if text]
        file = str(path.relative_to(ROOT))
        if not texts or not name:
            continue
        if name in PLURALS and len(texts) > 1:
            yield Message(file, line, texts[0], plural=texts[1])
        elif name in CONTEXTS and len(texts) > 1:
            yield Message(file, line, texts[1], context=texts[0])
        else:
            yield Message(file, line, texts[0])


def catalog(messages: Iterator[Message]) -> Catalog:
    """Return a catalogue to be translated."""
    made = Catalog(project="Room AI", charset="utf-8")
    for one in messages:
        name = (one.text, one.plural) if one.plural else one.text
        made.add(name, locations=[(one.file, one.line)], context=one.context or None)
    return made


if __name__ == "__main__":
    settings.configure()
    target = ROOT / "locale/django.pot"
    with target.open("wb") as file:
        write_po(file, catalog(every_message()), width=100, omit_header=False)
    sys.stdout.write(f"{target.relative_to(ROOT)}: {len(set(every_message()))} sentences\n")
