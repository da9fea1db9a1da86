"""The pages a customer sees at Stripe, in plain HTML: every way a payment can go is a button."""

from html import escape

from tests.fakestripe.world import Thing

BUTTONS = (
    ("ok", "Pay", "4242 4242 4242 4242"),
    ("3ds", "Pay with 3-D Secure", "4000 0025 0000 3155"),
    ("bank", "Pay later by bank", "the money comes or does not, days later"),
    ("declined", "Pay with a declined card", "4000 0000 0000 0002"),
    ("insufficient", "Pay with insufficient funds", "4000 0000 0000 9995"),
    ("efw", "Pay with a card under fraud warning", "4000 0000 0000 5423"),
)
STYLE = """
:root { color-scheme: light dark; --line: light-dark(#d9dbde, #33363b); --soft: light-dark(#62666d, #9ba0a8); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 0 auto; padding: 2.5rem 1rem; }
body { background: light-dark(#f5f7f9, #0b0c0f); }
main { padding: 1.5rem; border: 1px solid var(--line); border-radius: 10px; background: light-dark(#fff, #121417); }
h1 { font-size: 1.125rem; font-weight: 600; margin: 0; }
.amount { font-size: 2rem; font-weight: 600; margin: .25rem 0 1.25rem; font-variant-numeric: tabular-nums; }
small { font-size: .875rem; font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums; }
form { margin: .5rem 0; }
button { display: flex; justify-content: space-between; align-items: center; gap: 1rem; width: 100%; min-height: 44px;
  padding: .5rem 1rem; font: inherit; text-align: start; border: 1px solid var(--line); border-radius: 6px;
  background: transparent; color: inherit; cursor: pointer; }
form:first-of-type button { background: light-dark(#12161c, #f0f2f4); color: light-dark(#fff, #12161c); }
form:first-of-type small { color: inherit; }
.mode { font-weight: 600; margin: 0 0 1rem; color: light-dark(#8a4b00, #f4b854); }
.refused { font-weight: 600; color: light-dark(#b91c1c, #ff9a8f); }
p { margin: .75rem 0; }
.small { color: var(--soft); font-size: .875rem; }
a { color: light-dark(#2154d8, #8bb1f7); }
"""
#: Currencies whose smallest unit is not a hundredth.
DIGITS = {**dict.fromkeys(("jpy", "krw", "clp", "vnd"), 0), **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3)}


def page(session: Thing, *, refused: str = "") -> str:
    """Return the page of an open checkout."""
    buttons = "".join(_button(way, words, hint) for way, words, hint in BUTTONS)
    consent = '<p class="small">By paying you accept the terms of service.</p>' if session["_wants_consent"] else ""
    said = f'<p class="refused" role="alert">{escape(refused)}</p>' if refused else ""
    return _html(
        f"<h1>{escape(session['_name'])}</h1>{_amount(session)}{said}{consent}{buttons}"
        f'<p><a href="{escape(session["cancel_url"])}">Cancel and go back</a></p>'
    )


def second_step(session: Thing) -> str:
    """Return the bank's page of 3-D Secure."""
    return _html(
        f"<h1>Your bank asks: is this you?</h1>{_amount(session)}"
        f"{_button('3ds-yes', 'Yes, complete', '')}{_button('3ds-no', 'No, fail', '')}"
    )


def portal(session: Thing, invoices: list[Thing]) -> str:
    """Return the customer's own page: the invoices, and the way back."""
    rows = "".join(
        f'<li><a href="{escape(one["hosted_invoice_url"])}">{escape(one["id"])}</a></li>' for one in invoices
    )
    listed = f"<ul>{rows}</ul>" if rows else '<p class="small">No invoices yet.</p>'
    return _html(
        f'<h1>Invoices and payment methods</h1>{listed}<p><a href="{escape(session["return_url"])}">Go back</a></p>'
    )


def invoice(paid: Thing) -> str:
    """Return the page of an invoice."""
    return message(f"Invoice {paid['id']}: {money(paid['total'], paid['currency'])} {paid['currency'].upper()} paid")


def message(text: str) -> str:
    """Return a page that only says something."""
    return _html(f"<h1>{escape(text)}</h1>")


def money(amount: int, currency: str) -> str:
    """Return an amount of smallest units as people write it."""
    digits = DIGITS.get(currency, 2)
    return f"{amount / 10**digits:,.{digits}f}"


def _amount(session: Thing) -> str:
    currency = session["currency"]
    written = escape(money(session["amount_total"], currency))
    return f'<p class="amount">{written} <small>{escape(currency.upper())}</small></p>'


def _button(way: str, words: str, hint: str) -> str:
    small = f" <small>{escape(hint)}</small>" if hint else ""
    return f'<form method="post"><button name="way" value="{way}">{escape(words)}{small}</button></form>'


def _html(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Fake Stripe - TEST MODE</title><style>{STYLE}</style>"
        f'<main><p class="mode">Fake Stripe - TEST MODE, no real money</p>{body}</main></html>'
    )
