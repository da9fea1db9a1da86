"""Settings that cannot work, or must not be public, refuse to start with one sentence that names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "ROOMAI_ENV": "production",
    "SECRET_KEY": "s" * 50,
    "API_KEY_PEPPERS": "a:" + "p" * 40,
    "RESULTS_SECRET": "r" * 50,
    "DATABASE_URL": "postgresql://room@database/room",
    "REDIS_URL": "redis://broker/0",
    "PUBLIC_URL": "https://roomai.example.com",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRETS": "whsec_x",
}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start as every process does, with these variables and no other of ours."""
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "roomai_web.settings", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_production_starts() -> None:
    assert start(**PRODUCTION).returncode == 0


@pytest.mark.parametrize("name", ["SECRET_KEY", "API_KEY_PEPPERS", "RESULTS_SECRET", "REDIS_URL", "PUBLIC_URL"])
def test_production_names_what_is_missing(name: str) -> None:
    answer = start(**(PRODUCTION | {name: ""}))
    assert answer.returncode == 1
    assert name in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ROOMAI_EMBEDDED": "on"}, "servers of its own"),
        ({"DEBUG": "on"}, "DEBUG shows secrets"),
        ({"ROOMAI_ENV": "staging"}, "neither development nor production"),
        ({"PORT": "eighty"}, "PORT: 'eighty' is not a whole number"),
        ({"SIGNUP_TOKENS": "-1"}, "SIGNUP_TOKENS: -1 is below 0"),
        ({"FETCH_ALLOW_HTTP": "perhaps"}, "FETCH_ALLOW_HTTP: 'perhaps' is neither on nor off"),
        ({"MATTE_MODEL": "birefnet"}, "MATTE_MODEL: 'birefnet' is neither u2netp nor u2net; set MATTE_NETWORKS"),
        ({"MATTE_RECIPE": "hair"}, "MATTE_RECIPE: 'hair' is neither fine nor fast"),
        ({"MATTE_RUNTIME": "gpu"}, "MATTE_RUNTIME: 'gpu' is none of auto, onnxruntime and openvino"),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE: cannot read /nowhere"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, str], said: str) -> None:
    answer = start(**(PRODUCTION | change))
    assert answer.returncode == 1
    assert said in answer.stderr.splitlines()[-1]


def test_a_network_of_ones_own_is_named_freely_once_there_is_a_folder_for_it() -> None:
    own = {"MATTE_MODEL": "birefnet", "MATTE_NETWORKS": "/srv/networks", "MATTE_RECIPE": "fast"}
    assert start(**(PRODUCTION | own)).returncode == 0


def test_one_server_without_the_other_is_refused_naming_the_other() -> None:
    assert "REDIS_URL is not set" in start(DATABASE_URL="postgresql://x/y").stderr
    assert "DATABASE_URL is not set" in start(REDIS_URL="redis://x").stderr


def test_a_public_copy_never_shows_debug_pages() -> None:
    answer = start(DEBUG="on", PUBLIC_URL="https://roomai.example.com")
    assert "DEBUG shows secrets" in answer.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 50 + "\n")
    assert start(**(PRODUCTION | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")})).returncode == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY: ROOMAI_ENV=production needs a live key"),
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "STRIPE_SECRET_KEY: ROOMAI_ENV=production needs a live key"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:9"}, "STRIPE_API_BASE: ROOMAI_ENV=production talks to Stripe itself"),
        ({"STRIPE_WEBHOOK_SECRETS": ""}, "STRIPE_WEBHOOK_SECRETS: a live key needs the secret"),
        ({"STRIPE_CURRENCY": "xyz"}, "STRIPE_CURRENCY: 'xyz' is not a currency"),
        ({"STRIPE_TAX_BEHAVIOR": "both"}, "STRIPE_TAX_BEHAVIOR: prices are exclusive or inclusive"),
        ({"BILLING": "perhaps"}, "BILLING: 'perhaps' is neither on nor off"),
    ],
    ids=lambda value: "-".join(f"{name}={text}" for name, text in value.items()) if isinstance(value, dict) else "",
)
def test_a_till_that_cannot_work_names_its_setting(change: dict[str, str], said: str) -> None:
    answer = start(**(PRODUCTION | change))
    assert answer.returncode == 1
    assert said in answer.stderr.splitlines()[-1]


def test_without_a_shop_production_needs_nothing_of_stripes() -> None:
    change = {"BILLING": "off", "STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRETS": ""}
    assert start(**(PRODUCTION | change)).returncode == 0


def test_a_copy_on_ones_own_machine_needs_no_key() -> None:
    assert start().returncode == 0
