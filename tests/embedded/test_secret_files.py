"""Secrets are made once, are nobody else's, and those an operator gives are left alone."""

import stat
from pathlib import Path

import pytest

from roomai_web.embedded import secret_files
from roomai_web.env import env_list, env_str


@pytest.fixture(autouse=True)
def no_secrets_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_files.PREFIXES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_they_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    first = secret_files.prepare(tmp_path / "secrets")
    texts = {name: Path(path).read_text() for name, path in first.items()}
    ours = {"SECRET_KEY_FILE", "API_KEY_PEPPERS_FILE", "RESULTS_SECRET_FILE", "STRIPE_WEBHOOK_SECRETS_FILE"}
    assert set(first) == ours
    assert len(set(texts.values())) == 4
    assert {stat.S_IMODE(Path(path).stat().st_mode) for path in first.values()} == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert secret_files.prepare(tmp_path / "secrets") == first
    assert {name: Path(path).read_text() for name, path in first.items()} == texts


def test_settings_can_read_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, path in secret_files.prepare(tmp_path).items():
        monkeypatch.setenv(name, path)
    ((pepper_id, _, pepper),) = (entry.partition(":") for entry in env_list("API_KEY_PEPPERS"))
    assert (pepper_id, len(pepper) >= 64) == ("p1", True)
    assert len(env_str("SECRET_KEY")) >= 64
    (hook_secret,) = env_list("STRIPE_WEBHOOK_SECRETS")
    assert hook_secret.startswith("whsec_")
    assert len(hook_secret) >= 64


def test_a_secret_that_is_given_is_left_to_its_giver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("RESULTS_SECRET_FILE", "/run/secrets/results")
    assert set(secret_files.prepare(tmp_path)) == {"API_KEY_PEPPERS_FILE", "STRIPE_WEBHOOK_SECRETS_FILE"}


def test_one_cut_short_by_a_full_disk_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret_key.new").write_text("cut sh")
    made = secret_files.prepare(tmp_path)
    assert len(Path(made["SECRET_KEY_FILE"]).read_text()) > 60
    assert not (tmp_path / "secret_key.new").exists()
