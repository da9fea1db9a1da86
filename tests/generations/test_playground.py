"""The playground: the code shown is the call made, by the API's own functions; nothing secret stands in the page."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing import invariants, ledger
from generations import running, samples, services, storage
from generations.models import State, Upload
from generations.views import again
from tests import factories
from tests.factories import Person
from tests.generations import quick_pictures
from tests.generations.playing import PROMPT, Player, body_of, header, printed

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")


@pytest.fixture
def alices(client: Client, alice: Person) -> Player:
    return Player(client, alice)


def test_a_visitor_is_led_to_sign_in(client: Client) -> None:
    assert client.get("/developers/playground")["Location"].startswith("/accounts/login/")
    assert client.post("/developers/playground/run", {"mode": "live"})["Location"].startswith("/accounts/login/")
    assert client.post("/developers/playground/code", {"prompt": PROMPT}).status_code == 204


def test_a_run_in_test_mode_is_the_call_shown_and_costs_nothing(alices: Player) -> None:
    fields = alices.form(prompt=PROMPT, seed="7")
    shown = alices.code(**fields)
    answer = alices.run(**fields)
    row = alices.rows()[0]
    assert (answer.status_code, answer["Location"]) == (303, f"{alices.url}?run={row.id}&lang=curl#outcome")
    assert (row.livemode, row.cost, row.api_key, row.created_by) == (False, 0, None, alices.person.user)
    page = alices.client.get(answer["Location"]).content.decode()
    assert body_of(page) == shown
    assert printed(page)["status"] == "processing"
    assert "202 Accepted" in page
    assert f"/developers/playground/outcome/{row.id}" in page
    running.run(generation_id=row.id)
    page = alices.client.get(f"{alices.url}/outcome/{row.id}").content.decode()
    assert "hx-get" not in page
    assert "200 OK" in page
    assert printed(page)["result"]["id"] == str(row.id)
    assert header(page, "X-Tokens-Charged") == "0"
    assert header(page, "X-Tokens-Remaining") == "10"
    assert header(page, "X-Request-Id") == answer["X-Request-Id"]
    assert header(page, "Content-Type") == "application/json"
    assert alices.person.available == 10
    assert invariants.breaks() == []


def test_a_live_run_costs_what_its_button_says(alices: Player) -> None:
    assert "Run, <span" in alices.client.get(alices.url).content.decode()
    alices.run(mode="live", **alices.form())
    row = alices.rows()[0]
    running.run(generation_id=row.id)
    page = alices.client.get(f"{alices.url}?run={row.id}").content.decode()
    assert header(page, "X-Tokens-Charged") == "1"
    assert (row.livemode, alices.person.available) == (True, 9)
    assert f'href="/g/{row.id}"' in page


@pytest.mark.parametrize("mode", ["", "LIVE", "both"])
def test_nothing_but_the_live_button_spends(alices: Player, mode: str) -> None:
    alices.run(mode=mode, **alices.form())
    assert [row.livemode for row in alices.rows()] == [False]


def test_the_same_form_sent_twice_is_one_run(alices: Player) -> None:
    fields = alices.form()
    first, second = alices.run(mode="live", **fields), alices.run(mode="live", **fields)
    assert first["Location"] == second["Location"]
    assert len(alices.rows()) == 1
    assert "Idempotent-Replayed: true" in alices.client.get(second["Location"]).content.decode()
    assert ledger.snapshot(wallet_id=alices.person.wallet_id).held == 1
    other = alices.run(mode="live", **fields | {"prompt": "a loft"})
    assert (other.status_code, printed(other.content.decode())["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")


def refused(alices: Player, **fields: Any) -> tuple[int, dict[str, Any], str]:
    answer = alices.run(**fields)
    page = answer.content.decode()
    return answer.status_code, printed(page)["error"], page


def test_a_refusal_prints_the_apis_own_body_and_keeps_the_form(alices: Player) -> None:
    status, error, page = refused(alices, **alices.form(prompt="", seed="soon"))
    assert (status, error["code"]) == (422, "INVALID_PARAMETERS")
    assert error["fields"] == {"seed": ["This must be a whole number."]}
    assert header(page, "X-Request-Id") == error["request_id"]
    assert (header(page, "X-Tokens-Charged"), header(page, "X-Tokens-Remaining")) == ("0", "10")
    assert 'value="soon"' in page
    assert "<span>This must be a whole number.</span>" in page
    assert "422 Unprocessable" in page
    assert alices.rows() == []


def test_runs_count_among_the_calls_of_the_workspace(alices: Player, settings: Any) -> None:
    """A test run is free, so this alone stands between one signed-in person and all our workers."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"generate": 2}
    for left in ("1", "0"):
        shown = alices.client.get(alices.run(**alices.form())["Location"]).content.decode()
        assert header(shown, "RateLimit-Policy") == '"burst";q=2;w=60'
        assert f"r={left};" in header(shown, "RateLimit")
    status, error, page = refused(alices, **alices.form())
    assert (status, error["code"]) == (429, "RATE_LIMITED")
    assert header(page, "Retry-After") == str(error["retry_after_s"])
    assert len(alices.rows()) == 2


