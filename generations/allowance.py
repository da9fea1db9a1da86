"""How much a workspace may have done for nothing: so much in ten minutes, and two pieces at once.

Valkey counts, and is asked in one script. While it is away nothing is given: the workers' messages go through the
same server, and whatever is free is also done by the run that is paid for.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from redis import RedisError

from generations import messages
from roomai_web.ids import uuid7

log = structlog.get_logger(__name__)

WINDOW = timedelta(minutes=10)
AT_ONCE = 2
# How long a piece of work that is never heard of again takes up its place.
PLACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of free work. most: how often in WINDOW."""

    name: str
    most: int


MATTES = Kind("mattes", 30)
MASKS = Kind("masks", 120)


class Answer(StrEnum):
    """What asking for a piece of work came to."""

    TAKEN = "taken"
    UNDER_WAY = "under way"
    WAIT = "wait"
    SPENT = "spent"


# Lapsed places go first; then: has this work a place already, is there one, is there any allowance left?
_TAKE = """
local now = tonumber(redis.call('TIME')[1])
local work, at_once, place_s = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local most, window_s, once = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], work) then return 'under way' end
if redis.call('ZCARD', KEYS[1]) >= at_once then return 'wait' end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - window_s)
if redis.call('ZCARD', KEYS[2]) >= most then return 'spent' end
redis.call('ZADD', KEYS[1], now + place_s, work)
redis.call('EXPIRE', KEYS[1], place_s)
redis.call('ZADD', KEYS[2], now, once)
redis.call('EXPIRE', KEYS[2], window_s)
return 'taken'
"""
_BEGIN = """
local now = tonumber(redis.call('TIME')[1])
local work, at_once, place_s = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], work) and redis.call('ZCARD', KEYS[1]) >= at_once then return 0 end
redis.call('ZADD', KEYS[1], now + place_s, work)
redis.call('EXPIRE', KEYS[1], place_s)
return 1
"""


def work_name(ids: list[str]) -> str:
    """Return the name of a piece of work by the ids its message carries."""
    return "/".join(ids)


def take(*, kind: Kind, workspace_id: UUID, work: str) -> Answer:
    """Ask for a place for this piece of work, known by its name; TAKEN: it is this caller's to send.

    UNDER_WAY: it has one already. WAIT: both places are taken. SPENT: no more in these ten minutes.
    """
    keys = (_places(workspace_id), f"free:{{{workspace_id}}}:{kind.name}")
    window_s, place_s = int(WINDOW.total_seconds()), int(PLACE.total_seconds())
    try:
        answer = messages.valkey().eval(
            _TAKE, len(keys), *keys, work, AT_ONCE, place_s, kind.most, window_s, str(uuid7())
        )
    except (RedisError, OSError) as error:
        log.warning("allowance_not_asked", error=type(error).__name__)
        return Answer.SPENT
    return Answer(bytes(answer).decode())


def begin(*, workspace_id: UUID, work: str) -> bool:
    """Say whether a worker may begin this work now: it has a place, or there is one."""
    try:
        place_s = int(PLACE.total_seconds())
        return bool(messages.valkey().eval(_BEGIN, 1, _places(workspace_id), work, AT_ONCE, place_s))
    except (RedisError, OSError) as error:
        log.warning("allowance_not_asked", error=type(error).__name__)
        return False


def end(*, workspace_id: UUID, work: str) -> None:
    """Give the place back; where that cannot be said, it lapses."""
    try:
        messages.valkey().zrem(_places(workspace_id), work)
    except (RedisError, OSError) as error:
        log.warning("allowance_not_asked", error=type(error).__name__)


def _places(workspace_id: UUID) -> str:
    return f"free:{{{workspace_id}}}:places"
