"""python -m tests.fakestripe --port N --key sk_test_... --hook URL: the fake Stripe beside a running copy.

The secret of its webhooks is read as our own processes read it (STRIPE_WEBHOOK_SECRETS or its file), so that no
process list shows it.
"""

import argparse
import signal
import threading
from pathlib import Path

from roomai_web.env import env_list
from tests.fakestripe.server import FakeStripe


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--hook", required=True)
    parser.add_argument("--snapshot", type=Path)
    given = parser.parse_args()
    fake = FakeStripe(key=given.key, port=given.port, snapshot=given.snapshot).start()
    fake.send_hooks(url=given.hook, secret=env_list("STRIPE_WEBHOOK_SECRETS")[0])
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    fake.stop()


if __name__ == "__main__":
    main()