@pytest.mark.parametrize("link", ["http://example.com/a.jpg", "https://localhost/a.jpg", "https://10.0.0.1/a.jpg"])
def test_a_link_is_fetched_by_the_rules_of_the_api(alices: Player, link: str) -> None:
    status, error, _ = refused(alices, **alices.form(image_url=link))
    assert (status, error["code"]) == (422, "IMAGE_URL_NOT_ALLOWED")


def test_without_tokens_a_live_run_is_refused_and_a_test_run_is_not(client: Client, charlie: Person) -> None:
    charlies = Player(client, charlie)
    status, error, _ = refused(charlies, mode="live", **charlies.form())
    assert (status, error["code"], error["required"]) == (402, "INSUFFICIENT_TOKENS", 1)
    assert charlies.run(**charlies.form()).status_code == 303


def test_what_is_no_picture_is_said_and_nothing_runs(alices: Player) -> None:
    answer = alices.run(**alices.form(), image=SimpleUploadedFile("a.png", b"nothing"))
    assert answer.status_code == 422
    assert 'id="id_image_error"' in answer.content.decode()
    assert alices.rows() == []


def test_a_run_is_opened_with_its_settings(alices: Player) -> None:
    alices.run(mode="live", **alices.form(prompt=PROMPT, seed="7", format="jpeg", canvas_aspect="1:1"))
    row = alices.rows()[0]
    running.run(generation_id=row.id)
    body = body_of(alices.client.get(alices.url, {"generation": str(row.id)}).content.decode())
    image = body.pop("image")
    assert image.startswith("upl_")
    canvas = {"aspect": "1:1"}
    assert body == {"model": "changebg", "prompt": PROMPT, "format": "jpeg", "seed": 7, "canvas": canvas}


def test_what_is_gone_of_a_run_is_said(alices: Player) -> None:
    fields = alices.form(background_kind="picture", background_upload="", prompt=PROMPT)
    wall = SimpleUploadedFile("wall.png", quick_pictures.png())
    alices.run(**fields | {"mask_upload": fields["upload"]}, background_image=wall)
    row = alices.rows()[0]
    services.cancel(generation=row)
    for kept in row.inputs.values():
        storage.delete(kept["object_key"])
    Upload.objects.for_workspace(alices.person.workspace).update(object_key="")
    answer = alices.client.get(alices.url, {"generation": str(row.id)})
    page = answer.content.decode()
    assert answer.status_code == 200
    for name in ("image", "background_image", "mask"):
        assert str(again.GONE[name]) in page
    assert "image" not in body_of(page)


def test_another_workspace_finds_nothing_of_it(alices: Player, charlie: Person) -> None:
    alices.run(**alices.form(prompt=PROMPT))
    row = alices.rows()[0]
    charlies = Player(Client(), charlie)
    assert charlies.client.get(f"{alices.url}/outcome/{row.id}").status_code == 404
    for query in ({"run": str(row.id)}, {"generation": str(row.id)}):
        page = charlies.client.get(alices.url, query).content.decode()
        assert PROMPT not in page
        assert str(row.id) not in page


def test_no_key_and_no_secret_stands_in_the_page(alices: Player) -> None:
    plain = factories.key_of(alices.person)
    answer = alices.run(**alices.form())
    for page in (alices.client.get(alices.url), alices.client.get(answer["Location"])):
        text = page.content.decode()
        assert plain[9:41] not in text
        assert set(re.findall(r"rai_(?:live|test)_\w+", text)) == {samples.KEY}
        assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_run_without_a_picture_prints_its_error(alices: Player) -> None:
    alices.run(mode="live", **alices.form())
    row = alices.rows()[0]
    services.cancel(generation=row)
    page = alices.client.get(f"{alices.url}?run={row.id}").content.decode()
    assert printed(page)["error"]["code"] == "GENERATION_CANCELED"
    assert "409 Conflict" in page
    assert alices.rows()[0].state == State.CANCELED
    assert alices.person.available == 10
