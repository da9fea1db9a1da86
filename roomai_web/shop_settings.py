"""What is sold here, and through whom: the part of `settings` that is about money.

billing/checks.py refuses what cannot work; a copy on one's own machine without a key buys from its launcher's fake
Stripe.
"""

from urllib.parse import urlsplit

from roomai_web.env import env_bool, env_list, env_str

BILLING = env_str("BILLING", "on")
STRIPE_SECRET_KEY = env_str("STRIPE_SECRET_KEY")
SHOP = BILLING == "on" and bool(STRIPE_SECRET_KEY)  # without a key nobody could pay
STRIPE_WEBHOOK_SECRETS = env_list("STRIPE_WEBHOOK_SECRETS")
# Another server that speaks Stripe's language; the launcher and the tests point it at the fake one.
STRIPE_API_BASE = env_str("STRIPE_API_BASE").rstrip("/")
STRIPE_LIVE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
STRIPE_TOLERANCE_S = 300
STRIPE_CURRENCY = env_str("STRIPE_CURRENCY", "usd").lower()
STRIPE_TAX = env_bool("STRIPE_TAX", False)
STRIPE_TAX_BEHAVIOR = env_str("STRIPE_TAX_BEHAVIOR", "exclusive")
CHECKOUT_WITHDRAWAL_CONSENT = env_bool("CHECKOUT_WITHDRAWAL_CONSENT", False)
EFW_AUTO_REFUND = env_bool("EFW_AUTO_REFUND", False)
# CODE:TOKENS:PRICE, the price as people write it.
TOKEN_PACKS = env_list("TOKEN_PACKS") or ["p25:25:5.00", "p100:100:18.00", "p500:500:80.00", "p2500:2500:350.00"]

# Where the way to a payment leads; the pages' forms may lead nowhere else but home.
PAYMENT_ORIGINS = ["https://checkout.stripe.com", "https://billing.stripe.com"] if SHOP else []
if SHOP and STRIPE_API_BASE:
    PAYMENT_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(STRIPE_API_BASE))]
