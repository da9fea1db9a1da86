"""Every program of the guides runs as it stands, but for host, key and picture, against a live copy with a test key."""

import json
import re
import subprocess
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook

from generations.samples import for_request, guides, of_guide
from tests import pictures
from tests.live import free_port
from tests.programs import COMMANDS, run_program, until_answers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"generation.succeeded","status":"success","result":{"id":"x"}}'
MAKES_A_PICTURE = ("first_picture", "polling", "retrying", *guides.REQUESTS)


def test_every_program_has_a_test_and_a_page():
    assert guides.names() == {*MAKES_A_PICTURE, "balance", "refused", "webhook"}


@pytest.fixture(scope="module")
def key(live):
    return live.key_of(live.person(), livemode=False)


@pytest.fixture
def program(site, photo, key, tmp_path):
    """Run one program of the guides in one language with a test key; return what it printed."""

    def run(name, language):
        code = of_guide(name, base_url=site, key=key)[language]
        done = run_program(language, code.replace(guides.PHOTO, f"http://{photo}/furniture-photo.jpg"), tmp_path)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.mark.parametrize("language", ["curl", "javascript", "python"])
@pytest.mark.parametrize("name", MAKES_A_PICTURE)
def test_a_program_that_makes_a_picture_makes_one(program, name, language):
    said = program(name, language).stdout
    url = re.search(r"https?://\S+?\.(?:png|webp)[^\s\"]*", said)
    assert url, said
    made = pictures.rgb(httpx.get(url[0]).raise_for_status().content)
    assert min(made.shape[:2]) > 100
    if name == "square":
        assert made.shape[0] == made.shape[1]


def test_the_form_makes_a_picture_of_the_file_beside_it(site, key, tmp_path):
    (tmp_path / "furniture-photo.jpg").write_bytes(pictures.CHAIR.read_bytes())
    for body in guides.REQUESTS.values():
        done = run_program("curl", for_request(body=body, base_url=site, key=key)["multipart"], tmp_path)
        assert json.loads(done.stdout)["status"] == "success", done.stdout


def test_the_call_that_is_repeated_is_the_same_picture(program):
    first, again = (json.loads(program("retrying", "curl").stdout)["result"]["id"] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("language", ["curl", "javascript", "python"])
def test_the_balance_is_told(program, language):
    said = program("balance", language).stdout
    assert re.findall(r"\d+", said)[:3] == ["0", "0", "0"], said


@pytest.mark.parametrize("language", ["curl", "javascript", "python"])
def test_the_refusal_names_its_code_and_the_fields(program, language):
    done = program("refused", language)
    said = done.stdout + done.stderr
    assert "422" in said
    assert "INVALID_PARAMETERS" in said
    assert "format" in said
    assert "Choose one of 'png', 'jpeg' or 'webp'." in said


@pytest.fixture(params=["javascript", "python"])
def receiver(request, tmp_path):
    """The address of a running receiver of webhooks, and where it writes what it was told."""
    port, language = free_port(), request.param
    code = of_guide("webhook", base_url="http://localhost")[language]
    assert code.count("whsec_your_secret") == code.count("8080") == 1
    path = tmp_path / ("receiver.mjs" if language == "javascript" else "receiver.py")
    path.write_text(code.replace("whsec_your_secret", SECRET).replace("8080", str(port)), encoding="utf-8")
    written = tmp_path / "said"
    with written.open("wb") as said:
        process = subprocess.Popen(COMMANDS[language](path), stdout=said, stderr=subprocess.DEVNULL)
        try:
            until_answers(f"http://localhost:{port}")
            yield f"http://localhost:{port}", written
        finally:
            process.kill()
            process.wait()


def signed(*, body=BODY, at=None, secret=SECRET):
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,AAAA {Webhook(secret).sign('msg_1', at, body)}",
    }


def test_the_receiver_believes_us_and_nobody_else(receiver):
    url, written = receiver
    assert httpx.post(url, content=BODY, headers=signed()).status_code == 204
    forged = [
        signed(body=BODY + " "),
        signed(secret="whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        signed(at=datetime(2020, 1, 1, tzinfo=UTC)),
        {},
        signed() | {"webhook-id": "msg_2"},
        signed() | {"webhook-timestamp": "soon"},
    ]
    assert [httpx.post(url, content=BODY, headers=headers).status_code for headers in forged] == [400] * len(forged)
    assert written.read_text() == "msg_1 generation.succeeded\n"
