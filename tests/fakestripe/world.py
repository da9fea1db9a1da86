"""What the fake Stripe knows: its objects, its clock, what it was asked and what it told."""

import json
import secrets
import string
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

API_VERSION = "2026-10-28.endive"
Thing = dict[str, Any]
LETTERS = string.ascii_letters + string.digits


class Refusal(Exception):
    """An answer of Stripe's that says no: its status and the error's fields."""

    def __init__(self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.error: Thing = {"type": kind, "message": message} | ({"code": code} if code else {})


class World:
    """Everything, behind one lock; ids are Stripe's in form and never repeat. snapshot: a file to keep it in."""

    def __init__(self, snapshot: Path | None = None) -> None:
        self.snapshot = snapshot
        self.lock = threading.RLock()
        self.ahead_s = 0
        self.tables: dict[str, dict[str, Thing]] = defaultdict(dict)
        self.events: list[Thing] = []
        self.calls: list[Thing] = []
        self.faults: list[str] = []
        #: Called with each event when it happens.
        self.on_event: list[Any] = []
        if snapshot is not None and snapshot.exists():
            kept = json.loads(snapshot.read_text(encoding="utf-8"))
            self.tables.update(kept["tables"])
            self.events = list(self.tables["event"].values())

    def save(self) -> None:
        """Keep everything for the next start, where there is a file for it."""
        if self.snapshot is not None:
            unfinished = self.snapshot.with_suffix(".new")
            unfinished.write_text(json.dumps({"tables": self.tables}), encoding="utf-8")
            unfinished.rename(self.snapshot)

    def now(self) -> int:
        """The time here: the machine's, moved on by `/_clock`."""
        return int(time.time()) + self.ahead_s

    def add(self, table: str, prefix: str, **fields: Any) -> Thing:
        """Make an object of this table and return it."""
        name = prefix + "_" + "".join(secrets.choice(LETTERS) for _ in range(24))
        thing = {"id": name, "object": table, "created": self.now(), "livemode": False, **fields}
        self.tables[table][name] = thing
        return thing

    def get(self, table: str, name: str) -> Thing:
        """Return an object; Refusal 404 as Stripe words it."""
        try:
            return self.tables[table][name]
        except KeyError:
            raise Refusal(404, f"No such {table}: '{name}'", code="resource_missing") from None

    def endpoint(self, url: str) -> Thing:
        """Return the webhook endpoint with this address, made when it is not there; an earlier start's go."""
        for name in [one["id"] for one in self.find("webhook_endpoint") if one["url"] != url]:
            del self.tables["webhook_endpoint"][name]
        for known in self.find("webhook_endpoint"):
            return known
        return self.add(
            "webhook_endpoint", "we", url=url, api_version=API_VERSION, status="enabled", enabled_events=["*"]
        )

    def find(self, table: str, **wanted: Any) -> list[Thing]:
        """Return the objects whose fields are so, the newest first."""
        rows = list(self.tables[table].values())[::-1]
        return [row for row in rows if all(row.get(field) == value for field, value in wanted.items())]

    def tell(self, kind: str, thing: Thing) -> Thing:
        """Make an event of what just happened to this object, with a copy of it as it is now."""
        event = self.add(
            "event",
            "evt",
            type=kind,
            api_version=API_VERSION,
            data={"object": _copy(thing)},
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
        )
        self.events.append(event)
        for listener in list(self.on_event):
            listener(event)
        return event


def _copy(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {key: _copy(value) for key, value in thing.items()}
    return [_copy(one) for one in thing] if isinstance(thing, list) else thing
