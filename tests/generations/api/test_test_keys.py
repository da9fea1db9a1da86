"""Keys that begin with rai_test_: the same checks and answers, a marked picture, 0 tokens, and a world of their own."""

from uuid import UUID

import numpy as np
import pytest

from billing import invariants
from billing.models import LedgerEntry
from generations import running, storage
from generations.models import Generation
from tests.generations.api.calling import program
from tests.generations.api.test_canvas import cut_out, inline
from tests.generations.api.test_refusals import refused
from tests.pictures import rgb

PHOTO = cut_out(40, 20, 80, 70)


@pytest.fixture
def marked(alices):
    """A test program of the workspace whose live program is `alices`."""
    return program(alices.someone, livemode=False)


def shape(value):
    """What a body is made of: its names, and the kinds of its values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def paths(identity):
    """Every address of one generation, by how it is asked for."""
    here = f"http://localhost:8000/api/v1/generations/{identity}"
    yield "GET", f"/generations/{identity}", {}
    yield "GET", f"/generations/{identity}/proof", {}
    yield "GET", "/results", {"params": {"processing_url": here}}
    yield "POST", f"/generations/{identity}/cancel", {}
    yield "POST", f"/generations/{identity}/refuse", {"json": {"reason": "It is blurred."}}
    yield "DELETE", f"/generations/{identity}", {}


def test_answers_have_the_same_shape(alices, marked):
    for answers in zip(*(list(story(one)) for one in (alices, marked)), strict=True):
        live, test = answers
        assert (live.status_code, shape(live.json())) == (test.status_code, shape(test.json())), live.url
        assert set(live.headers) == set(test.headers), live.url


def story(one):
    """One program's day: a picture, its proof, a cancel, refusals, an upload, lists, balance and usage."""
    yield one.generate(seed=7)
    identity = one.made(seed=7)
    yield one.get(f"/generations/{identity}")
    yield one.get(f"/generations/{identity}/proof")
    yield one.post(f"/generations/{one.generate(prompt='other').json()['id']}/cancel")
    yield one.post(f"/generations/{identity}/cancel")
    yield one.generate(seed="x", format="gif")
    yield one.generate(model="video")
    yield one.generate(image="https://127.0.0.1/a.png")
    yield one.post("/uploads", files={"file": ("a.png", PHOTO)})
    yield one.get("/generations", params={"limit": 2})
    yield one.get("/balance")
    yield one.get("/usage", params={"group_by": "model"})
    yield one.post(f"/generations/{identity}/refuse", json={"reason": "It is blurred."})
    yield one.delete(f"/generations/{identity}")


def test_nothing_is_charged_held_or_written(charlies):
    """It works without a token, and the ledger never hears of it."""
    marked = program(charlies.someone, livemode=False)
    waiting = marked.generate()
    assert (waiting.status_code, waiting.headers["X-Tokens-Charged"]) == (202, "0")
    identity = marked.made(prompt="another")
    answer = marked.get(f"/generations/{identity}")
    assert (answer.json()["result"]["tokens_used"], answer.headers["X-Tokens-Charged"]) == (0, "0")
    refused(charlies.generate(), 402, "INSUFFICIENT_TOKENS", required=1, balance=0)
    back = marked.post(f"/generations/{identity}/refuse", json={"reason": "It is blurred."}).json()
    assert (back["tokens_returned"], back["balance"]) == (0, 0)
    assert not LedgerEntry.objects.for_workspace(charlies.someone.workspace.id).exists()
    assert invariants.breaks() == []


def test_the_picture_is_marked_round_the_subject(painted):
    """Same seed, same words: the live picture and the test picture differ in the mark alone, never in the subject."""
    marked = program(painted.someone, livemode=False)
    pictures = {}
    for one in (painted, marked):
        identity = one.generate(image=inline(PHOTO), prompt="a showroom", seed=7, shadow="none").json()["id"]
        running.run(generation_id=UUID(identity))
        pictures[one.key] = rgb(storage.read(Generation.objects.get(id=identity).result_key))
        proof = one.get(f"/generations/{identity}/proof").json()["proof"]
        assert (proof["equal"], proof["lossless"]) == (True, True)
    plain, with_mark = pictures[painted.key], pictures[marked.key]
    assert plain.shape == with_mark.shape
    assert not np.array_equal(plain, with_mark)
    for picture in (plain, with_mark):
        assert np.array_equal(picture[20:70, 40:80], rgb(PHOTO)[20:70, 40:80])


@pytest.mark.parametrize("of_live", [True, False], ids=["live", "test"])
def test_neither_sees_the_other_s_generation(alices, marked, of_live):
    owner, other = (alices, marked) if of_live else (marked, alices)
    identity = owner.made()
    for method, path, request in paths(identity):
        refused(getattr(other, method.lower())(path, **request), 404, "NOT_FOUND")
    assert other.get("/generations").json() == {"status": "success", "generations": [], "next_cursor": None}
    answer = other.get("/generations", params={"cursor": identity})
    assert (answer.status_code, set(answer.json()["error"]["fields"])) == (422, {"cursor"})
    assert owner.get(f"/generations/{identity}").json()["result"]["image_url"]


@pytest.mark.parametrize("of_live", [True, False], ids=["live", "test"])
def test_neither_uses_the_other_s_result(alices, marked, of_live):
    owner, other = (alices, marked) if of_live else (marked, alices)
    url = owner.get(f"/generations/{owner.made()}").json()["result"]["image_url"]
    refused(other.generate(image=url), 422, "IMAGE_URL_NOT_ALLOWED")
    assert owner.generate(image=url).status_code == 202


def test_one_idempotency_key_serves_each(alices, marked):
    headers = {"Idempotency-Key": "k"}
    first, second = alices.generate(headers=headers), marked.generate(headers=headers, prompt="another")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] != second.json()["id"]
    assert "Idempotent-Replayed" not in second.headers
    assert alices.someone.available == 9
