"""GET /generations/{id}/proof: who may ask, what it says, and until when."""

import hashlib
import io
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import numpy as np
import pytest
from django.utils import timezone
from PIL import Image

from generations import services
from generations.models import Generation
from tests import factories
from tests.generations.api.calling import AT_ONCE, calls, program
from tests.generations.api.test_canvas import cut_out, inline
from tests.generations.api.test_refusals import refused

PHOTO = cut_out(50, 30, 80, 70)
ASKED = {"image": inline(PHOTO), "background": {"color": "#102030"}, "prompt": None}
FIELDS = {
    *("kept_pixels", "input_sha256", "result_sha256", "equal", "offset_px", "lossless", "encoding"),
    *("matte_url", "input_url", "subject"),
}


def pixels(link):
    """What stands behind a signed link, asked for without any key."""
    answer = calls({"method": "GET", "url": link})[0]
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as image:
        return image.format, np.asarray(image)


def proof_of(caller, identity):
    answer = caller.get(f"/generations/{identity}/proof")
    assert (answer.status_code, answer.json()["status"], answer.json()["id"]) == (200, "success", identity)
    return answer.json()["proof"]


@pytest.mark.parametrize("canvas", [None, {"aspect": "1:1", "padding": 0.25}], ids=["photo", "canvas"])
def test_the_digests_can_be_taken_again(painted, canvas):
    identity = painted.made(**ASKED, canvas=canvas)
    result = painted.get(f"/generations/{identity}").json()["result"]
    proof = proof_of(painted, identity)
    assert set(proof) == FIELDS
    (form, before), (matte_form, matte), (_, after) = (
        pixels(link) for link in (proof["input_url"], proof["matte_url"], result["image_url"])
    )
    assert (form, matte_form, matte.dtype, matte.shape) == ("PNG", "PNG", np.uint8, before.shape[:2])
    rows, columns = np.nonzero(matte == 255)
    x, y = proof["offset_px"]
    taken = [hashlib.sha256(before[rows, columns][:, :3].tobytes()), hashlib.sha256(after[rows + y, columns + x])]
    assert [sha.hexdigest() for sha in taken] == [proof["input_sha256"], proof["result_sha256"]]
    assert (proof["kept_pixels"], proof["equal"], proof["lossless"]) == (30 * 40, True, True)
    assert proof["encoding"] == {"max_difference": 0, "mean_difference": 0.0}
    assert proof["subject"] == result["subject"]
    assert proof["offset_px"] == result["subject"]["offset_px"]
    assert (proof["offset_px"] == [0, 0]) is (canvas is None)


def test_of_a_cut_out_too(painted):
    proof = proof_of(painted, painted.made(model="removebg", image=ASKED["image"], prompt=None, format="webp"))
    assert (proof["equal"], proof["lossless"]) == (True, True)


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_a_lossy_file_says_so(painted, file_format):
    proof = proof_of(painted, painted.made(**ASKED, format=file_format))
    assert (proof["equal"], proof["lossless"]) == (True, False)
    assert 0 < proof["encoding"]["mean_difference"] < proof["encoding"]["max_difference"] <= 255


def test_the_links_live_as_long_as_the_result(painted):
    identity = painted.made(**ASKED, retention_days=3)
    until = int(Generation.objects.get(id=identity).delete_after.timestamp())
    result, proof = painted.get(f"/generations/{identity}").json()["result"], proof_of(painted, identity)
    for link in (proof["matte_url"], proof["input_url"], result["image_url"]):
        assert parse_qs(urlsplit(link).query)["e"] == [str(until)]
    services.delete_content(generation=Generation.objects.get(id=identity))
    refused(painted.get(f"/generations/{identity}/proof"), 404, "NOT_FOUND")
    assert "proof" not in Generation.objects.get(id=identity).result
    for link in (proof["matte_url"], proof["input_url"]):
        assert calls({"method": "GET", "url": link})[0].status_code == 410


def test_nothing_to_prove(alices):
    open_one = alices.generate().json()["id"]
    failed = alices.made(prompt="[[no-subject]]")
    lapsed = alices.made()
    Generation.objects.filter(id=lapsed).update(delete_after=timezone.now() - timedelta(seconds=1))
    canceled = alices.generate().json()["id"]
    alices.post(f"/generations/{canceled}/cancel")
    handed_back = alices.made()
    services.delete_content(generation=Generation.objects.get(id=handed_back))
    Generation.objects.filter(id=handed_back).update(refused_at=timezone.now())
    before_there_were_proofs = alices.made()
    row = Generation.objects.get(id=before_there_were_proofs)
    row.result.pop("proof")
    row.save()
    for identity in (open_one, failed, lapsed, canceled, handed_back, before_there_were_proofs, uuid4()):
        refused(alices.get(f"/generations/{identity}/proof"), 404, "NOT_FOUND")


def test_whose_it_is_and_with_what_key(alices, charlies):
    identity = alices.made()
    assert alices.get(f"/generations/{identity}/proof").status_code == 200
    other_mode = program(alices.someone, livemode=False)
    for stranger in (charlies, other_mode):
        refused(stranger.get(f"/generations/{identity}/proof"), 404, "NOT_FOUND")
    writer = program(alices.someone, scopes=("generate",))
    refused(writer.get(f"/generations/{identity}/proof"), 403, "MISSING_SCOPE", scope="read")
    bobs = program(factories.person(f"bob-{uuid4().hex[:8]}"))
    refused(bobs.get(f"/generations/{identity}/proof", headers=AT_ONCE), 404, "NOT_FOUND")
    answer: httpx.Response = alices.post(f"/generations/{identity}/proof")
    assert answer.status_code == 405
