"""`make run` as a person meets it: it comes up, mends itself, survives its own end by kill -9, and leaves nothing."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from roomai_web.embedded import state
from roomai_web.embedded.processes import ROOT
from tests.embedded.copies import Copy, free_port
from tests.embedded.ordinary import open_folder

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


def eventually(is_true: Callable[[], bool], *, within_s: float) -> bool:
    end = time.monotonic() + within_s
    while not is_true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "data"


@pytest.fixture(scope="module")
def copy(data: Path) -> Iterator[Copy]:
    running = Copy(data, free_port())
    try:
        running.wait_for("Room AI is at http://localhost:", within_s=90)
        yield running
    finally:
        running.process.poll() is not None or running.stop()


def test_it_says_where_it_is_who_may_sign_in_and_where_mail_is(copy: Copy) -> None:
    told = "\n".join(copy.lines)
    assert f"Room AI is at http://localhost:{copy.port}" == copy.lines[-1]
    assert "Demo sign-in: demo@example.com  password: " in told
    assert f"http://localhost:{copy.port}/dev/mail/" in told
    assert copy.is_ready()


def test_its_secrets_are_its_owner_s_only(copy: Copy) -> None:
    secrets = sorted((copy.data / "secrets").iterdir())
    names = ["api_key_peppers", "results_secret", "secret_key", "stripe_webhook_secrets"]
    assert [path.name for path in secrets] == names
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert all(len(path.read_text()) > 60 for path in secrets)


def test_a_command_by_hand_speaks_to_it(copy: Copy) -> None:
    """As README tells an operator to: nothing but the name of the data folder, which is `var` by default."""
    unset = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "PORT", "ROOMAI_EMBEDDED", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        given = environment | {"ROOMAI_DATA": str(copy.data)}
        done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    demo = json.loads(manage("seed_demo", "--json"))
    assert f"password: {demo['password']}" in "\n".join(copy.lines)
    manage("grant_tokens", demo["email"], "3", "--reason", "asked for by hand")
    assert json.loads(manage("seed_demo", "--json"))["balance"] == demo["balance"] + 3
    answer = httpx.get(
        f"http://localhost:{copy.port}/api/v1/generations", headers={"Authorization": f"Bearer {demo['test_key']}"}
    )
    assert answer.status_code == 200


def test_a_second_one_on_the_same_data_is_refused(copy: Copy) -> None:
    second = Copy(copy.data, free_port())
    line = second.wait_for("already runs", within_s=20)
    assert f"http://localhost:{copy.port}" in line
    assert second.process.wait(20) == 1
    assert copy.is_ready()


def test_a_second_one_on_the_same_port_is_refused(copy: Copy, tmp_path: Path) -> None:
    second = Copy(tmp_path / "other", copy.port)
    second.wait_for(f"Port {copy.port} is taken", within_s=20)
    assert second.process.wait(20) == 1


@pytest.mark.parametrize("name", ["timer", "pictures", "default", "valkey", "web"])
def test_a_killed_part_comes_back(copy: Copy, name: str) -> None:
    before = copy.pid(name)
    copy.kill(name)
    copy.wait_for(f"{name} ended (killed by SIGKILL); starting it again", within_s=10)
    assert eventually(lambda: copy.pid(name) != before, within_s=10)
    assert state.started(copy.pid(name))
    assert eventually(copy.is_ready, within_s=15)


def test_after_a_kill_of_the_launcher_the_next_start_cleans_up_and_is_quick(copy: Copy) -> None:
    left = {name: known["pid"] for name, known in copy.record()["processes"].items()}
    copy.process.kill()
    copy.process.wait()
    assert all(state.started(pid) for pid in left.values())
    began = time.monotonic()
    again = Copy(copy.data, copy.port)
    again.wait_for("Ended what an interrupted run had left", within_s=15)
    again.wait_for("Room AI is at", within_s=60)
    took_s = time.monotonic() - began
    assert not any(state.started(pid) for pid in left.values())
    # 10 s on an idle machine; the suite runs beside others.
    assert took_s < 30
    leaves_nothing(again)


def leaves_nothing(copy: Copy) -> None:
    record = copy.record()
    groups = [known["pid"] for known in record["processes"].values()]
    assert copy.stop() == 0
    for pid in groups:
        assert state.started(pid) is None
        with pytest.raises(ProcessLookupError):
            os.killpg(pid, 0)
    assert not Path(record["socket_dir"]).exists()
    assert not (copy.data / "run.json").exists()


def test_the_database_s_end_is_the_end_of_the_run(data: Path) -> None:
    copy = Copy(data, free_port())
    copy.wait_for("Room AI is at", within_s=60)
    pids = [known["pid"] for known in copy.record()["processes"].values()]
    copy.kill("postgres")
    copy.wait_for("postgres ended (killed by SIGKILL) and does not stay up; everything is stopped.", within_s=10)
    assert copy.process.wait(60) == 1
    assert not any(state.started(pid) for pid in pids)


def test_a_closed_terminal_ends_the_run(data: Path) -> None:
    copy = Copy(data, free_port())
    copy.wait_for("Room AI is starting", within_s=20)
    copy.process.send_signal(signal.SIGHUP)
    assert copy.process.wait(60) == 0
