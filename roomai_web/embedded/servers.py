"""The two servers of one copy, or nothing where DATABASE_URL and REDIS_URL name servers of one's own."""

import os
import shutil
import threading
from pathlib import Path

from roomai_web.embedded import output, places, state
from roomai_web.embedded.errors import EmbeddedError, PlaceUnusable
from roomai_web.embedded.postgres import APP, Postgres
from roomai_web.embedded.supervisor import Watched
from roomai_web.embedded.valkey import Valkey

DATABASE = "roomai"
#: The journal of tokens: the app's role may read it and add to it, nothing else.
JOURNAL = "billing_ledgerentry"
FIRST_START_BYTES = 200 * 2**20
NEXT_START_BYTES = 30 * 2**20


def are_given() -> bool:
    """Tell whether the environment names servers of one's own. Raises EmbeddedError when it names only one."""
    given = {
        name: bool(os.environ.get(name) or os.environ.get(f"{name}_FILE")) for name in ("DATABASE_URL", "REDIS_URL")
    }
    if len(set(given.values())) == 2:
        missing = next(name for name, is_set in given.items() if not is_set)
        raise EmbeddedError(f"{missing} is not set: give both servers, or neither and Room AI starts its own.")
    return all(given.values())


class Servers:
    """PostgreSQL and Valkey of the data folder `data`, with their sockets in `socket_dir`."""

    def __init__(self, *, data: Path, socket_dir: Path) -> None:
        user = places.server_user()
        self.folder = places.server_data(data, user)
        self.postgres = Postgres(self.folder / "postgres", socket_dir / "p")
        self.valkey = Valkey(self.folder / "valkey", socket_dir / "v" / "s")
        self._stop_following = threading.Event()
        if self.folder != data or not places.is_reachable(Path(__file__), user):
            output.say(
                f"{data} lies in a private home, which the servers (user nobody) cannot enter: "
                f"database and server programs lie in {places.outside_folder()}."
            )

    def start(self) -> None:
        """Return when both answer and the database exists. Raises EmbeddedError."""
        refuse_full_disk(self.folder, first=not (self.postgres.data_dir / "PG_VERSION").exists())
        state.end_stale_postmaster(self.postgres.data_dir)
        self.postgres.start()
        self.valkey.start()
        self.postgres.create_database(DATABASE)
        for name, log in (("postgres", self.postgres.log), ("valkey", self.valkey.log)):
            output.follow_file(name, log, self._stop_following)

    def stop(self) -> None:
        """Stop the broker, then the database."""
        self._stop_following.set()
        self.valkey.stop()
        self.postgres.stop()

    def environment(self, *, role: str = APP) -> dict[str, str]:
        """Return the variables by which our processes find both."""
        return {
            "DATABASE_URL": self.postgres.url(DATABASE, role=role),
            "REDIS_URL": self.valkey.url(0),
            "ROOMAI_EMBEDDED": "1",
        }

    def protect_journal(self) -> None:
        """Take from the app's role what nobody may do to the journal; after each migration."""
        self.postgres.protect_journal(DATABASE, table=JOURNAL)

    def watched(self) -> list[Watched]:
        """Return both for the supervisor: the broker may come back, the database's end is the end."""
        return [
            Watched("postgres", self.postgres.ended, self.postgres.start, tries=0),
            Watched("valkey", self.valkey.ended, self.valkey.start, tries=5),
        ]

    def pids(self) -> dict[str, int]:
        """Return the process numbers of those that run."""
        running = {"postgres": self.postgres.process, "valkey": self.valkey.process}
        return {name: process.pid for name, process in running.items() if process is not None}


def refuse_full_disk(folder: Path, *, first: bool) -> None:
    """Return when the disk has room for a start. Raises PlaceUnusable: PostgreSQL would fail half-way."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(existing).free
    needed = FIRST_START_BYTES if first else NEXT_START_BYTES
    if free < needed:
        raise PlaceUnusable(
            f"The disk that holds {folder} is full ({free // 2**20} MB left, {needed // 2**20} MB needed); "
            "free some space, or set ROOMAI_DATA to a folder on another disk."
        )
