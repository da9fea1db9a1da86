"""The page a customer pays on, in plain HTML: every way a payment can go is a button."""

from html import escape

from tests.fakestripe.world import Thing

BUTTONS = (
    ("ok", "Pay"),
    ("declined", "Pay with a declined card"),
    ("insufficient", "Pay with insufficient funds"),
    ("3ds", "Pay with 3-D Secure"),
    ("bank", "Pay later by bank"),
    ("efw", "Pay with a card under fraud warning"),
)
STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem}"
    "button{display:block;width:100%;min-height:44px;margin:.5rem 0;font:inherit}.mode{font-weight:600;color:#b45309}"
    ".refused{color:#b91c1c}"
)


def page(session: Thing, *, refused: str = "") -> str:
    """Return the page of an open checkout."""
    amount = f"{session['amount_total']} {session['currency'].upper()} (smallest units)"
    buttons = "".join(
        f'<form method="post"><button name="way" value="{way}">{escape(words)}</button></form>'
        for way, words in BUTTONS
    )
    consent = "<p>By paying you accept the terms of service.</p>" if session["_wants_consent"] else ""
    said = f'<p class="refused" role="alert">{escape(refused)}</p>' if refused else ""
    return _html(
        f"<h1>{escape(session['_name'])}</h1><p>{escape(amount)}</p>{said}{consent}{buttons}"
        f'<p><a href="{escape(session["cancel_url"])}">Cancel and go back</a></p>'
    )


def second_step(session: Thing) -> str:
    """Return the bank's page of 3-D Secure."""
    return _html(
        f"<h1>Your bank asks: is this you?</h1><p>{escape(session['_name'])}</p>"
        '<form method="post"><button name="way" value="3ds-yes">Yes, complete</button></form>'
        '<form method="post"><button name="way" value="3ds-no">No, fail</button></form>'
    )


def message(text: str) -> str:
    """Return a page that only says something."""
    return _html(f"<h1>{escape(text)}</h1>")


def _html(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Fake Stripe - TEST MODE</title><style>{STYLE}</style>"
        f'<p class="mode">Fake Stripe - TEST MODE, no real money</p>{body}</html>'
    )
