"""The places the studio offers: for each family of scenes four prompts, each with a picture of our own making.

A preset puts its words into the box, so that what is painted always stands there to be changed. Its thumbnail is
`static/img/presets/<slug>.avif`, a result of that very prompt.
"""

from functools import cache
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Preset(NamedTuple):
    """slug: `<family>-<n>`, the name of its thumbnail; prompt: what goes into the box, in the painter's language."""

    slug: str
    label: Text
    prompt: str

    @property
    def thumbnail(self) -> str:
        """Return where its picture is; "" while there is none."""
        return _thumbnail(self.slug)


class Group(NamedTuple):
    """The presets of one family; `family` is the name of its file among the painter's families."""

    family: str
    label: Text
    presets: tuple[Preset, ...]


PRESETS: tuple[Group, ...] = (
    Group(
        "showroom",
        _("Showroom"),
        (
            Preset("showroom-1", _("White"), "a bright minimalist showroom with white walls and natural light"),
            Preset("showroom-2", _("Concrete"), "an industrial loft with concrete walls and light from the left"),
            Preset("showroom-3", _("Brick"), "a warehouse loft with brick walls, an oak floor and afternoon light"),
            Preset("showroom-4", _("Terrazzo"), "an elegant gallery with sage walls and a terrazzo floor"),
        ),
    ),
    Group(
        "living_room",
        _("Living room"),
        (
            Preset("living_room-1", _("Sunlit"), "a sunlit modern living room with a wooden floor and a plant"),
            Preset("living_room-2", _("Evening"), "a cozy living room in the evening with warm light"),
            Preset("living_room-3", _("Nordic"), "a scandinavian living room with white walls, an oak floor and a rug"),
            Preset("living_room-4", _("Classic"), "a classic apartment with a herringbone floor and curtains"),
        ),
    ),
    Group(
        "studio",
        _("Studio"),
        (
            Preset("studio-1", _("Light gray"), "a light gray studio backdrop with soft light"),
            Preset("studio-2", _("Pastel"), "a pastel pink studio backdrop with soft shadows"),
            Preset("studio-3", _("Dark"), "a dark studio backdrop with dramatic light from the left"),
            Preset("studio-4", _("Terracotta"), "a terracotta studio backdrop with hard light from the right"),
        ),
    ),
    Group(
        "bedroom",
        _("Bedroom"),
        (
            Preset("bedroom-1", _("Morning"), "a calm bedroom with white walls, curtains and morning light"),
            Preset("bedroom-2", _("Hotel"), "a luxury hotel room with warm light and a lamp"),
            Preset("bedroom-3", _("Sage"), "a bedroom with sage walls, an oak floor and natural light"),
            Preset("bedroom-4", _("Night"), "a cozy bedroom at night with lamplight"),
        ),
    ),
    Group(
        "tabletop",
        _("Tabletop"),
        (
            Preset("tabletop-1", _("Oak"), "an oak table with soft window light"),
            Preset("tabletop-2", _("Marble"), "a bright marble countertop with natural light"),
            Preset("tabletop-3", _("Walnut"), "a walnut desk in the evening with warm light"),
            Preset("tabletop-4", _("Concrete"), "a concrete table with hard light from the left"),
        ),
    ),
    Group(
        "garden",
        _("Garden"),
        (
            Preset("garden-1", _("Lawn"), "a green garden with a lawn on a sunny day"),
            Preset("garden-2", _("Patio"), "a stone patio with soft morning light"),
            Preset("garden-3", _("Deck"), "a wooden deck at sunset"),
            Preset("garden-4", _("Meadow"), "a meadow in the golden hour, backlit"),
        ),
    ),
    Group(
        "beach",
        _("Beach"),
        (
            Preset("beach-1", _("Noon"), "a sandy beach at noon under a bright sun"),
            Preset("beach-2", _("Sunset"), "a beach at sunset with warm light"),
            Preset("beach-3", _("Dawn"), "a calm beach at dawn with soft light"),
            Preset("beach-4", _("Overcast"), "an overcast beach with cool light"),
        ),
    ),
    Group(
        "forest",
        _("Forest"),
        (
            Preset("forest-1", _("Dappled"), "a forest clearing with dappled sunlight"),
            Preset("forest-2", _("Mist"), "a misty forest in the morning"),
            Preset("forest-3", _("Golden hour"), "a forest in the golden hour, backlit"),
            Preset("forest-4", _("Night"), "a dark forest at night"),
        ),
    ),
)


@cache
def _thumbnail(slug: str) -> str:
    path = f"img/presets/{slug}.avif"
    return static(path) if finders.find(path) else ""


def shown(prompt: str = "") -> list[tuple[Group, bool]]:
    """Return the groups, each with whether it is open at first: that of the preset in the box, else the first."""
    holds = [any(preset.prompt == prompt for preset in group.presets) for group in PRESETS]
    opened = holds.index(True) if any(holds) else 0
    return [(group, place == opened) for place, group in enumerate(PRESETS)]
