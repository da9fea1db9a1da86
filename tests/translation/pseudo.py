"""A language nobody speaks: each sentence in brackets, accented and 40 % longer, its placeholders and tags kept."""

import gettext
import re
from pathlib import Path

import allauth
import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tests.translation.messages import every_message

CODE, FOLDER = "en-xa", "en_XA"
GROWTH = 0.4
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;|\d+|https?://\S+")
ACCENTS = str.maketrans("aeiouyncsAEIOUNCS", "áéíóúýñçšÁÉÍÓÚÑÇŠ")
FILLER = "öñé tŵö þřéé ƒöúř ƒîvé šîx šévéñ éîĝhţ ñîñé ţéñ "


def accented(text: str) -> str:
    """Return the sentence as that language has it; one without a letter stays as it is."""
    if not any(sign.isalpha() for sign in KEPT.sub("", text)):
        return text
    parts, at = [], 0
    for kept in KEPT.finditer(text):
        parts += [text[at : kept.start()].translate(ACCENTS), kept[0]]
        at = kept.end()
    parts.append(text[at:].translate(ACCENTS))
    letters = len(KEPT.sub("", text))
    more = max(1, round(letters * GROWTH))
    filler = (FILLER * (more // len(FILLER) + 1))[:more].rstrip() or "ö"
    return f"[{''.join(parts).rstrip()} {filler}]{text[len(text.rstrip()) :]}"


def write(folder: Path) -> None:
    """Write the language below a folder for LOCALE_PATHS: our sentences, and those of Django and allauth."""
    made = Catalog(locale="en", charset="utf-8")
    for theirs in _theirs():
        made.add(*theirs)
    for one in every_message():
        if one.plural:
            made.add((one.text, one.plural), (accented(one.text), accented(one.plural)), context=one.context or None)
        else:
            made.add(one.text, accented(one.text), context=one.context or None)
    target = folder / FOLDER / "LC_MESSAGES/django.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, made)


def _theirs() -> list[tuple[str, str]]:
    """Return the sentences of Django and allauth without a plural, from a translation of theirs."""
    django_home, allauth_home = Path(django.__file__).parent, Path(allauth.__file__).parent
    homes = [django_home / "conf", django_home / "contrib/auth", allauth_home]
    names: set[str] = set()
    for home in homes:
        with (home / "locale/de/LC_MESSAGES/django.mo").open("rb") as file:
            known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # it has no other way to its names
        names |= {name for name in known if isinstance(name, str) and name and "\x04" not in name}
    # Formats are no sentences.
    return [(name, accented(name)) for name in sorted(names) if not re.fullmatch(r"[A-Z_]+|.*(%Y|DATE).*", name)]
