"""Several pictures of one form: together or not at all, one submission whatever is pressed twice, a tile for each."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from billing import invariants, ledger
from generations import running, services
from generations.models import Generation, State
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.submitting import submit
from tests.generations.test_studio import PROMPT, Studio, kept_upload

pytestmark = pytest.mark.usefixtures("committed_db", "files")


@pytest.fixture
def studio(client: Client, alice: Person) -> Studio:
    client.force_login(alice.user)
    return Studio(client, alice)


def in_order(studio: Studio) -> list[Generation]:
    return sorted(studio.rows(), key=lambda row: str(row.idem_key))


def spend_down_to(someone: Person, tokens: int) -> None:
    left = ledger.snapshot(wallet_id=someone.wallet_id).available - tokens
    for _ in range(left):
        submit(someone)


def test_four_pictures_are_four_runs_with_seeds_counted_up(studio: Studio) -> None:
    response = studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="4", seed="7")
    rows = in_order(studio)
    assert [row.params["seed"] for row in rows] == [7, 8, 9, 10]
    assert response["Location"] == f"/g/{rows[0].id}"
    assert {row.inputs["image"]["object_key"] for row in rows} == {rows[0].inputs["image"]["object_key"]}
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).held == 4
    assert invariants.breaks() == []


def test_the_last_seed_is_followed_by_the_first(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="2", seed=str(2**31 - 1))
    assert [row.params["seed"] for row in in_order(studio)] == [2**31 - 1, 0]


def test_the_same_press_twice_is_one_submission(studio: Studio) -> None:
    once = {"submission_id": str(uuid4()), "prompt": PROMPT, "count": "4"}
    first, second = (studio.send(photo=quick_pictures.png(), **once) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(studio.rows()) == 4
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).held == 4


def test_another_number_under_the_same_press_is_a_conflict(studio: Studio) -> None:
    once = str(uuid4())
    studio.send(photo=quick_pictures.png(), submission_id=once, prompt=PROMPT, count="1")
    for count in ("2", "4"):
        refused = studio.send(photo=quick_pictures.png(), submission_id=once, prompt=PROMPT, count=count)
        assert refused.status_code == 409
    assert len(studio.rows()) == 1


def test_two_tabs_sending_one_form_make_one_submission(alice: Person, at_once: Any) -> None:
    outcomes = at_once(4, lambda _: submit(alice, idem_key="studio:tab", count=4).generation.id)
    assert len(set(outcomes)) == 1
    assert Generation.objects.for_workspace(alice.workspace).count() == 4
    assert ledger.snapshot(wallet_id=alice.wallet_id).held == 4
    assert invariants.breaks() == []


def test_tokens_for_three_hold_none_of_four(studio: Studio) -> None:
    spend_down_to(studio.person, 3)
    response = studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="4")
    page = response.content.decode()
    assert response.status_code == 402
    assert "This needs 4 tokens; you have 3. Nothing was charged." in page
    assert kept_upload(response)
    assert 'name="count" value="4" checked' in page
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).available == 3
    assert not [row for row in studio.rows() if str(row.idem_key).startswith("studio:")]
    assert invariants.breaks() == []


def test_a_cap_on_open_runs_refuses_all_of_them(studio: Studio, settings: Any) -> None:
    settings.OPEN_CAP = 3
    assert studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="4").status_code == 429
    assert studio.rows() == []
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).held == 0


def test_each_number_has_its_price_on_the_page(studio: Studio, settings: Any) -> None:
    settings.SHOP = True
    spend_down_to(studio.person, 3)
    page = " ".join(studio.client.get(studio.url).content.decode().split())
    assert 'Generate 2 images<span class="btn__cost"><span class="num">2</span> tokens</span>' in page
    assert 'Balance after: <span class="num">1</span>' in page
    assert 'Add <span class="num">1</span> token</span>' in page
    assert "This needs 4 tokens; you have 3." in page


def test_what_is_missing_for_four_leads_to_the_packs_and_back(studio: Studio, settings: Any) -> None:
    settings.SHOP = True
    spend_down_to(studio.person, 3)
    response = studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="4", top_up="1")
    assert response.status_code == 303
    assert response["Location"].startswith(reverse("billing:wallet"))
    back = studio.client.get(studio.url).content.decode()
    assert 'name="count" value="4" checked' in back
    assert f">{PROMPT}</textarea>" in back


def test_a_color_is_made_once_however_many_are_asked_for(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), background_kind="color", background_color="#f4f1ea", count="4")
    assert len(studio.rows()) == 1


def test_a_cut_out_offers_one_picture(studio: Studio) -> None:
    page = studio.client.get(reverse("generations:studio_model", kwargs={"model_id": "removebg"})).content.decode()
    assert 'name="count"' not in page


def test_the_page_of_each_shows_all_and_each_tile_asks_for_itself(studio: Studio, quick: None) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="2")
    first, second = in_order(studio)
    running.run(generation_id=first.id)
    page = studio.client.get(f"/g/{first.id}").content.decode()
    tiles = page[page.index("data-takes") :]
    assert re.findall(r'href="(/g/[^"]+)"( aria-current="page")?>', tiles)[:2] == [
        (f"/g/{first.id}", ' aria-current="page"'),
        (f"/g/{second.id}", ""),
    ]
    assert f'hx-get="/g/{second.id}/_take"' in tiles
    assert f'hx-get="/g/{first.id}/_take"' not in tiles
    assert '<noscript><meta http-equiv="refresh"' in page, "without scripts the page waits for the other one"
    running.run(generation_id=second.id)
    answer = studio.client.get(f"/g/{second.id}/_take").content.decode()
    assert "hx-get" not in answer
    assert "<img" in answer


def test_one_picture_alone_has_no_tiles(studio: Studio) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT)
    row = studio.rows()[0]
    assert "data-takes" not in studio.client.get(f"/g/{row.id}").content.decode()


def test_one_may_be_canceled_and_the_others_go_on(studio: Studio, quick: None) -> None:
    studio.send(photo=quick_pictures.png(), prompt=PROMPT, count="2")
    first, second = in_order(studio)
    services.cancel(generation=first)
    running.run(generation_id=second.id)
    assert [row.state for row in in_order(studio)] == [State.CANCELED, State.SUCCEEDED]
    assert ledger.snapshot(wallet_id=studio.person.wallet_id).held == 0
    assert invariants.breaks() == []
