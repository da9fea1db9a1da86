"""The PostgreSQL and Valkey of one test process: real, private to it, and gone when it ends."""

import atexit
import shutil
import tempfile
from pathlib import Path

from roomai_web.embedded.postgres import Postgres
from roomai_web.embedded.valkey import Valkey

_running: list[Postgres | Valkey] = []


def start(room: Path) -> None:
    """Start both below `room`; sockets lie in a short folder of their own, since their paths are limited."""
    room.chmod(0o711)
    sockets = Path(tempfile.mkdtemp(prefix="rai"))
    sockets.chmod(0o711)
    postgres = Postgres(data_dir=room / "pg", socket_dir=sockets / "p", durable=False)
    valkey = Valkey(data_dir=room / "kv", socket_path=sockets / "v" / "s")
    atexit.register(_stop, room, sockets)
    for server in (postgres, valkey):
        server.start()
        _running.append(server)
    postgres.create_database("roomai")


def environment(*, broker: int = 0) -> dict[str, str]:
    """Return the variables under which any process, ours or a child's, finds the two servers.

    broker: Valkey's database. Whoever runs a worker takes another than 0, or it takes the messages of the tests.
    """
    postgres, valkey = _running
    assert isinstance(postgres, Postgres)
    assert isinstance(valkey, Valkey)
    return {"DATABASE_URL": postgres.url("roomai"), "REDIS_URL": valkey.url(broker)}


def _stop(room: Path, sockets: Path) -> None:
    for server in reversed(_running):
        server.stop()
    shutil.rmtree(room, ignore_errors=True)
    shutil.rmtree(sockets, ignore_errors=True)
