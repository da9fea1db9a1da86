"""Is the address free? Asked before anything is started, so that the answer is one sentence."""

import errno
import os
import socket

from roomai_web.embedded.errors import EmbeddedError, PortTaken

DEFAULT = 8000


def wanted() -> int:
    """Return PORT as a number. Raises EmbeddedError when it is none."""
    text = os.environ.get("PORT", "").strip() or str(DEFAULT)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise EmbeddedError(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def refuse_taken(port: int) -> None:
    """Return when `localhost:port` is free. Raises PortTaken, naming the variable to set.

    Both addresses of the name are tried: a browser may take either, and must find us and nobody else.
    """
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(
                    f"Port {port} is taken by another program; set PORT to a free one, as in: "
                    f"PORT={port + 1 if port < 65535 else 8001} make run"
                ) from error
            if error.errno == errno.EACCES:
                raise PortTaken(f"Port {port} needs root; set PORT to one above 1023.") from error


def free() -> int:
    """Return a port of 127.0.0.1 that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Say whether nobody has this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0
