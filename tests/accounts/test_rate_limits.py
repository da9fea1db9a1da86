"""How often one may call: the bound holds in every window, whatever becomes of Valkey, and nobody waits for it long."""

import socket
import time
from uuid import uuid4

import pytest
from django.conf import settings
from redis import Redis
from redis.exceptions import ConnectionError as Disconnected

from accounts import ratelimit
from accounts.gcra import MINUTE_US, SECOND_US, Rule, Verdict, decide
from accounts.ratelimit import PATIENCE_S, PAUSE_S, Limiter
from tests.hostile import schedules

RULE = Rule("generate", burst=20, per_minute=60)


class Clock:
    """A process's clock that a test moves."""

    now_us = 5 * SECOND_US

    def __call__(self):
        return self.now_us

    def pass_by(self, *, seconds):
        self.now_us += int(seconds * SECOND_US)


class Away:
    """A server that is not there, and counts how often it was asked."""

    asked = 0

    def __call__(self, *_call):
        self.asked += 1
        raise Disconnected


@pytest.fixture
def server():
    with Redis.from_url(settings.RATE_LIMIT_URL) as made:
        yield made


def limiter_at(server):
    return Limiter(ask=ratelimit.shared_count(server), clock_us=ratelimit._clock_us)


def admitted(limiter, count, *, who, rule=RULE):
    return sum(limiter.check(rule=rule, who=who).admitted for _ in range(count))


def test_no_schedule_gets_more_than_its_share():
    # A handful of schedules refuse nearly all; together they must let plenty through, or the bound shows nothing.
    assert schedules.run(count=200, seed=20_000) > 200 * schedules.CALLS // 4


def test_an_overfull_window_is_seen_wherever_it_lies():
    paced = [number * RULE.interval_us for number in range(100)]
    full = [0] * RULE.burst + [(number + 1) * RULE.interval_us for number in range(100)]
    assert schedules.most_above(paced, RULE) <= 0
    assert schedules.most_above(full, RULE) == 0
    assert schedules.most_above([*full, full[-1]], RULE) == 1
    assert schedules.most_above([*full[:50], full[50] - 1, *full[50:]], RULE) > 0


def test_a_limiter_that_forgets_what_it_admitted_alone_is_caught(monkeypatch):
    monkeypatch.setattr(Limiter, "_keep", lambda *_: None)
    with pytest.raises(schedules.Broken, match="too many"):
        schedules.run(count=50, seed=1)


def test_a_script_that_differs_from_its_twin_is_caught(monkeypatch):
    monkeypatch.setattr(ratelimit, "SCRIPT", ratelimit.SCRIPT.replace("<= tolerance", "< tolerance"))
    with pytest.raises(schedules.Broken, match="twin"):
        schedules.run(count=5, seed=1)


def test_the_server_s_own_clock_counts_for_all_processes(server, at_once):
    who, rule = str(uuid4()), Rule("generate", burst=20, per_minute=1)
    processes = [limiter_at(server) for _ in range(4)]
    passed = at_once(16, lambda number: admitted(processes[number % 4], 10, who=who, rule=rule))
    assert sum(passed) == 20


def test_a_paced_caller_is_never_refused(server):
    who, limiter, rule = str(uuid4()), limiter_at(server), Rule("generate", burst=1, per_minute=6000)
    for _ in range(20):
        assert limiter.check(rule=rule, who=who).admitted
        time.sleep(rule.interval_us / SECOND_US)


def test_what_is_known_to_be_refused_asks_nobody(server):
    who, limiter, rule = str(uuid4()), limiter_at(server), Rule("generate", burst=2, per_minute=1)
    assert admitted(limiter, 2, who=who, rule=rule) == 2
    verdict = limiter.without_asking(rule=rule, who=who)
    assert (verdict.admitted, verdict.remaining, verdict.slowness) == (False, 0, 1)
    assert 55 <= verdict.retry_after_s <= 60
    assert limiter.without_asking(rule=rule, who=str(uuid4())) is None


def test_a_server_that_lost_the_script_is_sent_it_again(server):
    who, limiter = str(uuid4()), limiter_at(server)
    assert limiter.check(rule=RULE, who=who).remaining == 19
    server.script_flush()
    assert limiter.check(rule=RULE, who=who).remaining == 18
    assert not limiter._is_away


