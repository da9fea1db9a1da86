"""Settings of pictures: how long they may take, how much is kept, what cuts them out, where they may come from."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from roomai_web.env import env_bool, env_int, env_list, env_str

# --- a picture's way through the queue
LEASE = timedelta(seconds=env_int("GENERATION_LEASE_S", 60, least=1))
HEARTBEAT = timedelta(milliseconds=env_int("GENERATION_HEARTBEAT_MS", 10_000, least=100))
DEADLINE = timedelta(seconds=env_int("GENERATION_DEADLINE_S", 15 * 60, least=5))
REDISPATCH = timedelta(seconds=env_int("GENERATION_REDISPATCH_S", 30, least=1))
RUNNING_CAP = env_int("GENERATION_RUNNING_CAP", 4, least=1)
QUEUE_AGE_CAP = timedelta(seconds=env_int("GENERATION_QUEUE_AGE_CAP_S", 60, least=1))
RETENTION_DAYS = env_int("RETENTION_DAYS", 30, least=1)
KEPT_MIB_CAP = env_int("KEPT_MIB_CAP", 2048, least=1)
KEPT_OBJECTS_CAP = env_int("KEPT_OBJECTS_CAP", 5_000, least=1)
PICTURE_THREADS = env_int("PICTURE_THREADS", 2, least=1)
# An operator's own photographs as backgrounds: generations/engines/embedded/plates.py says how they are described.
PLATES_DIR = Path(env_str("ROOMAI_PLATES", "")) if env_str("ROOMAI_PLATES", "") else None
# What cuts subjects out: generations/images/networks.py says how an operator's own network is described.
MATTE_MODEL = env_str("MATTE_MODEL", "u2netp")
MATTE_RECIPE = env_str("MATTE_RECIPE", "fine")
MATTE_RUNTIME = env_str("MATTE_RUNTIME", "auto")
MATTE_NETWORKS = Path(env_str("MATTE_NETWORKS", "")) if env_str("MATTE_NETWORKS", "") else None
if MATTE_RECIPE not in {"fine", "fast"}:
    raise ImproperlyConfigured(f"MATTE_RECIPE: {MATTE_RECIPE!r} is neither fine nor fast")
if MATTE_RUNTIME not in {"auto", "onnxruntime", "openvino"}:
    raise ImproperlyConfigured(f"MATTE_RUNTIME: {MATTE_RUNTIME!r} is none of auto, onnxruntime and openvino")
if MATTE_NETWORKS is None and MATTE_MODEL not in {"u2netp", "u2net"}:
    raise ImproperlyConfigured(
        f"MATTE_MODEL: {MATTE_MODEL!r} is neither u2netp nor u2net; set MATTE_NETWORKS for others"
    )
PICTURE_PIPELINE = env_str("PICTURE_PIPELINE", "generations.pipeline.default_pipeline")

# --- fetching a customer's picture
FETCH_ALLOW_HTTP = env_bool("FETCH_ALLOW_HTTP", False)
FETCH_ALLOW_HOSTS = env_list("FETCH_ALLOW_HOSTS")
FETCH_DENY_NETS = env_list("FETCH_DENY_NETS")
FETCH_IPV6 = env_bool("FETCH_IPV6", False)
