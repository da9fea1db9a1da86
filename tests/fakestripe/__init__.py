"""A Stripe of our own for laptops and tests: Checkout, refunds, disputes, portal, signed and unruly webhooks.

It proves our code against our reading of Stripe, not against Stripe. Whatever it does not know it refuses loudly.
"""
