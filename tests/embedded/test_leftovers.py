"""After a kill -9 of the launcher the next start ends what was left, and touches nobody else's process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from roomai_web.embedded import places, state
from roomai_web.embedded.errors import AlreadyRunning
from roomai_web.embedded.postgres import Postgres
from roomai_web.embedded.state import RunState
from tests.embedded.ordinary import open_folder


@contextmanager
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def sockets() -> Iterator[Path]:
    folder = places.socket_folder("rait")
    yield folder
    places.remove(folder)


def test_a_recorded_process_is_ended_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    with sleeper() as left, sleeper() as stranger:
        run = RunState(tmp_path)
        run.write(socket_dir=tmp_path, port=8000, pids={"timer": left.pid, "web": stranger.pid})
        record = json.loads(run.path.read_text())
        record["processes"]["web"]["started"] = "another boot:1"
        run.path.write_text(json.dumps(record))
        assert run.end_orphans() == ["timer"]
        assert left.wait(5) == -signal.SIGKILL
        assert stranger.poll() is None


def test_a_run_file_cut_short_or_missing_is_no_obstacle(tmp_path: Path) -> None:
    run = RunState(tmp_path)
    assert (run.read(), run.end_orphans()) == ({}, [])
    run.path.write_text('{"socket_dir": "/tm')
    assert (run.read(), run.end_orphans()) == ({}, [])


def test_a_data_folder_has_one_launcher_at_a_time(tmp_path: Path) -> None:
    first, second = RunState(tmp_path), RunState(tmp_path)
    first.claim()
    first.write(socket_dir=tmp_path, port=8123, pids={})
    with pytest.raises(AlreadyRunning, match="http://localhost:8123"):
        second.claim()
    second.forget()  # what a refused launcher does on its way out must not hurt the one that runs
    assert first.read()["port"] == 8123
    first.forget()
    second.claim()
    second.forget()


def test_a_start_time_tells_processes_of_one_number_apart() -> None:
    with sleeper() as one:
        known = state.started(one.pid)
        assert known is not None
        assert known == state.started(one.pid) != state.started(os.getpid())
    assert state.started(one.pid) is None


def test_a_database_killed_in_mid_work_starts_again_with_what_was_committed(sockets: Path) -> None:
    with open_folder() as folder:
        postgres = Postgres(folder / "pg", sockets / "p")
        postgres.start()
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
            assert postgres.process is not None
            postgres.process.kill()
            postgres.process.wait()
            again = Postgres(folder / "pg", sockets / "p")
            state.end_stale_postmaster(again.data_dir)
            again.start()
        try:
            with psycopg.connect(again.url("postgres")) as connection:
                assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
        finally:
            again.stop()


def test_a_lock_file_whose_number_is_somebody_else_s_by_now_is_removed(sockets: Path) -> None:
    with open_folder() as folder:
        postgres = Postgres(folder / "pg", sockets / "p", durable=False)
        postgres.start()
        left_behind = (postgres.data_dir / "postmaster.pid").read_text()
        postgres.stop()
        with sleeper() as stranger:
            lines = left_behind.splitlines()
            (postgres.data_dir / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            state.end_stale_postmaster(postgres.data_dir)
            assert stranger.poll() is None
        postgres.start()
        assert postgres.is_ready()
        postgres.stop()


def test_a_database_that_nobody_recorded_is_ended_before_the_next_one_starts(sockets: Path) -> None:
    with open_folder() as folder:
        forgotten = Postgres(folder / "pg", sockets / "p", durable=False)
        forgotten.start()
        assert forgotten.process is not None
        state.end_stale_postmaster(forgotten.data_dir)
        end = time.monotonic() + 5
        while forgotten.process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        assert forgotten.process.poll() == 0
