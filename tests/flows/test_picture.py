"""A program sends a photograph and a prompt and gets the subject, every pixel of it, in a new place."""

from pathlib import Path

import httpx
import numpy as np
import pytest

from generations import storage
from generations.models import Generation
from tests import pictures
from tests.live import Live


def generate(live: Live, key: str, *, photo: Path = pictures.CHAIR, **fields: str) -> httpx.Response:
    return httpx.post(
        f"{live.url}/api/v1/generate",
        headers={"Authorization": f"Bearer {key}"},
        data={"model": "changebg", **fields},
        files={"image": ("chair.jpg", photo.read_bytes(), "image/jpeg")},
        timeout=90,
    )


# In the README's picture a white wall takes the place of a white wall, so only the other one can show that it is new.
@pytest.mark.parametrize(("photo", "is_on_white"), [(pictures.CHAIR, True), (pictures.BLUE_CHAIR, False)])
def test_the_subject_keeps_every_pixel_and_the_surroundings_are_new(live: Live, photo: Path, is_on_white: bool) -> None:
    someone = live.person(tokens=3)
    answer = generate(live, live.key_of(someone), photo=photo, prompt=pictures.PROMPT)
    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "success"), body
    result = body["result"]
    made = pictures.rgb(httpx.get(result["image_url"]).content)
    before = pictures.rgb(photo.read_bytes())
    assert made.shape == before.shape
    inputs = live.do(lambda: Generation.objects.get(id=result["id"]).inputs)
    kept = pictures.grey(live.do(lambda: storage.read(inputs["matte"]["object_key"]))) == 255
    assert kept.sum() > 50_000
    assert np.array_equal(made[kept], before[kept])
    truth = pictures.grey((pictures.EVALSET / "alpha" / f"{photo.stem}.png").read_bytes())
    assert kept[truth == 255].mean() > 0.9
    moved = np.abs(made.astype(int) - before.astype(int)).max(axis=2)[truth == 0]
    assert is_on_white or (moved > 8).mean() > 0.9
    assert result["subject"]["unchanged_fraction"] == 1.0
    assert result["subject"]["max_difference"] == 0
    assert (result["tokens_used"], live.available(someone)) == (1, 2)


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_other_formats_have_the_input_s_size(live: Live, kind: str) -> None:
    someone = live.person(tokens=1)
    result = generate(live, live.key_of(someone), prompt="studio backdrop", format=kind).json()["result"]
    file = httpx.get(result["image_url"])
    assert file.headers["content-type"] == f"image/{kind}"
    assert pictures.rgb(file.content).shape == pictures.rgb(pictures.CHAIR.read_bytes()).shape


def test_a_picture_without_a_subject_is_refused_and_costs_nothing(live: Live) -> None:
    someone = live.person(tokens=1)
    plain = pictures.flat(width_px=400, height_px=300)
    answer = httpx.post(
        f"{live.url}/api/v1/generate",
        headers={"Authorization": f"Bearer {live.key_of(someone)}"},
        data={"model": "changebg", "prompt": "a beach"},
        files={"image": ("plain.png", plain, "image/png")},
        timeout=90,
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "NO_SUBJECT_FOUND")
    assert answer.headers["X-Tokens-Charged"] == "0"
    assert live.available(someone) == 1


def test_a_test_key_makes_a_marked_picture_for_nothing(live: Live) -> None:
    someone = live.person()
    answer = generate(live, live.key_of(someone, livemode=False), prompt=pictures.PROMPT)
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["tokens_used"] == 0
