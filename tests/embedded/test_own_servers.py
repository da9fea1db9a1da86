"""With DATABASE_URL and REDIS_URL the launcher brings up our processes only, and leaves the servers to their owner."""

from pathlib import Path

import pytest

from roomai_web.embedded import places
from roomai_web.embedded.postgres import OWNER
from roomai_web.embedded.servers import Servers
from tests.embedded.copies import Copy, free_port
from tests.embedded.ordinary import ROOT, open_folder


@pytest.mark.slow
def test_servers_of_one_s_own_are_used_and_left_running(tmp_path: Path) -> None:
    sockets = places.socket_folder("rait")
    with open_folder() as folder:
        servers = Servers(data=folder, socket_dir=sockets)
        try:
            servers.start()
            given = servers.environment(role=OWNER)
            del given["ROOMAI_EMBEDDED"]
            given["STATIC_ROOT"] = str(ROOT / "var" / "static-for-tests")  # collected once, for the next time too
            copy = Copy(tmp_path / "data", free_port(), **given)
            copy.wait_for("Room AI is at", within_s=60)
            assert sorted(copy.record()["processes"]) == ["default", "pictures", "timer", "web"]
            assert not any("Demo sign-in" in line for line in copy.lines)
            assert copy.stop() == 0
            assert servers.postgres.is_ready()
            assert servers.valkey.is_ready()
        finally:
            servers.stop()
            places.remove(sockets)
