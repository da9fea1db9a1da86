"""What the landing page tells: the cases, the questions, the cheapest price."""

from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.views.shelves import Shelf, shelves

Text = str | Promise


class Shown(NamedTuple):
    """A picture of `roomai_web.showcase` by its name, and what it shows."""

    name: str
    alt: Text


class Case(NamedTuple):
    """One photo and what was made of it."""

    title: Text
    words: Text
    photo: Shown
    results: tuple[Shown, ...]


CASES = (
    Case(
        _("Products"),
        _("One shot from the kitchen table serves the shop, the menu and the campaign."),
        Shown("coffee", _("A red cup of espresso on a dark wooden table")),
        (
            Shown("coffee-oak", _("The cup on a light oak table by a window")),
            Shown("coffee-patio", _("The cup on the stones of a patio in the morning")),
            Shown("coffee-blue", _("The cup before a light blue backdrop")),
        ),
    ),
    Case(
        _("People"),
        _("Hair, suit and light stay as they are; only the place is another."),
        Shown("astronaut", _("An astronaut in an orange suit before a gray studio wall")),
        (
            Shown("astronaut-forest", _("The astronaut in a forest with low sun behind her")),
            Shown("astronaut-studio", _("The astronaut before a light blue backdrop")),
            Shown("astronaut-beach", _("The astronaut at a beach at sunset")),
        ),
    ),
    Case(
        _("Interiors"),
        _("Furniture stands on the floor of each room, with a shadow of its own."),
        Shown("sideboard", _("A walnut sideboard on a red carpet before a pink wall")),
        (
            Shown("sideboard-showroom", _("The sideboard in a bright showroom with white walls")),
            Shown("sideboard-loft", _("The sideboard before a brick wall in the afternoon")),
            Shown("sideboard-nordic", _("The sideboard in a living room with an oak floor")),
        ),
    ),
)


def questions() -> list[tuple[Text, Text]]:
    """Return what people ask first, each with its answer."""
    return [
        (
            gettext("Which photos work?"),
            gettext(
                "JPEG, PNG, WebP, AVIF or HEIC up to 20 MiB and 25 megapixels, with one clear subject. "
                "Where the cut-out is not right, a brush corrects it before anything is paid."
            ),
        ),
        (
            gettext("What can I describe?"),
            gettext(
                "Showrooms, living rooms, bedrooms, studios, tables, gardens, beaches and forests, with light, "
                "season, colors and materials. Or set the subject before a plain color or a picture of your own."
            ),
        ),
        (
            gettext("What if a picture fails, or I cannot use it?"),
            gettext(
                "A run that fails is not charged. A delivered picture that is not usable can be handed back within "
                "24 hours, and its token returns."
            ),
        ),
        (
            gettext("What happens to my photos?"),
            gettext("They are kept for {n} days, or until you delete them. Nothing is used for training.").format(
                n=settings.RETENTION_DAYS
            ),
        ),
        (gettext("How large is the result?"), gettext("As large as your photo. The subject is never scaled.")),
        (gettext("May I sell what I make?"), gettext("Yes. Your photos and what comes of them stay yours.")),
    ]


def least() -> Shelf | None:
    """Return the pack with the cheapest picture; None where nothing is sold."""
    return shelves()[-1] if settings.SHOP else None
