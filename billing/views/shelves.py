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
