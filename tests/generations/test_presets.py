"""The places the studio offers: every word of them is painted, and each stands on the page."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from generations.engines.embedded import families, grammar
from generations.views import presets
from tests.factories import Person

EVERY = [(group.family, preset) for group in presets.PRESETS for preset in group.presets]


def test_eight_families_have_four_each() -> None:
    assert [len(group.presets) for group in presets.PRESETS] == [4] * 8
    assert {group.family for group in presets.PRESETS} == set(families.every()) - {"plain", "softfocus"}
    assert len({preset.slug for _, preset in EVERY}) == len({preset.prompt for _, preset in EVERY}) == 32


@pytest.mark.parametrize(("family", "preset"), EVERY, ids=lambda one: getattr(one, "slug", ""))
def test_the_painter_follows_every_word(family: str, preset: presets.Preset) -> None:
    plan = grammar.plan(preset.prompt, paints=families.shows())
    assert (plan.family, plan.report["not_understood"]) == (family, [])


@pytest.mark.usefixtures("committed_db")
def test_the_page_opens_the_group_of_what_is_in_the_box(client: Client, alice: Person) -> None:
    client.force_login(alice.user)
    page = client.get("/studio", {"prompt": "a beach at sunset with warm light"}).content.decode()
    assert 'value="beach" checked' in page
    assert page.count('name="suggestion"') == 32 + 1
    assert page.count('<img src="/static/img/presets/') == sum(bool(one.thumbnail) for _, one in EVERY)


def test_a_preset_without_a_picture_has_no_address() -> None:
    for _, preset in EVERY:
        assert bool(preset.thumbnail) == bool(finders.find(f"img/presets/{preset.slug}.avif"))