def test_a_clock_set_back_locks_nobody_out(server):
    ask = ratelimit.shared_count(server, clock="local now = tonumber(redis.call('GET', 'told'))\n")
    key, hour_us = f"rate:generate:{uuid4()}", 3600 * SECOND_US
    server.set("told", 2 * hour_us)
    assert ask(RULE, key, 0) == (True, SECOND_US)
    server.set("told", hour_us)
    assert ask(RULE, key, 0) == (False, RULE.tolerance_us)
    server.set("told", hour_us + SECOND_US)
    assert ask(RULE, key, 0) == (True, RULE.tolerance_us)


def test_without_a_server_half_as_many_pass():
    clock, away = Clock(), Away()
    limiter = Limiter(ask=away, clock_us=clock)
    assert admitted(limiter, 50, who="a") == RULE.burst // 2
    clock.pass_by(seconds=10)
    assert admitted(limiter, 50, who="a") == 10 // 2
    verdict = limiter.check(rule=RULE, who="a")
    assert (verdict.admitted, verdict.remaining, verdict.retry_after_s) == (False, 0, 2)
    assert ratelimit.headers(verdict) == {"RateLimit-Policy": '"burst";q=10;w=20', "RateLimit": '"burst";r=0;t=20'}


def test_it_is_asked_again_after_a_pause_by_one_call_only():
    clock, away = Clock(), Away()
    limiter = Limiter(ask=away, clock_us=clock)
    admitted(limiter, 30, who="a")
    assert away.asked == 1
    clock.pass_by(seconds=PAUSE_S)
    admitted(limiter, 30, who="b")
    assert away.asked == 2


def test_a_server_that_comes_back_is_told_what_passed_meanwhile(server):
    clock, asked, who = Clock(), ratelimit.shared_count(server), str(uuid4())
    limiter = Limiter(ask=Away(), clock_us=clock)
    admitted(limiter, RULE.burst, who=who)
    limiter._ask = asked
    clock.pass_by(seconds=PAUSE_S)
    verdict = limiter.check(rule=RULE, who=who)
    # Ten calls at twice the interval took up the whole tolerance; two seconds have come back, one is taken anew.
    assert (verdict.admitted, verdict.slowness, verdict.remaining) == (True, 1, 1)
    assert limiter_at(server).check(rule=RULE, who=who).remaining == 0


def test_a_server_that_keeps_silent_costs_one_call_its_patience_and_the_others_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = limiter_at(ratelimit.server(f"redis://127.0.0.1:{silent.getsockname()[1]}/0"))
        started = time.monotonic()
        passed = admitted(limiter, 500, who="a")
        took_s = time.monotonic() - started
    assert passed == RULE.burst // 2
    assert took_s < PATIENCE_S + 1  # 500 calls that each waited would take minutes


def test_what_lies_behind_is_forgotten(monkeypatch):
    monkeypatch.setattr(ratelimit, "KEPT", 100)
    clock = Clock()
    limiter = Limiter(ask=Away(), clock_us=clock)
    for number in range(1000):
        limiter.check(rule=RULE, who=str(number))
        clock.pass_by(seconds=0.1)
    assert len(limiter._counts) <= 101


@pytest.mark.parametrize(
    ("ahead_us", "remaining", "reset_s", "retry_after_s"),
    [(0, 20, 0, 1), (1, 19, 1, 1), (SECOND_US, 19, 1, 1), (20 * SECOND_US, 0, 20, 1), (19_000_001, 0, 20, 1)],
)
def test_what_the_headers_say(ahead_us, remaining, reset_s, retry_after_s):
    verdict = Verdict(RULE, admitted=True, ahead_us=ahead_us)
    assert (verdict.remaining, verdict.reset_s, verdict.retry_after_s) == (remaining, reset_s, retry_after_s)


@pytest.mark.parametrize("burst", [1, 2, 60])
def test_the_slower_pace_admits_somebody(burst):
    rule = Rule("generate", burst=burst, per_minute=60)
    due, passed = 0, 0
    for second in range(60):
        verdict, due = decide(rule=rule, due_us=due, now_us=MINUTE_US + second * SECOND_US, slowness=2)
        passed += verdict.admitted
    assert 30 <= passed <= 30 + burst
