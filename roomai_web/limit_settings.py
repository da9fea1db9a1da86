"""How much one may ask for: the part of `settings` that is about limits.

A rate is one number: so many calls at once, and so many a minute after that.
"""

from roomai_web.cache import LIMITS_DATABASE, beside
from roomai_web.env import env_int, env_str

RATE_LIMIT_URL = env_str("RATE_LIMIT_URL") or beside(env_str("REDIS_URL") or "redis://localhost", LIMITS_DATABASE)
RATE_LIMITS = {
    "address": env_int("RATE_LIMIT_ADDRESS", 1_200, least=1),
    "generate": env_int("RATE_LIMIT_GENERATE", 60, least=1),
    "uploads": env_int("RATE_LIMIT_UPLOADS", 20, least=1),
    "reads": env_int("RATE_LIMIT_READS", 600, least=1),
}
OPEN_CAP = env_int("GENERATION_OPEN_CAP", 500, least=1)
WAITING_CAP = env_int("WAITING_CAP", 1_000, least=1)
WAITING_CAP_WORKSPACE = env_int("WAITING_CAP_WORKSPACE", 50, least=1)
