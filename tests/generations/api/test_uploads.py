"""POST /uploads: a picture sent once, used by its id for a day, by the keys of one mode of one workspace."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from billing import invariants
from generations import retention, running
from generations.models import Generation, Upload
from tests.generations import quick_pictures
from tests.generations.api.calling import AT_ONCE, BODY, PNG, program
from tests.generations.api.test_refusals import nothing_happened, png_of, refused

FIELDS = [("image", "image"), ("mask", "mask"), ("background.image", "background")]


def send(caller, data=PNG, **request):
    return caller.post("/uploads", files={"file": ("photo.jpg", data)}, **request)


def naming(field, upload_id):
    """The changes to a call that names the upload there."""
    return {"background": {"image": upload_id}} if field == "background.image" else {field: upload_id}


def test_a_picture_is_kept_for_a_day(alices):
    answer = send(alices)
    body = answer.json()
    assert answer.status_code == 200, answer.text
    left = datetime.fromisoformat(body.pop("expires_at")) - datetime.now(UTC)
    assert timedelta(hours=23, minutes=55) < left <= timedelta(hours=24)
    identity = body.pop("id")
    assert body == {"status": "success", "format": "png", "width": 16, "height": 16, "size": len(PNG)}
    assert Upload.objects.get(id=identity).workspace == alices.someone.workspace
    assert (answer.headers["X-Tokens-Charged"], answer.headers["X-Tokens-Remaining"]) == ("0", "10")
    nothing_happened(alices.someone)


def test_the_same_again_is_the_same_upload(alices, charlies):
    first, again = send(alices).json(), send(alices).json()
    assert again["id"] == first["id"]
    assert again["expires_at"] > first["expires_at"]
    assert send(charlies).json()["id"] != first["id"]


@pytest.mark.parametrize(("field", "name"), FIELDS, ids=[field for field, _ in FIELDS])
def test_it_is_used_by_its_id(alices, field, name):
    identity = send(alices, quick_pictures.png(shade=7)).json()["id"]
    made = alices.made(**naming(field, identity))
    row = Generation.objects.get(id=made)
    assert (row.state, row.tokens_used) == ("succeeded", 1)
    assert invariants.breaks() == []
    assert (name in row.inputs, alices.someone.available) == (True, 9)


def test_a_form_may_name_it_too(alices):
    identity = send(alices).json()["id"]
    form = {"model": "changebg", "image": identity, "background.image": identity}
    files = {"mask": ("m.png", PNG)}
    answer = alices.post("/generate", headers=AT_ONCE, data=form, files=files)
    assert answer.status_code == 202, answer.text
    assert set(Generation.objects.get(id=answer.json()["id"]).inputs) == {"image", "mask", "background"}


@pytest.mark.parametrize("field", [field for field, _ in FIELDS])
def test_a_stranger_s_and_the_other_mode_s_are_not_there(alices, charlies, field):
    marked = program(alices.someone, livemode=False)
    live, test, strange = (send(one).json()["id"] for one in (alices, marked, charlies))
    assert len({live, test, strange}) == 3
    for caller, identity in ((alices, test), (alices, strange), (marked, live), (marked, strange)):
        answer = caller.generate(**naming(field, identity))
        refused(answer, 422, "INVALID_PARAMETERS", fields={field: ["There is no such upload, or it has lapsed."]})
    for caller, identity in ((alices, live), (marked, test)):
        assert caller.generate(**naming(field, identity)).status_code == 202


def test_deleting_in_one_mode_takes_nothing_from_the_other(alices):
    marked = program(alices.someone, livemode=False)
    live, test = (send(one).json()["id"] for one in (alices, marked))
    identity = marked.made(image=test)
    assert marked.delete(f"/generations/{identity}").status_code == 200
    assert marked.generate(image=test).status_code == 422
    assert alices.generate(image=live).status_code == 202


def test_a_lapsed_one_is_gone(alices):
    identity = send(alices).json()["id"]
    Upload.objects.filter(id=identity).update(delete_after=datetime.now(UTC) - timedelta(hours=2))
    retention.purge()
    assert alices.generate(image=identity).status_code == 422
    assert send(alices).json()["id"] != identity


def test_a_picture_made_of_one_outlives_it(alices):
    identity = send(alices).json()["id"]
    started = alices.generate(image=identity).json()["id"]
    Upload.objects.filter(id=identity).update(delete_after=datetime.now(UTC))
    retention.purge()
    running.run(generation_id=UUID(started))
    assert Generation.objects.get(id=started).state == "succeeded"


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"data": {"note": "x"}, "files": {"file": ("a.png", PNG)}}, {"note"}),
        ({"files": {"image": ("a.png", PNG)}}, {"file", "image"}),
        ({"data": {"file": "upl_x"}, "files": {"other": ("a.png", PNG)}}, {"file", "other"}),
        ({"files": [("file", ("a.png", PNG)), ("file", ("b.png", PNG))]}, {"file"}),
        ({"files": {"file.image": ("a.png", PNG)}}, {"file"}),
        ({"files": [(f"f{n}", ("a.png", PNG)) for n in range(11)]}, set()),
        ({"content": b"--x\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, set()),
    ],
    ids=["a field more", "another name", "text", "two files", "a part", "too many", "broken"],
)
def test_a_form_that_is_not_one_file(alices, form, fields):
    answer = alices.post("/uploads", **form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID_PARAMETERS"), answer.text
    assert fields <= set(answer.json()["error"]["fields"])
    assert not Upload.objects.filter(workspace=alices.someone.workspace).exists()


@pytest.mark.parametrize("kind", ["application/json", "image/png", ""])
def test_only_a_form_is_taken(alices, kind):
    answer = alices.post("/uploads", content=b"{}", headers={"Content-Type": kind})
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("data", "status", "code", "extra"),
    [
        (b"", 422, "IMAGE_UNREADABLE", {}),
        (b"<svg/>", 422, "IMAGE_FORMAT_NOT_ALLOWED", {}),
        (PNG[:30], 422, "IMAGE_UNREADABLE", {}),
        (png_of(8000, 8000), 413, "IMAGE_TOO_LARGE", {"limit_pixels": 25_000_000}),
        (PNG + bytes(20 * 2**20), 413, "IMAGE_TOO_LARGE", {"limit_bytes": 20 * 2**20}),
    ],
    ids=["empty", "svg", "cut short", "pixels", "bytes"],
)
def test_what_the_gate_refuses(alices, data, status, code, extra):
    refused(send(alices, data), status, code, **extra)
    assert not Upload.objects.filter(workspace=alices.someone.workspace).exists()


def test_the_guard_s_limit(alices):
    headers = {"Content-Length": str(41 * 2**20 + 1), "Content-Type": "multipart/form-data; boundary=x"}
    refused(alices.post("/uploads", content=b"x", headers=headers), 413, "BODY_TOO_LARGE", limit_bytes=41 * 2**20)


def test_the_quota(alices, settings):
    settings.KEPT_OBJECTS_CAP = 1
    send(alices)
    answer = send(alices, quick_pictures.png(shade=9))
    sentence = "We keep at most 1 pictures and 2048 MiB of what a workspace sent. Delete some first."
    refused(answer, 422, "INVALID_PARAMETERS", fields={"image": [sentence]})


def test_the_scope(alices):
    narrow = program(alices.someone, scopes=("read", "billing:read", "webhooks"))
    refused(send(narrow), 403, "MISSING_SCOPE", scope="generate")


def test_the_studio_does_not_use_what_a_test_key_sent(alices, client):
    identity = send(program(alices.someone, livemode=False)).json()["id"]
    client.force_login(alices.someone.user)
    page = client.post("/studio", {"upload": identity, "prompt": BODY["prompt"], "background_kind": "scene"})
    assert page.status_code == 422
    assert not Generation.objects.filter(workspace=alices.someone.workspace).exists()
