"""The helper that decodes may die, hang or be attacked; the worker it belongs to goes on."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import psutil
import pytest

from generations.images.decoder import Decoder
from generations.images.errors import ImageUnreadable
from tests.generations.material import colors, saved

FILE = saved(colors(64, 48), "PNG")


@pytest.fixture
def decoder():
    with Decoder() as decoder:
        yield decoder


def frozen_helper(decoder):
    """The pid of a helper that is stopped, so that whatever it is given stays unfinished."""
    decoder.decode(FILE)
    os.kill(decoder.helper_pid, signal.SIGSTOP)
    return decoder.helper_pid


def test_killed_in_the_middle_of_a_picture(decoder):
    pid = frozen_helper(decoder)
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(ImageUnreadable):
        decoder.decode(FILE)
    assert decoder.decode(FILE).rgb.shape == (48, 64, 3)
    assert decoder.helper_pid != pid


def test_killed_between_two_pictures_costs_nothing(decoder):
    decoder.decode(FILE)
    os.kill(decoder.helper_pid, signal.SIGKILL)
    os.waitid(os.P_PID, decoder.helper_pid, os.WEXITED | os.WNOWAIT)
    assert decoder.decode(FILE).rgb.shape == (48, 64, 3)


def test_a_helper_that_hangs_is_killed():
    with Decoder(wall=timedelta(seconds=0.4)) as decoder:
        pid = frozen_helper(decoder)
        since = time.monotonic()
        with pytest.raises(ImageUnreadable):
            decoder.decode(FILE)
        assert time.monotonic() - since < 3
        assert not Path(f"/proc/{pid}").exists()
        assert decoder.decode(FILE).rgb.shape == (48, 64, 3)


def test_replaced_after_so_many_pictures():
    with Decoder(pictures_per_helper=2) as decoder:
        pids = []
        for _ in range(4):
            decoder.decode(FILE)
            pids.append(decoder.helper_pid)
    assert pids[1] is None
    assert pids[3] is None
    assert pids[0] != pids[2]


def test_refused_pictures_leave_the_helper_alive(decoder):
    decoder.decode(FILE)
    pid = decoder.helper_pid
    with pytest.raises(ImageUnreadable):
        decoder.decode(FILE[:60])
    decoder.decode(FILE)
    assert decoder.helper_pid == pid


def test_its_limits_and_its_surroundings(decoder, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the helper")
    decoder.decode(FILE)
    process = Path(f"/proc/{decoder.helper_pid}")
    limits = {line[:26].strip(): line[26:].split()[:2] for line in (process / "limits").read_text().splitlines()}
    assert limits["Max open files"] == ["3", "3"]
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert 512 * 2**20 < int(limits["Max address space"][1]) < 1024 * 2**20
    assert 0 < int(limits["Max cpu time"][0]) <= 60
    assert sorted(int(fd.name) for fd in (process / "fd").iterdir()) == [0, 1, 2]
    assert b"SECRET_KEY" not in (process / "environ").read_bytes()
    assert os.getsid(decoder.helper_pid) == decoder.helper_pid


def test_the_largest_picture_fits_into_its_memory(decoder):
    pixels = np.zeros((5000, 5000, 4), np.uint8)
    pixels[:, :, 0] = np.arange(5000) % 256
    pixels[:, :, 3] = 128
    decoded = decoder.decode(saved(pixels, "PNG", compress_level=1))
    assert decoded.alpha is not None
    assert np.array_equal(decoded.rgb[4999], pixels[4999, :, :3])
    status = Path(f"/proc/{decoder.helper_pid}/status").read_text()
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    assert peak_kb < 512 * 1024


def test_closing_ends_it():
    decoder = Decoder()
    decoder.decode(FILE)
    pid = decoder.helper_pid
    decoder.close()
    assert not Path(f"/proc/{pid}").exists()
    decoder.close()


def test_two_threads_may_share_it(decoder):
    shapes = []

    def work():
        shapes.extend(decoder.decode(FILE).rgb.shape for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == [(48, 64, 3)] * 10


def test_it_does_not_outlive_a_worker_that_is_killed(tmp_path):
    (tmp_path / "picture.png").write_bytes(FILE)
    code = (
        "import os, sys, pathlib; from generations.images.decoder import Decoder\n"
        "decoder = Decoder(); decoder.decode(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(decoder.helper_pid, flush=True); os.kill(os.getpid(), 9)"
    )
    worker = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "picture.png")], capture_output=True, text=True, check=False
    )
    helper = psutil.Process(int(worker.stdout)) if psutil.pid_exists(int(worker.stdout)) else None
    if helper:
        helper.wait(timeout=5)
    assert not psutil.pid_exists(int(worker.stdout))
