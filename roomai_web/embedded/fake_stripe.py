"""The fake Stripe of a copy on one's own machine: started where tokens are sold and no key of Stripe's is given."""

import sys
from collections.abc import Mapping
from pathlib import Path

from roomai_web.embedded import ports
from roomai_web.embedded.processes import ROOT, Child
from roomai_web.env import env_str

#: Stripe's own form of a test key; it opens nothing but the fake.
KEY = "sk_test_of_this_copy"


def is_wanted() -> bool:
    """Say whether this copy sells tokens without Stripe; a copy without our tests has no fake to start."""
    sells = env_str("BILLING", "on") == "on"
    return sells and not env_str("STRIPE_SECRET_KEY") and (ROOT / "tests" / "fakestripe").is_dir()


def environment(data: Path) -> dict[str, str]:
    """Return what our processes need to know of it: its address, which stays the same from start to start."""
    kept = data / "stripe.port"
    port = _read(kept)
    if not port or not ports.is_free(port):
        port = ports.free()
        kept.write_text(str(port), encoding="ascii")
    return running(data)


def running(data: Path) -> dict[str, str]:
    """Return the same of the fake that runs already."""
    return {"STRIPE_SECRET_KEY": KEY, "STRIPE_API_BASE": f"http://127.0.0.1:{_read(data / 'stripe.port')}"}


def _read(kept: Path) -> int:
    """Return the port of the last start, 0 where there was none or its file was cut short."""
    try:
        port = int(kept.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
    return port if 0 < port < 65536 else 0


def child(*, data: Path, environment: Mapping[str, str], port: int) -> Child:
    """Return the process, not yet started; it sends its webhooks to the web process on `port`."""
    own_port = environment["STRIPE_API_BASE"].rpartition(":")[2]
    command = [sys.executable, "-m", "tests.fakestripe", "--port", own_port, "--key", KEY]
    command += ["--hook", f"http://127.0.0.1:{port}/hooks/stripe", "--snapshot", str(data / "stripe.json")]
    return Child("stripe", command, environment, stop_s=5)
