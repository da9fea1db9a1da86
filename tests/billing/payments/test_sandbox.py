"""The scenarios for Stripe's test mode, run here against the fake."""

import os
import subprocess
import sys
from pathlib import Path

from tests.billing.payments.buyers import KEY
from tests.fakestripe.server import FakeStripe

ROOT = Path(__file__).resolve().parents[3]


def play(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.billing.payments.sandbox"]
    kept = {"PATH": os.environ["PATH"]} | variables
    return subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False)


def test_every_scenario_goes_well_at_the_fake():
    fake = FakeStripe(key=KEY).start()
    given = {"STRIPE_SANDBOX_KEY": KEY, "STRIPE_SANDBOX_WEBHOOK_SECRET": "whsec_fake", "STRIPE_API_BASE": fake.url}
    done = play(**given)
    fake.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "make till SANDBOX=1: 7 scenarios, 0 wrong"
    assert fake.world.faults == []


def test_a_live_key_is_never_played_with():
    done = play(STRIPE_SANDBOX_KEY="sk_live_x")
    assert done.returncode == 2
    assert "STRIPE_SANDBOX_KEY" in done.stdout
