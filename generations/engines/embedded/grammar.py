"""From a prompt to a scene plan: which family, which colors, materials, light and things, and what was not
read.

    prompt = clause { ("," | ";" | "with" | "and") clause }
    clause = [negator] { modifier } head

A modifier belongs to the nearest surface or thing at most three words to its right ("white walls"), or to the
one before it ("walls in white"). A negator covers everything up to the next comma, "with" or "but".
No prompt fails: without a family the scene is `softfocus`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generations.engines.embedded import color, vocabulary
from generations.engines.embedded.color import Color
from generations.engines.embedded.vocabulary import Meaning, Phrase

_REACH_WORDS = 3
_STOPS = frozenset({",", ";", ".", ":", "!", "?", "with", "but"})
_MODIFIERS = frozenset({"color", "material", "shift"})
LIGHT_KINDS = frozenset({"light", "time", "weather", "season"})
# Lightness added and chroma multiplied in OKLCH.
_SHIFTS = {
    "pale": (0.12, 1.0), "deep": (-0.12, 1.0), "muted": (0.0, 0.7), "pastel": (0.12, 0.7), "vivid": (0.0, 1.3)
}  # fmt: skip
_WALL_MATERIALS = frozenset({"brick", "plaster"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What to paint. colors and materials are by surface or thing; `""` holds what was said of none.

    stops: every color named, in order. light: values of light, time, weather and season words, in order.
    things: props asked for. removed: values that must not appear. report: the answer's `scene`.
    is_small: the subject is said to be a thing one holds in a hand.
    """

    family: str
    place: str = ""
    styles: tuple[str, ...] = ()
    colors: Mapping[str, Color] = field(default_factory=dict)
    materials: Mapping[str, str] = field(default_factory=dict)
    stops: tuple[Color, ...] = ()
    light: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    removed: frozenset[str] = frozenset()
    camera: frozenset[str] = frozenset()
    gradient: bool = False
    is_small: bool = False
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt cut into phrases. said and negated carry meaning, unknown are the words that carry none for us."""

    said: tuple[Phrase, ...]
    negated: tuple[Phrase, ...]
    unknown: tuple[str, ...]


def read(prompt: str) -> Reading:
    """Find the known phrases of a prompt, longest first, and what stands under a negation."""
    words = vocabulary.tokens(prompt)
    said: list[Phrase] = []
    negated: list[Phrase] = []
    unknown: list[str] = []
    is_negated = False
    at = 0
    while at < len(words):
        found, length = vocabulary.meanings(words, at)
        text = " ".join(words[at : at + length])
        if text in _STOPS:
            is_negated = False
        elif not found:
            unknown.append(text)
        else:
            meaning = _choose(found, words, at + length)
            if meaning.kind == "negator":
                is_negated = True
            elif meaning.kind != "filler":
                (negated if is_negated else said).append(Phrase(text, meaning, at, at + length - 1))
        at += length
    return Reading(tuple(said), tuple(negated), tuple(dict.fromkeys(unknown)))


def plan(prompt: str, *, paints: Mapping[str, frozenset[str]]) -> Plan:
    """Read a prompt into a plan. paints: for each family that exists, the surfaces, things and marks it can show."""
    reading = read(prompt)
    family, place = _family(reading, paints)
    bound = _bound(reading.said)
    colors: dict[str, Color] = {}
    materials: dict[str, str] = {}
    for phrase, target in bound.items():
        if phrase.meaning.kind == "color":
            colors.setdefault(target, _shifted(phrase, reading.said))
        elif phrase.meaning.kind == "material":
            materials.setdefault(target or _surface_of(phrase.meaning.value), phrase.meaning.value)
    return Plan(
        family=family,
        place=place,
        styles=_values(reading.said, "style"),
        colors=colors,
        materials=materials,
        stops=tuple(_shifted(p, reading.said) for p in reading.said if p.meaning.kind == "color"),
        light=tuple(p.meaning.value for p in reading.said if p.meaning.kind in LIGHT_KINDS),
        things=_values(reading.said, "prop"),
        removed=frozenset(p.meaning.value for p in reading.negated),
        camera=frozenset(_values(reading.said, "camera")),
        gradient=any(p.meaning.value == "plain" and p.meaning.weight > 2 and _is_gradient(p) for p in reading.said),
        is_small="small" in _values(reading.said, "subject"),
        report=_report(reading, family, bound, paints[family]),
    )


def light_report(prompt: str) -> dict[str, Any]:
    """Tell which words of a prompt set the light, all others being of no use beside a background of one's own."""
    reading = read(prompt)
    lit = [p.text for p in reading.said if p.meaning.kind in LIGHT_KINDS]
    rest = [p.text for p in reading.said if p.meaning.kind not in LIGHT_KINDS]
    removed = [p.text for p in reading.negated]
    return {"understood": lit, "not_understood": [*rest, *reading.unknown], "removed": removed}


def _choose(found: tuple[Meaning, ...], words: list[str], after: int) -> Meaning:
    """Pick the meaning that fits what follows: "light oak" lightens, "natural light" shines, "pine" is a wood."""
    shift = next((m for m in found if m.kind == "shift"), None)
    if shift is None or len(found) == 1:
        return found[0]
    following = vocabulary.meanings(words, after)[0] if after < len(words) else ()
    colors_only = shift.value not in ("pale", "deep")
    heads = {"color"} if colors_only else {"color", "material", "surface"}
    if any(m.kind in heads for m in following[:1]):
        return shift
    return next(m for m in found if m.kind != "shift")


