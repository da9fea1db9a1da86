"""How a command typed by hand finds the copy that `make run` has started: `manage.py grant_tokens ...` beside it."""

import os
from pathlib import Path
from typing import Any

from roomai_web.embedded import fake_stripe, secret_files, servers
from roomai_web.embedded.postgres import APP, Postgres
from roomai_web.embedded.processes import ROOT
from roomai_web.embedded.state import RunState, started
from roomai_web.embedded.valkey import Valkey


def join() -> None:
    """Let this process be one of the running copy's, where there is one and nothing names other servers.

    The copy is that of ROOMAI_DATA, by default `var`. What the environment says already stays as it is said.
    """
    named = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE")
    if os.environ.get("ROOMAI_ENV") == "production" or any(os.environ.get(name) for name in named):
        return
    data = Path(os.environ.get("ROOMAI_DATA") or ROOT / "var").resolve()
    found = RunState(data).read()
    if _is_alive(found.get("processes", {}).get("postgres", {})):
        os.environ |= environment(data, found) | dict(os.environ)


def environment(data: Path, found: dict[str, Any]) -> dict[str, str]:
    """Return the variables a running copy's processes have been given; found: its `run.json`."""
    sockets = Path(found["socket_dir"])
    return {
        "ROOMAI_DATA": str(data),
        "PORT": str(found["port"]),
        "PUBLIC_URL": f"http://localhost:{found['port']}",
        "ROOMAI_EMBEDDED": "1",
        "DATABASE_URL": Postgres(data, sockets / "p").url(servers.DATABASE, role=APP),
        "REDIS_URL": Valkey(data, sockets / "v" / "s").url(0),
        **secret_files.prepare(data / "secrets"),
        **(fake_stripe.running(data) if "stripe" in found["processes"] else {}),
    }


def _is_alive(process: dict[str, Any]) -> bool:
    return bool(process) and started(process["pid"]) == process["started"]
