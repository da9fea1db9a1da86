"""The first step of every make target: the pinned packages in `.venv`, on a machine with python3 and make.

    python3 bootstrap.py run       packages of `make run`, then the launcher
    python3 bootstrap.py test      packages and tools of `make test`, then the suite
    python3 bootstrap.py install   packages of the tests and checks, nothing else

Standard library only, and readable by a Python of 2018, so that an old one can still say what is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST, NEWEST = (3, 11), (3, 14)
LOCKS = {"run": "requirements-embedded.lock", "dev": "requirements-dev.lock"}
#: What the packages take, with what pip needs meanwhile.
NEEDED_BYTES = {"run": 900 * 2**20, "dev": 1600 * 2**20}
#: Nearly twice what the suite takes on two cores; one that hangs must still say where.
SUITE_S = 2400


class Refused(Exception):
    """The machine lacks something; the text is one sentence that names it and the way out."""


def main() -> int:
    what = sys.argv[1] if len(sys.argv) == 2 else ""
    if what not in ("run", "test", "install"):
        print(__doc__)
        return 2
    try:
        refuse_system()
        install("run" if what == "run" else "dev")
        environment = dict(os.environ)
        if what == "test":
            environment.update(tools_of_the_tests())
    except Refused as refusal:
        print("Room AI cannot be set up here. " + str(refusal), flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    if what == "run":
        os.chdir(str(ROOT))
        os.execv(str(PYTHON), [str(PYTHON), "-m", "roomai_web.embedded"])
    return run_tests(environment) if what == "test" else 0


def refuse_system(lib: Path = Path("/lib")) -> None:
    if sys.platform.startswith("win"):
        raise Refused("Windows is not supported: use WSL 2 (Ubuntu), or the container of compose.yaml.")
    # Debian and its like keep glibc a folder deeper, Fedora and its like in lib64 beside lib.
    is_glibc = any(lib.glob("*/libc.so.6")) or lib.with_name("lib64").joinpath("libc.so.6").exists()
    if any(lib.glob("ld-musl-*")) and not is_glibc:
        raise Refused(
            "Alpine and other musl systems are not supported: database and networks come built for glibc. "
            "Use Debian, Ubuntu or Fedora, or the container of compose.yaml."
        )


# --- the environment


def install(kind: str) -> None:
    """Make `.venv` hold what the lock of `kind` pins; does nothing when it does already."""
    lock = ROOT / LOCKS[kind]
    if is_installed(kind):
        return
    refuse_folder(NEEDED_BYTES[kind])
    make_venv()
    with one_at_a_time():
        if is_installed(kind):
            return
        print(f"Installing the packages of {lock.name} into .venv (once) ...", flush=True)
        for old in LOCKS:
            with contextlib.suppress(FileNotFoundError):
                stamp(old).unlink()
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(lock)]
        if subprocess.call(command, cwd=str(ROOT)) != 0:
            refuse_folder(NEEDED_BYTES[kind] // 4)
            raise Refused(
                f"pip could not install {lock.name}; its lines above say why (is the package index reachable?)."
            )
        stamp(kind).write_text(digest(lock))


def is_installed(kind: str) -> bool:
    """The tests' packages include those of `make run`."""
    for candidate in ("run", "dev") if kind == "run" else ("dev",):
        try:
            if stamp(candidate).read_text() == digest(ROOT / LOCKS[candidate]):
                return subprocess.call([str(PYTHON), "-c", ""], stderr=subprocess.DEVNULL) == 0
        except OSError:
            continue
    return False


def stamp(kind: str) -> Path:
    return VENV / (".installed-" + kind)


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes() + str(VENV).encode()).hexdigest()


