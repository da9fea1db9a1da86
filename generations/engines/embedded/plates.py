"""An operator's own photographs as backgrounds: NAME.jpg (or .png, .webp) beside NAME.toml in one folder.

    tags = ["beach", "sunset"]        # words of the lexicon; one of them names the family
    horizon = 0.42                    # of the height, from the top
    light = "left"                    # left, right, front or top
    licence = "own photograph, 2026"  # required: whoever sells pictures must know what they may show
    mirror = true                     # false where writing or a landmark forbids it

Files are hostile until decoded: the caller hands in how. Only names and notes are kept; a photograph is read
when it is chosen.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generations.engines.base import Pixels
from generations.engines.embedded import grammar, vocabulary

# Bytes of a picture file to sRGB (h, w, 3); raises where they are none.
Decode = Callable[[bytes], Pixels]

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_LIGHTS = frozenset({"left", "right", "front", "top"})
_KEYS = frozenset({"tags", "horizon", "light", "licence", "mirror"})


@dataclass(frozen=True, slots=True)
class Photo:
    """One plate of the operator's. tags: (kind, value) of the lexicon. sha256: of the picture file, hexadecimal."""

    name: str
    file: Path
    tags: frozenset[tuple[str, str]]
    horizon: float
    light: str
    licence: str
    mirror: bool
    sha256: str


class BadPlate(ValueError):
    """A pair that cannot be used; the text says which field is wrong and why."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The photographs that can be used, by name, how to read them, and what is wrong with the others."""

    photos: tuple[Photo, ...]
    faults: Mapping[str, str]
    decode: Decode

    def pixels(self, photo: Photo) -> Pixels:
        """Read a photograph; raise BadPlate where the file is gone or no longer the one that was checked."""
        try:
            data = photo.file.read_bytes()
        except OSError as error:
            raise BadPlate(f"{photo.file.name}: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != photo.sha256:
            raise BadPlate(f"{photo.file.name} has changed since the start")
        return _decoded(photo.file, data, self.decode)


def load(folder: Path, *, decode: Decode) -> Folder:
    """Check every pair of a folder, decoding each photograph once. A bad one is left out and named in `faults`.

    Raises nothing: a folder that is missing or cannot be read is one fault under its own name.
    """
    photos: list[Photo] = []
    faults: dict[str, str] = {}
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        return Folder((), {str(folder): f"cannot be read: {error.strerror}"}, decode)
    notes = {file.stem: file for file in files if file.suffix == ".toml"}
    pictures: dict[str, Path] = {}
    for file in files:
        if file.suffix.lower() in _SUFFIXES and pictures.setdefault(file.stem, file) != file:
            faults[file.name] = f"{pictures[file.stem].name} has the same name"
    for name in sorted(notes.keys() | pictures.keys()):
        try:
            photos.append(_pair(name, notes.get(name), pictures.get(name), decode))
        except (BadPlate, OSError) as error:
            faults[name] = str(error)
    return Folder(tuple(photos), faults, decode)


def choose(photos: Iterable[Photo], *, prompt: str, family: str, seed: int) -> Photo | None:
    """The photograph whose tags carry most of what the prompt asks for, None where none shows its family.

    The score is the sum of the lexicon's weights of phrases among the tags; what the prompt negates excludes. Equals
    are drawn by the seed over sorted names.
    """
    reading = grammar.read(prompt)
    unwanted = {(phrase.meaning.kind, phrase.meaning.value) for phrase in reading.negated}
    scores: dict[str, float] = {}
    able = {photo.name: photo for photo in photos if _shows(photo, family, reading) and not photo.tags & unwanted}
    for name, photo in able.items():
        said = {phrase.text: phrase.meaning for phrase in reading.said}.values()
        scores[name] = sum(m.weight for m in said if (m.kind, m.value) in photo.tags)
    if not scores:
        return None
    best = sorted(name for name, score in scores.items() if score == max(scores.values()))
    draw = np.random.Generator(np.random.PCG64(seed))
    return able[best[int(draw.integers(len(best)))]]


def carries(photo: Photo, report: Mapping[str, Any], prompt: str) -> dict[str, Any]:
    """The scene report with a photograph in the painter's place: it follows what it is tagged with and nothing else."""
    known: list[str] = []
    missed: list[str] = []
    for phrase in grammar.read(prompt).said:
        meaning = phrase.meaning
        tagged = (meaning.kind, meaning.value) in photo.tags
        (known if tagged else missed).append(phrase.text)
    rest = [word for word in report["not_understood"] if word not in missed and word not in known]
    return {
        **report,
        "plate": photo.name,
        "understood": list(dict.fromkeys(known)),
        "not_understood": list(dict.fromkeys([*missed, *rest])),
    }


def _shows(photo: Photo, family: str, reading: grammar.Reading) -> bool:
    """Tell whether a photograph shows the family, or, where no family is painted for it, the place that was named."""
    if family != "softfocus":
        return ("family", family) in photo.tags
    named = {("place", p.meaning.value) for p in reading.said if p.meaning.kind == "place"}
    return bool(named & photo.tags) or (("family", family) in photo.tags and not named)


def _pair(name: str, note: Path | None, picture: Path | None, decode: Decode) -> Photo:
    if note is None:
        raise BadPlate(f"{name}.toml is missing")
    if picture is None:
        raise BadPlate(f"the photograph beside {note.name} is missing")
    fields = _fields(note)
    data = picture.read_bytes()
    _decoded(picture, data, decode)
    return Photo(
        name=name,
        file=picture,
        tags=_tags(fields.get("tags")),
        horizon=_horizon(fields.get("horizon")),
        light=_one_of_lights(fields.get("light")),
        licence=_licence(fields.get("licence")),
        mirror=_flag(fields.get("mirror", True)),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _decoded(file: Path, data: bytes, decode: Decode) -> Pixels:
    try:
        return decode(data)
    except Exception as error:
        # Whatever a decoder raises means the same here: not a picture we can use, and no reason to stop.
        raise BadPlate(f"{file.name} cannot be used: {error}") from error


def _fields(note: Path) -> dict[str, Any]:
    try:
        fields = tomllib.loads(note.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadPlate(f"{note.name}: {error}") from error
    if unknown := sorted(fields.keys() - _KEYS):
        raise BadPlate(f"{note.name}: unknown field {unknown[0]}")
    return fields


def _tags(value: object) -> frozenset[tuple[str, str]]:
    if not isinstance(value, list) or not value or not all(isinstance(tag, str) for tag in value):
        raise BadPlate("tags: must be a list of words")
    found: set[tuple[str, str]] = set()
    for tag in value:
        words = vocabulary.tokens(tag)
        meanings, length = vocabulary.meanings(words, 0) if words else ((), 0)
        if not meanings or length != len(words):
            raise BadPlate(f"tags: {tag!r} is not in the lexicon")
        found |= {(m.kind, m.value) for m in meanings}
    if not any(kind in ("family", "place") for kind, _ in found):
        raise BadPlate("tags: none of them names a family or place")
    return frozenset(found)


def _horizon(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadPlate("horizon: must be a number from 0 (top) to 1 (bottom)")
    return float(value)


def _one_of_lights(value: object) -> str:
    if not isinstance(value, str) or value not in _LIGHTS:
        raise BadPlate(f"light: must be one of {', '.join(sorted(_LIGHTS))}")
    return value


def _licence(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadPlate("licence: must say by what right the photograph is used")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadPlate("mirror: must be true or false")
    return value
