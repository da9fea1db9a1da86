"""Both servers start from their wheels, as root and not, in short and in deep folders, and keep what they hold."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from roomai_web.embedded import places
from roomai_web.embedded.postgres import APP
from roomai_web.embedded.servers import DATABASE, Servers
from tests.embedded.ordinary import open_folder, run_as_ordinary_user


@pytest.fixture
def sockets() -> Iterator[Path]:
    folder = places.socket_folder("rait")
    yield folder
    places.remove(folder)


@contextmanager
def running(data: Path, sockets: Path) -> Iterator[Servers]:
    servers = Servers(data=data, socket_dir=sockets)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


def user_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def test_both_start_in_a_folder_far_too_deep_for_a_socket(sockets: Path) -> None:
    with open_folder() as top:
        deep = top.joinpath(*["a folder with a long name"] * 8)
        with running(deep, sockets) as servers, psycopg.connect(servers.postgres.url(DATABASE)) as connection:
            assert connection.execute("SHOW server_version_num").fetchone() >= ("180000",)
        assert len(os.fsencode(deep)) > 200


def test_what_they_hold_outlives_a_stop(sockets: Path) -> None:
    with open_folder() as data:
        with running(data, sockets) as servers:
            with psycopg.connect(servers.postgres.url(DATABASE)) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
            redis.Redis.from_url(servers.valkey.url(2)).set("kept", "7")
        with running(data, sockets) as servers:
            with psycopg.connect(servers.postgres.url(DATABASE)) as connection:
                assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
            assert redis.Redis.from_url(servers.valkey.url(2)).get("kept") == b"7"


def test_nothing_is_evicted_nothing_listens_on_a_port_and_no_server_is_root(sockets: Path) -> None:
    with open_folder() as data, running(data, sockets) as servers:
        client = redis.Redis.from_url(servers.valkey.url())
        asked = {name: client.config_get(name)[name] for name in ("appendonly", "maxmemory-policy", "port")}
        assert asked == {"appendonly": "yes", "maxmemory-policy": "noeviction", "port": "0"}
        with psycopg.connect(servers.postgres.url(DATABASE)) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        for pid in servers.pids().values():
            assert user_of(pid) != 0
        for socket in (servers.postgres.socket_dir, servers.valkey.socket_path.parent):
            assert stat.S_IMODE(socket.stat().st_mode) == 0o700


def test_the_app_s_role_may_append_to_the_journal_and_nothing_else(sockets: Path) -> None:
    with open_folder() as data, running(data, sockets) as servers:
        with psycopg.connect(servers.postgres.url(DATABASE)) as owner:
            owner.execute("CREATE TABLE billing_ledgerentry (tokens bigint)")
        servers.protect_journal()
        with psycopg.connect(servers.postgres.url(DATABASE, role=APP), autocommit=True) as app:
            app.execute("INSERT INTO billing_ledgerentry VALUES (1)")
            assert app.execute("SELECT tokens FROM billing_ledgerentry").fetchall() == [(1,)]
            for forbidden in ("UPDATE billing_ledgerentry SET tokens=2", "DELETE FROM billing_ledgerentry"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(forbidden)


def test_an_ordinary_user_s_servers_run_as_themselves() -> None:
    with open_folder() as data:
        done = run_as_ordinary_user(
            f"""
data = Path({str(data)!r})
sockets = places.socket_folder("rait")
servers = Servers(data=data, socket_dir=sockets)
servers.start()
print([Path(f"/proc/{{pid}}").stat().st_uid == os.geteuid() != 0 for pid in servers.pids().values()])
print(redis.Redis.from_url(servers.valkey.url()).ping(), servers.folder == data)
servers.stop()
shutil.rmtree(sockets)
""",
            imports="import os, secrets, shutil, redis, encodings.ascii, encodings.idna\nfrom pathlib import Path\n"
            "from roomai_web.embedded import places\nfrom roomai_web.embedded.servers import Servers",
        )
        assert (done.stdout.splitlines(), done.stderr) == (["[True, True]", "True True"], "")
