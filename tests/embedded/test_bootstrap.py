"""bootstrap.py: what is installed already is left alone, what is missing is named, the suite's end is one line."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from tests.embedded.ordinary import ROOT, open_folder, run_as_ordinary_user


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose `.venv` holds a working Python and nothing else."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    (tmp_path / ".venv").mkdir()
    for lock in bootstrap.LOCKS.values():
        (tmp_path / lock).write_text(f"# {lock}\n")
    return tmp_path


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "bootstrap.py").read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"__future__"}


def test_an_old_python_can_read_it_and_say_what_is_missing() -> None:
    ast.parse((ROOT / "bootstrap.py").read_text(), feature_version=(3, 7))


def test_the_tests_packages_serve_for_a_run_and_not_the_other_way(checkout: Path) -> None:
    assert not bootstrap.is_installed("run")
    bootstrap.stamp("run").write_text(bootstrap.digest(checkout / bootstrap.LOCKS["run"]))
    assert (bootstrap.is_installed("run"), bootstrap.is_installed("dev")) == (True, False)
    bootstrap.stamp("run").unlink()
    bootstrap.stamp("dev").write_text(bootstrap.digest(checkout / bootstrap.LOCKS["dev"]))
    assert (bootstrap.is_installed("run"), bootstrap.is_installed("dev")) == (True, True)


def test_a_changed_lock_is_installed_anew(checkout: Path) -> None:
    lock = checkout / bootstrap.LOCKS["run"]
    bootstrap.stamp("run").write_text(bootstrap.digest(lock))
    lock.write_text("# another\n")
    assert not bootstrap.is_installed("run")


def test_a_name_with_nothing_behind_it_is_no_python(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert (bootstrap.version_of(str(shim)), bootstrap.supported(str(shim))) == ("", False)
    assert bootstrap.supported(sys.executable)


@pytest.mark.parametrize(("version", "is_ours"), [("3.10", False), ("3.11", True), ("3.14", True), ("3.15", False)])
def test_python_3_11_to_3_14_are_taken(version: str, is_ours: bool, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho {version}\n")
    python.chmod(0o755)
    assert bootstrap.supported(str(python)) is is_ours


def test_windows_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(bootstrap.Refused, match="Windows"):
        bootstrap.refuse_system()


def test_a_musl_system_is_refused_by_name_and_one_with_both_is_not(tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    lib.mkdir()
    bootstrap.refuse_system(lib)
    (lib / "ld-musl-x86_64.so.1").touch()
    with pytest.raises(bootstrap.Refused, match="musl"):
        bootstrap.refuse_system(lib)
    (lib / "x86_64-linux-gnu").mkdir()
    (lib / "x86_64-linux-gnu" / "libc.so.6").touch()
    bootstrap.refuse_system(lib)


def test_a_checkout_on_a_full_disk_is_refused(checkout: Path) -> None:
    bootstrap.refuse_folder(1)
    with pytest.raises(bootstrap.Refused, match=r"The disk is full \(\d+ MB free"):
        bootstrap.refuse_folder(2**60)


def test_a_checkout_that_cannot_be_written_is_refused_in_one_sentence() -> None:
    with open_folder() as folder:
        folder.chmod(0o555)
        done = run_as_ordinary_user(
            f"bootstrap.ROOT = Path({str(folder)!r}); bootstrap.VENV = bootstrap.ROOT / '.venv'\n"
            "bootstrap.PYTHON = bootstrap.VENV / 'bin' / 'python'; bootstrap.sys.argv = ['bootstrap.py', 'install']\n"
            "print(bootstrap.main())",
            imports="import bootstrap\nfrom pathlib import Path",
        )
        assert done.stdout.splitlines() == [
            f"Room AI cannot be set up here. The folder {folder} cannot be written: clone into one of your own.",
            "1",
        ]


def test_the_closing_line_counts_what_passed_failed_and_was_skipped(tmp_path: Path) -> None:
    suite = tmp_path / "test_four.py"
    suite.write_text(
        "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\n"
        "@pytest.mark.skip(reason='shown')\ndef test_c(): pass\n"
        "@pytest.fixture\ndef broken(): raise ValueError\ndef test_d(broken): pass\n"
    )
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null"]
    command += [f"--rootdir={tmp_path}", f"--junitxml={report}", str(suite)]
    subprocess.run(command, check=False, capture_output=True, cwd=tmp_path)
    assert bootstrap.closing_line(report) == "1 passed, 2 failed, 1 skipped"
    assert bootstrap.closing_line(tmp_path / "none.xml").startswith("0 passed, 1 failed, 0 skipped")


def test_help_lists_every_target_of_the_makefile() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = [line.split()[1] for line in told.splitlines()]
    assert listed == ["help", "run", "test", "check", "bench", "eval", "till", "hostile", "judge", "locks"]
