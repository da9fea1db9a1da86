"""However the events of a purchase come, in whatever order, twice or never: one ledger.

Three hundred schedules here; `make till` plays every order and five thousand samples.
"""

import random

import pytest

from tests.billing.payments import stories
from tests.billing.payments.stories import STORIES, Schedule, Story

pytestmark = pytest.mark.django_db

ORDERS_EACH, SAMPLES_EACH = 20, 24


def some_orders(story: Story) -> list[Schedule]:
    dice = random.Random(story.name)
    picked = [tuple(dice.sample(range(story.events), story.events)) for _ in range(ORDERS_EACH)]
    backwards = tuple(reversed(range(story.events)))
    return [Schedule(order, is_lazy=number % 4 > 0) for number, order in enumerate([backwards, *picked[1:]])]


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_schedule_ends_in_the_same_books(stripe, story):
    expected = stories.canonical(stripe, story)
    for schedule in some_orders(story):
        assert stories.play(stripe, story, schedule) == expected, schedule
    for seed in range(SAMPLES_EACH):
        schedule = stories.sampled(story, seed=seed)
        assert stories.play(stripe, story, schedule) == expected, (seed, schedule)


ENDS = {
    "card, then part of it back": ("part_refunded", 1800, 700, 38, 62, False),
    "bank, paid later": ("paid", 1800, 0, 0, 100, False),
    "bank, never paid": ("failed", 0, 0, 0, 0, False),
    "declined, then paid": ("paid", 1800, 0, 0, 100, False),
    "refund that fails": ("paid", 1800, 0, 0, 100, False),
    "refund, dispute won": ("part_refunded", 1800, 500, 27, 73, False),
    "refund, dispute lost": ("lost", 1800, 500, 99, 1, True),
}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_books_say_what_the_design_says(stripe, story):
    status, paid, refunded, taken, posted, held, frozen, _lines, _net = stories.canonical(stripe, story)
    assert held == 0
    assert (status, paid, refunded, taken, posted, frozen) == ENDS[story.name]


def test_three_hundred_schedules_are_played():
    assert len(STORIES) * (ORDERS_EACH + SAMPLES_EACH) >= 300
