"""What is sold: packs of tokens, and money written the way each currency counts.

A purchase keeps what it used of a pack, so packs may change at any time. `TOKEN_PACKS` and `STRIPE_CURRENCY` say what
an installation sells.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

#: Digits behind the point, as Stripe counts each currency in its smallest unit (docs.stripe.com/currencies).
EXPONENTS = {
    **dict.fromkeys(("jpy", "krw", "clp", "vnd", "pyg", "xaf", "xof", "xpf"), 0),
    **dict.fromkeys(
        ("usd", "eur", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk", "ron", "bgn", "aud", "cad", "nzd", "sgd", "hkd",
         "inr", "brl", "mxn", "zar", "thb", "myr", "php", "aed", "sar", "ils", "try"), 2,
    ),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}  # fmt: skip
#: More than a page can show side by side, and more than anybody wants to choose from.
MOST_PACKS = 8
#: Also a brake on those who try stolen cards with small sums.
LEAST = Decimal(5)


@dataclass(frozen=True, slots=True)
class Pack:
    """A number of tokens at a price. price: in the currency's smallest unit, without tax."""

    code: str
    tokens: int
    price: int


@cache
def packs() -> tuple[Pack, ...]:
    """Return what is sold here, the smallest first. Raises ImproperlyConfigured naming the setting."""
    found = sorted((_pack(line) for line in settings.TOKEN_PACKS), key=lambda pack: pack.tokens)
    if len({pack.code for pack in found}) < len(found):
        raise ImproperlyConfigured("TOKEN_PACKS: two packs have one code")
    if len(found) > MOST_PACKS:
        raise ImproperlyConfigured(f"TOKEN_PACKS: {len(found)} packs; a page shows {MOST_PACKS} at most")
    return tuple(found)


def pack(*, code: str) -> Pack | None:
    """Return the pack of this code, None when it is not sold (any more)."""
    return next((one for one in packs() if one.code == code), None)


def money(*, amount: int, currency: str) -> str:
    """Return an amount of smallest units as people write it: 1800, usd -> "18.00 USD"."""
    exponent = EXPONENTS[currency]
    return f"{Decimal(amount).scaleb(-exponent):,.{exponent}f} {currency.upper()}"


def price_of_one(*, pack: Pack, currency: str) -> str:
    """Return what one token of a pack costs, with two more digits than the currency has coins for."""
    exponent = EXPONENTS[currency]
    each = Decimal(pack.price).scaleb(-exponent) / pack.tokens
    finely, coins = f"{each:,.{exponent + 2}f}", f"{each:,.{exponent}f}"
    return f"{coins if Decimal(finely) == Decimal(coins) else finely.rstrip('0')} {currency.upper()}"


def exponent_of(currency: str) -> int:
    """Return the digits behind the point. Raises ImproperlyConfigured for a currency we cannot count in."""
    if currency not in EXPONENTS:
        raise ImproperlyConfigured(f"STRIPE_CURRENCY: {currency!r} is not a currency this product can count in")
    return EXPONENTS[currency]


def _pack(line: str) -> Pack:
    """Read `CODE:TOKENS:PRICE`, the price as people write it."""
    exponent = exponent_of(settings.STRIPE_CURRENCY)
    try:
        code, tokens, price = line.split(":")
        written = Decimal(price)
        in_units = written.scaleb(exponent)
        whole, count = int(in_units), int(tokens)
    except (ValueError, ArithmeticError) as error:
        raise ImproperlyConfigured(f"TOKEN_PACKS: {line!r} is not CODE:TOKENS:PRICE") from error
    # Stripe takes three-decimal currencies in tens of their smallest unit.
    if in_units != whole or (exponent == 3 and whole % 10):
        raise ImproperlyConfigured(f"TOKEN_PACKS: {line!r} has a price that {settings.STRIPE_CURRENCY} cannot express")
    if not code or count <= 0 or written < LEAST:
        raise ImproperlyConfigured(f"TOKEN_PACKS: {line!r} needs a code, tokens and a price of at least {LEAST}")
    return Pack(code, count, whole)
