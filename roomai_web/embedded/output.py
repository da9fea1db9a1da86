"""One terminal for many processes: every line begins with the name of the process that wrote it."""

import sys
import threading
from pathlib import Path
from typing import IO

WIDTH = 9
_one_at_a_time = threading.Lock()


def say(text: str) -> None:
    """Print a line of the launcher's own. A terminal that has gone is no reason to stop."""
    with _one_at_a_time:
        try:
            print(text, flush=True)
        except (OSError, ValueError):
            sys.stdout = sys.__stdout__


def line_of(name: str, text: str) -> None:
    """Print one line of a process's log."""
    say(f"{name:<{WIDTH}} | {text}")


def follow_pipe(name: str, pipe: IO[bytes]) -> threading.Thread:
    """Print what a process writes until it ends; return the thread that does."""

    def read() -> None:
        with pipe:
            for line in pipe:
                line_of(name, line.decode("utf-8", errors="replace").rstrip())

    thread = threading.Thread(target=read, name=f"log of {name}", daemon=True)
    thread.start()
    return thread


def follow_file(name: str, log: Path, stop: threading.Event) -> threading.Thread:
    """Print what a server adds to its log file until `stop`; a log begun anew is read from its beginning."""
    start_up = log.stat().st_size  # what a healthy server says while it starts is no news

    def read() -> None:
        seen = start_up
        while not stop.wait(0.5):
            try:
                seen = seen if log.stat().st_size >= seen else 0
                with log.open("rb") as file:
                    file.seek(seen)
                    for line in file:
                        line_of(name, line.decode("utf-8", errors="replace").rstrip())
                    seen = file.tell()
            except OSError:
                continue

    thread = threading.Thread(target=read, name=f"log of {name}", daemon=True)
    thread.start()
    return thread
