"""A frame asked for over HTTP: as JSON and as a form's fields, real pictures; an impossible one costs nothing."""

import base64
import json
from uuid import UUID

import numpy as np
import pytest

from billing import invariants
from generations import running, storage
from generations.models import Generation
from tests.generations.api.calling import AT_ONCE
from tests.generations.material import noise, saved
from tests.pictures import grey, rgb

WIDTH, HEIGHT = 120, 90


def cut_out(left, top, right, bottom):
    """A photo that is cut out already: its alpha is the matte, so the network is not asked."""
    picture = np.dstack((noise(WIDTH, HEIGHT), np.zeros((HEIGHT, WIDTH), np.uint8)))
    picture[top:bottom, left:right, 3] = 255
    return saved(picture, "PNG")


def inline(data):
    return "data:image/png;base64," + base64.b64encode(data).decode()


@pytest.mark.parametrize("how", ["json", "form"])
def test_the_picture_has_the_frame(painted, how):
    photo, canvas = cut_out(50, 30, 80, 70), {"aspect": "1:1", "padding": "0.25", "anchor": "bottom"}
    if how == "json":
        started = painted.generate(image=inline(photo), prompt="a showroom", canvas=canvas)
    else:
        parts = {f"canvas.{name}": value for name, value in canvas.items()}
        fields = {"model": "changebg", "prompt": "a showroom", **parts}
        started = painted.post("/generate", data=fields, files={"image": ("a.png", photo)}, headers=AT_ONCE)
    assert started.status_code == 202, started.text
    running.run(generation_id=UUID(started.json()["id"]))
    result = painted.get(f"/generations/{started.json()['id']}").json()["result"]
    # The subject is 30 x 40, its margin 10: 50 x 60 are needed, so a square of 60 whose floor is 10 below it.
    assert (result["width"], result["height"]) == (60, 60)
    assert result["subject"]["offset_px"] == [-35, -20]
    assert (result["subject"]["unchanged_fraction"], result["subject"]["max_difference"]) == (1.0, 0)
    row = Generation.objects.get(id=result["id"])
    out = rgb(storage.read(row.result_key))
    assert out.shape == (60, 60, 3)
    assert np.array_equal(out[10:50, 15:45], rgb(photo)[30:70, 50:80])
    assert grey(storage.read(row.inputs["matte"]["object_key"])).shape == (HEIGHT, WIDTH)


@pytest.mark.parametrize(
    ("box", "canvas", "rule"),
    [
        ((5, 30, 35, 70), {"aspect": "1:1", "padding": 0, "anchor": "center"}, "cuts_subject"),
        ((0, 30, WIDTH, 70), {"aspect": "16:9"}, "opens_cut_edge"),
        ((50, 30, 60, 40), {"padding": 0}, "too_large"),
    ],
)
def test_an_impossible_frame_ends_failed_and_costs_nothing(painted, box, canvas, rule):
    identity = painted.made(image=inline(cut_out(*box)), canvas=canvas)
    answer = painted.get(f"/generations/{identity}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["rule"]) == (200, "CANVAS_NOT_POSSIBLE", rule)
    assert "not charged" in error["message"]
    assert Generation.objects.get(id=identity).state == "failed"
    assert painted.someone.available == 10
    assert invariants.breaks() == []


def test_the_same_call_again_answers_422(painted):
    call = {"image": inline(cut_out(50, 30, 60, 40)), "canvas": {"padding": 0}, "headers": {"Idempotency-Key": "k"}}
    running.run(generation_id=UUID(painted.generate(**call).json()["id"]))
    again = painted.generate(**call)
    assert (again.status_code, again.json()["error"]["rule"]) == (422, "too_large"), json.dumps(again.json())
    assert again.headers["X-Tokens-Charged"] == "0"
