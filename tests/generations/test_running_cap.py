from datetime import timedelta
from typing import Any

from generations import finishing, leases
from generations.errors import EngineFailed
from tests.factories import Person
from tests.generations.submitting import now_is_later, submitted

MINUTE = timedelta(minutes=1)


def test_what_the_cap_refused_is_due_as_soon_as_there_is_room(alice: Person, settings: Any) -> None:
    settings.RUNNING_CAP = 1
    first, second = submitted(alice), submitted(alice)
    lease = leases.claim(generation_id=first.id, worker="one")
    assert lease is not None
    assert leases.claim(generation_id=second.id, worker="two") is None
    assert leases.due() == []
    assert finishing.fail(generation_id=first.id, fence=lease.fence, error=EngineFailed())
    assert leases.due(workspace_id=alice.workspace.id) == [(second.id, "pictures")]
    assert leases.due() == []


def test_what_the_cap_refused_keeps_its_delay(alice: Person, settings: Any) -> None:
    settings.RUNNING_CAP = 1
    first, second = submitted(alice), submitted(alice)
    earlier = leases.claim(generation_id=second.id, worker="one")
    assert earlier is not None
    leases.release(lease=earlier, delay=MINUTE)
    lease = leases.claim(generation_id=first.id, worker="one")
    assert lease is not None
    assert leases.claim(generation_id=second.id, worker="two") is None
    assert finishing.fail(generation_id=first.id, fence=lease.fence, error=EngineFailed())
    assert leases.due() == []
    now_is_later(second.id, by=MINUTE)
    assert leases.due() == [(second.id, "pictures")]
