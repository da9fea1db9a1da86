"""A start that cannot work is answered by one sentence that names the way out, before anything is left behind."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomai_web.embedded import places, ports, servers
from roomai_web.embedded.errors import CannotStart, EmbeddedError, OtherMajorVersion, PlaceUnusable, PortTaken
from roomai_web.embedded.postgres import Postgres
from tests.embedded.copies import environment, free_port
from tests.embedded.ordinary import ROOT, UID, open_folder, run_as_ordinary_user


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def launch(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "roomai_web.embedded"],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_taken_port_is_refused_by_name_and_nothing_is_started(taken_port: int, tmp_path: Path) -> None:
    done = launch(PORT=str(taken_port), ROOMAI_DATA=str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"Room AI cannot start. Port {taken_port} is taken by another program; set PORT to a free one, as in: "
        f"PORT={taken_port + 1} make run"
    ]
    assert not (tmp_path / "data" / "postgres").exists()


def test_a_port_taken_on_the_other_address_of_localhost_is_taken(taken_port: int) -> None:
    with socket.socket(socket.AF_INET6) as listener:
        listener.bind(("::1", 0))
        listener.listen()
        with pytest.raises(PortTaken):
            ports.refuse_taken(listener.getsockname()[1])


@pytest.mark.parametrize("text", ["eight", "0", "65536", "-1"])
def test_a_port_that_is_no_port_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(EmbeddedError, match="PORT is"):
        ports.wanted()


def test_one_server_without_the_other_is_refused(tmp_path: Path) -> None:
    done = launch(REDIS_URL="redis://localhost/0", ROOMAI_DATA=str(tmp_path / "data"), PORT="1")
    assert (done.returncode, "DATABASE_URL is not set" in done.stdout) == (1, True)


def test_a_setting_that_cannot_be_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = launch(ROOMAI_ENV="production", ROOMAI_DATA=str(tmp_path / "data"), PORT=str(free_port()))
    assert done.returncode == 1
    assert "ROOMAI_ENV=production needs" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "data" / "run.json").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = launch(ROOMAI_DATA=str(tmp_path / "file" / "data"))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "cannot be written" in done.stdout
    assert "ROOMAI_DATA" in done.stdout


def test_a_folder_of_somebody_else_is_one_sentence() -> None:
    with open_folder() as folder:
        locked = folder / "locked"
        locked.mkdir(mode=0o500)
        done = run_as_ordinary_user(
            f"print(main())  # {locked}",
            imports="import os\nfrom roomai_web.embedded.__main__ import main\n"
            f"os.environ['ROOMAI_DATA'] = {str(locked / 'data')!r}",
        )
        assert "cannot be written (Permission denied)" in done.stdout, done.stderr
        assert done.stdout.splitlines()[1:] == ["1"]


def test_a_full_disk_met_while_writing_is_called_full() -> None:
    with (
        pytest.raises(PlaceUnusable, match=r"The disk that holds /dev/full is full.*ROOMAI_DATA"),
        places.explained(Path("/dev/full")),
        Path("/dev/full").open("w") as device,
    ):
        device.write("a byte")


def test_a_disk_with_too_little_room_is_refused_before_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "FIRST_START_BYTES", 2**60)
    servers.refuse_full_disk(tmp_path / "data", first=False)
    with pytest.raises(PlaceUnusable, match=r"is full \(\d+ MB left, \d+ MB needed\)"):
        servers.refuse_full_disk(tmp_path / "data", first=True)


def test_postgresql_s_own_words_for_a_full_disk_are_translated(tmp_path: Path) -> None:
    postgres = Postgres(tmp_path / "data", tmp_path / "s")
    said = CannotStart("PANIC: could not write to file pg_wal/xlogtemp.1: No space left on device")
    assert isinstance(postgres.explained(said), PlaceUnusable)
    other = CannotStart("FATAL: something else")
    assert postgres.explained(other) is other


def test_data_of_another_major_version_is_refused_with_the_dump_command() -> None:
    with open_folder() as folder:
        data = folder / "postgres"
        data.mkdir()
        (data / "PG_VERSION").write_text("17\n")
        if os.geteuid() == 0:
            os.chown(data / "PG_VERSION", UID, UID)
        postgres = Postgres(data, folder / "s")
        with pytest.raises(OtherMajorVersion, match=r"made by PostgreSQL 17 .*brings 18.*pg_dump -Fc") as refusal:
            postgres.start()
        assert "\n" not in str(refusal.value)
        assert postgres.process is None


def test_data_that_another_user_s_run_made_are_left_to_that_user() -> None:
    with open_folder() as folder:
        data = folder / "postgres"
        data.mkdir()
        (data / "PG_VERSION").symlink_to("/etc/passwd")  # a file that is root's, which no server of ours ever is
        with pytest.raises(PlaceUnusable, match=r"belongs to another user's run \(uid 0\)"):
            Postgres(data, folder / "s").start()


def test_a_folder_of_other_things_is_not_taken_for_a_database() -> None:
    with open_folder() as folder:
        data = folder / "postgres"
        data.mkdir()
        (data / "letters.txt").write_text("private")
        with pytest.raises(PlaceUnusable, match="holds files and no database"):
            Postgres(data, folder / "s").start()
        assert [path.name for path in data.iterdir()] == ["letters.txt"]


def test_a_first_start_that_was_interrupted_is_begun_anew() -> None:
    with open_folder() as folder:
        unfinished = folder / "postgres.new"
        unfinished.mkdir()
        (unfinished / "PG_VERSION").write_text("18\n")
        sockets = places.socket_folder("rait")
        postgres = Postgres(folder / "postgres", sockets / "p", durable=False)
        try:
            postgres.start()
            assert postgres.is_ready()
            assert not unfinished.exists()
        finally:
            postgres.stop()
            places.remove(sockets)
