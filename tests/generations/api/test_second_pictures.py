"""A refused mask or background is named, whoever sees it first: the gate before the run, or the worker in it."""

from uuid import UUID

import pytest

from generations.models import Generation
from tests.generations.api.test_canvas import cut_out, inline
from tests.generations.api.test_refusals import refused
from tests.generations.material import noise, saved

PHOTO = inline(cut_out(50, 30, 80, 70))
CUT_SHORT = inline(saved(noise(120, 90), "PNG")[:2000])
NAMED = [("mask", {"mask": CUT_SHORT}), ("background", {"background": {"image": CUT_SHORT}, "prompt": None})]


@pytest.mark.parametrize(("name", "fields"), NAMED, ids=["mask", "background"])
def test_the_worker_s_refusal_names_it(painted, name, fields):
    identity = painted.made(image=PHOTO, **fields)
    answer = painted.get(f"/generations/{identity}")
    error = answer.json()["error"]
    assert (error["code"], error["input"], error["id"]) == ("IMAGE_UNREADABLE", name, identity)
    assert error["message"].startswith(f"In the {name}: We could not read this picture.")
    assert "not charged" in error["message"]
    row = Generation.objects.get(id=UUID(identity))
    assert (row.error_extra, painted.someone.available) == ({"input": name}, 10)


@pytest.mark.parametrize("name", ["mask", "background"])
def test_the_gate_s_refusal_names_it(alices, name):
    bad = "data:image/png;base64,R0lGODlhAAAA"
    fields = {"mask": bad} if name == "mask" else {"background": {"image": bad}}
    answer = alices.generate(**fields)
    refused(answer, 422, "IMAGE_FORMAT_NOT_ALLOWED", input=name)
    assert answer.json()["error"]["message"].startswith(f"In the {name}: This file is a GIF.")


def test_the_photo_s_own_refusal_names_nothing(painted):
    error = painted.get(f"/generations/{painted.made(image=CUT_SHORT)}").json()["error"]
    assert error["message"].startswith("We could not read this picture.")
    assert "input" not in error


def test_a_mask_that_keeps_nothing_says_so(painted):
    identity = painted.made(image=PHOTO, mask=inline(saved(noise(120, 90) // 255, "PNG")))
    error = painted.get(f"/generations/{identity}").json()["error"]
    assert error["code"] == "INVALID_PARAMETERS"
    assert error["message"].startswith(error["fields"]["mask"][0])
