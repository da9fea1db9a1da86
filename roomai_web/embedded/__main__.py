"""`python -m roomai_web.embedded`: what `make run` starts once bootstrap.py has made the environment."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from roomai_web.embedded import output, ports, processes
from roomai_web.embedded.errors import EmbeddedError
from roomai_web.embedded.launcher import Copy

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal while things were still being started."""


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def main() -> int:
    """Run a copy until it is told to stop; return the exit status: 0 when told to, 1 when it could not go on."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    try:
        data = Path(os.environ.get("ROOMAI_DATA") or processes.ROOT / "var").resolve()
        copy = Copy(data=data, port=ports.wanted())
    except EmbeddedError as error:
        output.say(f"Room AI cannot start. {error}")
        return 1
    try:
        return _run(copy)
    finally:
        # From here on a second Ctrl-C means: do not wait for pictures in work.
        for number in SIGNALS:
            signal.signal(number, lambda *_: copy.hurry())
        copy.stop()


def _run(copy: Copy) -> int:
    try:
        copy.start()
        stop = threading.Event()
        for number in SIGNALS:
            signal.signal(number, lambda *_: stop.set())
        reason = copy.watch(stop)
    except EmbeddedError as error:
        output.say(f"Room AI cannot start. {error}")
        return 1
    except Interrupted:
        reason = None
    output.say(reason or "Stopping: pictures in work get up to 30 s, Ctrl-C again does not wait for them.")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main())
