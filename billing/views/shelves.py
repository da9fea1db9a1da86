"""The packs as a page shows them: what each costs, what a token of it costs, and how much that saves."""

from dataclasses import dataclass

from django.conf import settings

from billing import packs


@dataclass(frozen=True, slots=True)
class Shelf:
    """One pack. price, each: as people write them, without the currency; chosen: marked when the page opens."""

    code: str
    tokens: int
    price: str
    each: str
    currency: str
    saves_percent: int
    chosen: bool

    @property
    def shown_tokens(self) -> str:
        """Return the number of tokens as people write it."""
        return f"{self.tokens:,}"


def shelves(*, chosen: str = "") -> list[Shelf]:
    """Return everything sold, the smallest first. chosen: a pack's code; the second smallest when it names none."""
    sold, currency = packs.packs(), settings.STRIPE_CURRENCY
    fallback = sold[min(1, len(sold) - 1)].code
    marked = chosen if packs.pack(code=chosen) else fallback
    return [
        Shelf(
            code=pack.code,
            tokens=pack.tokens,
            price=packs.money(amount=pack.price, currency=currency).partition(" ")[0],
            each=packs.price_of_one(pack=pack, currency=currency).partition(" ")[0],
            currency=currency.upper(),
            saves_percent=round(100 - 100 * (pack.price / pack.tokens) / (sold[0].price / sold[0].tokens)),
            chosen=pack.code == marked,
        )
        for pack in sold
    ]


#: What the calculator starts with, and the most it counts.
USUAL_PICTURES, MOST_PICTURES = 250, 10_000


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pay for a number of pictures. packs: (how many, of how many tokens); left: tokens for later."""

    packs: list[tuple[int, str]]
    price: str
    currency: str
    left: str
    is_least: bool


def pictures_asked(text: str) -> int:
    """Return the number of pictures somebody typed, within what is counted; the usual one for anything else."""
    digits = text.strip().replace(",", "")
    asked = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else USUAL_PICTURES
    return min(max(asked, 1), MOST_PICTURES)


def ways(*, pictures: int) -> list[Way]:
    """Return the cheapest packs for this many pictures, then each pack alone, the smallest first."""
    cheapest = _cheapest(pictures)
    alone = [{pack: -(-pictures // pack.tokens)} for pack in packs.packs()]
    mixes = [cheapest, *(mix for mix in alone if mix != cheapest)]
    return [_way(mix, pictures, is_least=mix is cheapest) for mix in mixes]


def _cheapest(pictures: int) -> dict[packs.Pack, int]:
    """Return how many of each pack cost least together: the best of each smaller number decides on the next."""
    sold = packs.packs()
    cost = [0] * (pictures + 1)
    last = [sold[0]] * (pictures + 1)
    for wanted in range(1, pictures + 1):
        cost[wanted], last[wanted] = min(
            ((cost[max(wanted - pack.tokens, 0)] + pack.price, pack) for pack in sold), key=lambda found: found[0]
        )
    found: dict[packs.Pack, int] = {}
    while pictures > 0:
        pack = last[pictures]
        found[pack] = found.get(pack, 0) + 1
        pictures -= pack.tokens
    return dict(sorted(found.items(), key=lambda item: -item[0].tokens))


def _way(mix: dict[packs.Pack, int], pictures: int, *, is_least: bool) -> Way:
    currency = settings.STRIPE_CURRENCY
    price = sum(pack.price * count for pack, count in mix.items())
    return Way(
        packs=[(count, f"{pack.tokens:,}") for pack, count in mix.items()],
        price=packs.money(amount=price, currency=currency).partition(" ")[0],
        currency=currency.upper(),
        left=f"{sum(pack.tokens * count for pack, count in mix.items()) - pictures:,}",
        is_least=is_least,
    )