def refuse_folder(needed: int) -> None:
    if not os.access(str(ROOT), os.W_OK | os.X_OK):
        raise Refused(f"The folder {ROOT} cannot be written: clone into one of your own.")
    free = shutil.disk_usage(str(ROOT)).free
    if free < needed:
        raise Refused(
            f"The disk is full ({free // 2**20} MB free, {needed // 2**20} MB needed) where {ROOT} lies: "
            "free some space."
        )


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two targets started together must not install into one environment at once."""
    import fcntl

    with (VENV / ".installing").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    """Make `.venv` by a Python of a version we support; one that works already is kept."""
    if PYTHON.exists() and supported(str(PYTHON)):
        return
    python = find_python()
    if subprocess.call([python, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) != 0:
        package = f"python{version_of(python)}-venv"
        apt_install(package)
        if subprocess.call([python, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) != 0:
            raise Refused(f"Python's venv module is missing: install the package {package} and start again.")
    if subprocess.call([python, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise Refused(f"{python} -m venv failed; its lines above say why.")


def find_python() -> str:
    """Return a Python 3.11 to 3.14: the one that runs this, or one found by name."""
    names = [f"python3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    for candidate in [sys.executable] + [shutil.which(name) for name in names]:
        if candidate and supported(candidate):
            return candidate
    if apt_install("python3.11", "python3.11-venv") and shutil.which("python3.11"):
        return shutil.which("python3.11")
    raise Refused(
        f"Python 3.11, 3.12, 3.13 or 3.14 is needed and this machine has {version_of(sys.executable)}: install the "
        "package python3.11 (with python3.11-venv on Debian and Ubuntu) and start again."
    )


def supported(python: str) -> bool:
    """A name found may be a version manager's shim with nothing behind it: only an answer counts."""
    said = version_of(python)
    return bool(said) and OLDEST <= tuple(int(part) for part in said.split(".")) <= NEWEST


def version_of(python: str) -> str:
    program = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    try:
        return subprocess.check_output([python, "-c", program], stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def apt_install(*packages: str) -> bool:
    """Install Debian packages where we may; return whether apt said yes."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {', '.join(packages)} by apt ...", flush=True)
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.call(["apt-get", "update", "-qq"], env=quiet)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    return subprocess.call(command + list(packages), env=quiet, stdout=subprocess.DEVNULL) == 0


# --- the tests


def tools_of_the_tests() -> dict[str, str]:
    """Return variables that name the outside tools: CHROME where a browser was found or could be installed."""
    if not shutil.which("curl"):
        apt_install("curl")
    browser = find_browser()
    if browser is None:
        print(
            "No Chromium or Chrome was found: the browser tests will fail. Install one, or set CHROME to its path.",
            flush=True,
        )
        return {}
    return {"CHROME": browser}


def find_browser() -> str | None:
    """Return $CHROME, an installed browser, playwright's own, or one that apt or playwright installs now."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    paths = [os.environ.get("CHROME")] + [shutil.which(name) for name in names]
    paths += ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", playwrights_own()]
    for path in paths:
        if path and os.access(path, os.X_OK):
            return path
    # Ubuntu's package of this name is a snap, which does not run as a plain program: playwright's own is next.
    if apt_install("chromium") and shutil.which("chromium"):
        return shutil.which("chromium")
    if subprocess.call([str(PYTHON), "-m", "playwright", "install", "chromium"]) == 0:
        return playwrights_own()
    return None


def playwrights_own() -> str | None:
    program = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    try:
        said = subprocess.check_output([str(PYTHON), "-c", program], stderr=subprocess.DEVNULL).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    return said if os.path.exists(said) else None


def run_tests(environment: dict[str, str]) -> int:
    """Fetch the networks, run the whole suite, print one closing line with the counts; return the exit status."""
    weights = [str(PYTHON), "manage.py", "fetch_weights", "--model", "u2netp"]
    if subprocess.call(weights, cwd=str(ROOT), env=environment) != 0:
        print("The networks could not be fetched: tests that cut out a subject will fail.", flush=True)
    report = VENV / "tests.xml"
    if report.exists():
        report.unlink()
    # By file: what a file starts once (a whole copy, a browser) serves all of its tests.
    command = [str(PYTHON), "-m", "pytest", "-n", "2", "--dist", "loadfile", "--junitxml=" + str(report)]
    suite = subprocess.Popen(command, cwd=str(ROOT), env=environment)
    try:
        status = suite.wait(timeout=SUITE_S)
    except subprocess.TimeoutExpired:
        print(f"The suite has not ended after {SUITE_S} s: it is asked to stop and say what it was doing.", flush=True)
        status = interrupted(suite)
    print(closing_line(report), flush=True)
    return status


def interrupted(suite: subprocess.Popen[bytes]) -> int:
    """Let pytest report what it has by the signal of Ctrl-C, or kill it where it does not; always a failure."""
    suite.send_signal(signal.SIGINT)
    try:
        suite.wait(timeout=60)
    except subprocess.TimeoutExpired:
        suite.kill()
    return 1


def closing_line(report: Path) -> str:
    import xml.etree.ElementTree as ElementTree

    try:
        suites = list(ElementTree.parse(str(report)).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return "0 passed, 1 failed, 0 skipped: the suite did not come to its end"
    tests, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    return f"{tests - failures - errors - skipped} passed, {failures + errors} failed, {skipped} skipped"


if __name__ == "__main__":
    sys.exit(main())
