"""Send the messages that are due. The timer calls this each second, a worker after each finished picture."""

from uuid import UUID

from generations import leases, messages


def send_due(*, workspace_id: UUID | None = None) -> int:
    """Send a message for every generation that is due, of one workspace or of all; return how many were sent.

    One that could not be sent is due again after REDISPATCH, like one that was sent and lost.
    """
    due = leases.due(workspace_id=workspace_id)
    return sum(messages.announce_due(generation_id=generation_id, queue=queue) for generation_id, queue in due)
