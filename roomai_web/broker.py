"""Kombu's transport to Redis, whose channels keep one client each.

Kombu makes a client anew for every message it sends, takes or acknowledges; redis-py fills a table of some 170 answers
for each, which costs more than the call itself. A client is nothing but that table and the channel's pool.
"""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel that makes its client once for each of its pools."""

    def _create_client(self, asynchronous: bool = False) -> Any:
        if asynchronous:
            return super()._create_client(asynchronous=True)  # type: ignore[no-untyped-call]  # kombu ships no types
        pool, client = getattr(self, "_kept", (None, None))
        if pool is not self.pool:
            pool, client = self.pool, super()._create_client()  # type: ignore[no-untyped-call]
            self._kept = (pool, client)
        return client


class Transport(redis.Transport):
    """The transport of such channels."""

    Channel = Channel
