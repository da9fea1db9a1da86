"""How customers' servers are told what happens: the part of `settings` that is about webhooks."""

from roomai_web.env import env_str

# What the signing secrets of endpoints are derived from; RESULTS_SECRET when empty.
WEBHOOKS_SECRET = env_str("WEBHOOKS_SECRET")