def _family(reading: Reading, paints: Mapping[str, frozenset[str]]) -> tuple[str, str]:
    """Add up the votes for each family; a place that is not painted may outvote them and lend its colors."""
    votes: dict[str, float] = {}
    places: dict[str, str] = {}
    for phrase in reading.said:
        meaning = phrase.meaning
        if meaning.kind == "family":
            votes[meaning.value] = votes.get(meaning.value, 0.0) + meaning.weight
            places[meaning.value] = places.get(meaning.value) or meaning.place
        elif meaning.kind == "place":
            votes["softfocus"] = votes.get("softfocus", 0.0) + meaning.weight - 0.1
            places["softfocus"] = places.get("softfocus") or meaning.value
        elif meaning.kind == "surface" and meaning.value in ("wall", "floor"):
            votes["showroom"] = votes.get("showroom", 0.0) + 0.6
        elif meaning.kind == "prop":
            votes["living_room"] = votes.get("living_room", 0.0) + 0.4
    if not votes:
        only_colors = reading.said and not reading.unknown and any(p.meaning.kind == "color" for p in reading.said)
        is_lone = only_colors and all(p.meaning.kind in ("color", "shift", "light") for p in reading.said)
        return ("plain" if is_lone else "softfocus"), ""
    best = max(votes, key=lambda name: votes[name])
    if best == "plain" and votes[best] < 1 and not any(p.meaning.kind == "color" for p in reading.said):
        # "a neutral background" says nothing of a color, so it is not filled with one.
        best = "softfocus"
    best = best if best in paints else "softfocus"
    return best, places.get(best, "")


def _bound(said: tuple[Phrase, ...]) -> dict[Phrase, str]:
    """Give each modifier the surface or thing it belongs to, or `""`."""
    heads = [p for p in said if p.meaning.kind in ("surface", "prop")]
    bound: dict[Phrase, str] = {}
    for phrase in said:
        if phrase.meaning.kind not in _MODIFIERS:
            continue
        right = [h for h in heads if 0 < h.first - phrase.last <= _REACH_WORDS]
        left = [h for h in heads if 0 < phrase.first - h.last <= _REACH_WORDS]
        head = right[0] if right else left[-1] if left else None
        bound[phrase] = head.meaning.value if head else ""
    return bound


def _shifted(phrase: Phrase, said: tuple[Phrase, ...]) -> Color:
    """The color of a phrase, moved by the words right before it, or by a shift that stands alone."""
    value = vocabulary.rgb(phrase.meaning.value)
    for shift in (p for p in said if p.meaning.kind == "shift"):
        if phrase.first - shift.last == 1 or shift.meaning.value == "pastel":
            lightness, chroma = _SHIFTS[shift.meaning.value]
            value = color.shifted(value, lightness=lightness, chroma=chroma)
    return value


def _surface_of(material: str) -> str:
    return "wall" if material in _WALL_MATERIALS else "floor"


def _is_gradient(phrase: Phrase) -> bool:
    return not any(word in phrase.text for word in ("plain", "solid", "flat", "single", "uniform", "isolated", "cut"))


def _values(said: tuple[Phrase, ...], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.meaning.value for p in said if p.meaning.kind == kind))


def _report(reading: Reading, family: str, bound: Mapping[Phrase, str], shows: frozenset[str]) -> dict[str, Any]:
    understood: list[str] = []
    missed: list[str] = []
    waiting: list[str] = []
    end = -1
    for phrase in reading.said:
        if waiting and phrase.first != end + 1:
            understood += waiting
            waiting = []
        end = phrase.last
        if not _is_shown(phrase, family, bound, shows):
            missed += [*waiting, phrase.text]
            waiting = []
        elif phrase.meaning.kind in _MODIFIERS:
            waiting.append(phrase.text)
        elif phrase.meaning.kind in ("surface", "prop"):
            understood.append(" ".join([*waiting, phrase.text]))
            waiting = []
        else:
            understood += [*waiting, phrase.text]
            waiting = []
    understood += waiting
    removed = [p.text for p in reading.negated]
    return {
        "family": family,
        "plate": "painted",
        "understood": list(dict.fromkeys(understood)),
        "not_understood": list(dict.fromkeys([*missed, *reading.unknown])),
        "removed": list(dict.fromkeys(removed)),
    }


def _is_shown(phrase: Phrase, family: str, bound: Mapping[Phrase, str], shows: frozenset[str]) -> bool:
    """Tell whether this family can show what the phrase asks for."""
    kind, value = phrase.meaning.kind, phrase.meaning.value
    if kind == "family":
        return value == family or phrase.meaning.weight < 1
    if kind == "place":
        return False
    if kind in ("surface", "prop"):
        return value in shows
    if kind == "material":
        return (bound[phrase] or _surface_of(value)) in shows
    return kind in shows or kind in ("color", "shift", "camera") or (kind in LIGHT_KINDS and "light" in shows)
