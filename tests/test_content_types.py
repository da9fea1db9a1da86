"""Whatever a Content-Type says of its charset, no page and no call answers with a fault of ours."""

import encodings
import pkgutil
from encodings.aliases import aliases

import pytest

from tests import factories
from tests.generations.api.calling import calls

CODECS = sorted({found.name for found in pkgutil.iter_modules(encodings.__path__)} | set(aliases))
OURS = {"utf8", "ascii"}
ODD = [
    "multipart/form-data; boundary=x; charset=nonsense",
    'multipart/form-data; boundary=x; charset="hex"',
    "multipart/form-data; boundary=x; charset = hex",
    "multipart/form-data; boundary=x; Charset=utf-8x",
    "multipart/form-data; boundary=x; charset=\u00e9",
    "multipart/form-data; boundary=x; charset=utf-8; charset=hex",
    "multipart/form-data; boundary=x; charset*=hex''%41",
    "multipart/form-data; boundary=x; charset*0=he; charset*1=x",
    "multipart/form-data; boundary=x; a*=nonsense''b",
    "application/json; a*=undefined''%41",
    "application/json, text/plain; charset=hex",
    'text/plain; a="b;charset=hex',
    "text/plain" + ";  a=b  " * 1000 + "(",
]
PLAIN = [
    "multipart/form-data; boundary=x",
    'multipart/form-data; boundary="x"; charset=UTF-8',
    'multipart/form-data;charset="utf-8";boundary=x;',
    "multipart/form-data; boundary=x; charset=us-ascii",
    "multipart/form-data; boundary=----WebKitFormBoundary0123456789abcdef",
]
PAGES = [
    "/",
    "/studio",
    "/studio/upload",
    "/accounts/login/",
    "/accounts/signup/",
    "/developers/keys/create",
    "/billing",
]


def form(name, value):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n--x--\r\n'.encode()


def sent(path, kinds, **headers):
    """The statuses of one form sent to this address under each of these content types."""
    answers = calls(
        *(
            {
                "method": "POST",
                "url": path,
                "content": form("prompt", "a room") if "multipart" in kind else b"prompt=a+room%C3%A9",
                "headers": {**headers, "Content-Type": kind.encode("latin-1")},
            }
            for kind in kinds
        )
    )
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.django_db
def test_no_codec_of_python_makes_a_page_stumble(path, kind):
    plain = sent(path, [kind])[0]
    statuses = dict(zip(CODECS, sent(path, [f"{kind}; charset={codec}" for codec in CODECS]), strict=True))
    assert len(statuses) > 300
    assert plain < 500
    # Django takes an urlencoded form in what is called utf-8, by no other name.
    assert {statuses[codec] for codec in OURS} <= {plain, 400}
    assert {status for codec, status in statuses.items() if codec not in OURS | {"us_ascii"}} == {415}


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json"])
@pytest.mark.usefixtures("committed_db")
def test_nor_the_api(kind):
    key = factories.key_of(factories.person("erin"))
    kinds = [f"{kind}; charset={codec}" for codec in CODECS]
    statuses = dict(zip(CODECS, sent("/api/v1/generate", kinds, Authorization=f"Bearer {key}"), strict=True))
    assert {statuses[codec] for codec in OURS} <= {400, 422}
    assert {status for codec, status in statuses.items() if codec not in OURS} == {415}


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/models"])
@pytest.mark.django_db
def test_other_spellings_are_refused_and_plain_ones_are_not(path):
    assert set(sent(path, ODD)) == {415}
    assert {415} & set(sent(path, PLAIN)) == set()


def test_the_refusal_is_in_the_one_shape():
    answer = calls({"method": "POST", "url": "/studio", "headers": {"Content-Type": ODD[0]}})[0]
    assert answer.json()["error"]["code"] == "UNSUPPORTED_MEDIA_TYPE"
    assert "UTF-8" in answer.json()["error"]["message"]
