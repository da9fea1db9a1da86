"""What is sold is read from the settings; what cannot be sold is refused by the setting's name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from billing import packs
from billing.packs import Pack
from billing.views import shelves

ODD = [
    ("usd", ["p1:10:5.00", "p1:20:9.00"], "two packs have one code"),
    ("usd", ["p1:10"], "is not CODE:TOKENS:PRICE"),
    ("usd", ["p1:10:5.00:6"], "is not CODE:TOKENS:PRICE"),
    ("usd", ["p1:ten:5.00"], "is not CODE:TOKENS:PRICE"),
    ("usd", ["p1:10:five"], "is not CODE:TOKENS:PRICE"),
    ("usd", ["p1:10:nan"], "is not CODE:TOKENS:PRICE"),
    ("usd", ["p1:10:Infinity"], "is not CODE:TOKENS:PRICE"),
    ("usd", ["p1:0:5.00"], "needs a code, tokens and a price"),
    ("usd", ["p1:-5:5.00"], "needs a code, tokens and a price"),
    ("usd", [":10:5.00"], "needs a code, tokens and a price"),
    ("usd", ["p1:10:4.99"], "needs a code, tokens and a price"),
    ("usd", ["p1:10:-5.00"], "needs a code, tokens and a price"),
    ("usd", ["p1:10:5.001"], "a price that usd cannot express"),
    ("jpy", ["p1:10:500.5"], "a price that jpy cannot express"),
    ("kwd", ["p1:10:5.0001"], "a price that kwd cannot express"),
    ("kwd", ["p1:10:5.001"], "a price that kwd cannot express"),
]
SOLD = [
    ("usd", "p1:100:18.00", Pack("p1", 100, 1800), "18.00 USD", "0.18 USD"),
    ("jpy", "p1:100:1800", Pack("p1", 100, 1800), "1,800 JPY", "18 JPY"),
    ("kwd", "p1:100:18.010", Pack("p1", 100, 18010), "18.010 KWD", "0.1801 KWD"),
]


@pytest.fixture(autouse=True)
def read_anew():
    packs.packs.cache_clear()
    yield
    packs.packs.cache_clear()


@pytest.mark.parametrize(("currency", "lines", "said"), ODD)
def test_what_cannot_be_sold_is_refused_by_name(settings, currency, lines, said):
    settings.STRIPE_CURRENCY, settings.TOKEN_PACKS = currency, lines
    with pytest.raises(ImproperlyConfigured, match="^TOKEN_PACKS: .*" + said):
        packs.packs()


@pytest.mark.parametrize(("currency", "line", "pack", "price", "each"), SOLD)
def test_prices_count_as_their_currency_does(settings, currency, line, pack, price, each):
    settings.STRIPE_CURRENCY, settings.TOKEN_PACKS = currency, [line]
    assert packs.packs() == (pack,)
    assert packs.money(amount=pack.price, currency=currency) == price
    assert packs.price_of_one(pack=pack, currency=currency) == each


def test_a_currency_nobody_can_count_in_is_refused(settings):
    settings.STRIPE_CURRENCY = "xyz"
    with pytest.raises(ImproperlyConfigured, match="STRIPE_CURRENCY: 'xyz'"):
        packs.packs()


def test_the_packs_of_the_default_get_cheaper_by_size():
    each = [pack.price / pack.tokens for pack in packs.packs()]
    assert each == sorted(each, reverse=True)
    assert len(set(each)) == 4


@pytest.mark.parametrize(
    ("pictures", "packs_of", "price", "left"),
    [
        (1, [(1, "25")], "5.00", "24"),
        (250, [(2, "100"), (2, "25")], "46.00", "0"),
        (490, [(1, "500")], "80.00", "10"),
        (10_000, [(4, "2,500")], "1,400.00", "0"),
    ],
)
def test_the_cheapest_packs_for_a_number_of_pictures(
    pictures: int, packs_of: list[tuple[int, str]], price: str, left: str
) -> None:
    first, *others = shelves.ways(pictures=pictures)
    assert (first.packs, first.price, first.left, first.is_least) == (packs_of, price, left, True)
    assert not any(way.is_least for way in others)


@pytest.mark.parametrize(
    ("text", "pictures"),
    [("", 250), ("abc", 250), ("-3", 250), ("0", 1), ("1,000", 1000), ("99999999", 10_000), ("٣", 250)],
)
def test_whatever_is_typed_is_a_number_of_pictures(text: str, pictures: int) -> None:
    assert shelves.pictures_asked(text) == pictures
