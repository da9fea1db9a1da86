"""The messages of work nobody pays for, as a worker would get them."""

from contextlib import suppress

from celery import current_app

from generations.models import Queue


class Broker:
    """What a worker of pictures would be given, in its order."""

    def clear(self) -> None:
        with current_app.connection_for_write() as connection, connection.channel() as channel:
            channel.queue_purge(Queue.PICTURES.value)

    def taken(self) -> list[tuple[str, list[str]]]:
        name = Queue.PICTURES.value
        found: list[tuple[str, list[str]]] = []
        with (
            current_app.connection_for_read() as connection,
            connection.SimpleQueue(name) as queue,
            suppress(queue.Empty),
        ):
            while message := queue.get(timeout=0.2):
                found.append((message.headers["task"].rpartition(".")[2], message.payload[0]))
                message.ack()
        return found
