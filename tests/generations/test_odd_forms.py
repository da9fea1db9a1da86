"""What a form may carry by mistake or malice is refused on the page, and test runs stay out of the gallery."""

import pytest
from django.test import Client

from generations.models import Generation
from tests.factories import Person
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "files", "quick")


@pytest.fixture
def signed_in(client: Client, alice: Person) -> Client:
    client.force_login(alice.user)
    return client


@pytest.mark.parametrize("field", ["upload", "background_upload", "again", "sample"])
@pytest.mark.parametrize("value", ["\0", "upl_\0", "upl_" + "x" * 300, "\ud800".encode("utf-8", "replace").decode()])
def test_an_id_that_is_none_is_a_page_not_a_fault(signed_in: Client, field: str, value: str) -> None:
    answer = signed_in.post("/studio", {field: value, "prompt": "a room", "background_kind": "scene"})
    assert answer.status_code in {200, 422}
    assert Generation.objects.count() == 0


def test_a_test_run_is_not_among_one_s_pictures(signed_in: Client, alice: Person) -> None:
    generation = submitted(alice)
    assert signed_in.get(f"/g/{generation.id}").status_code == 200
    Generation.objects.filter(id=generation.id).update(livemode=False)
    assert signed_in.get(f"/g/{generation.id}").status_code == 404
    assert f"/g/{generation.id}" not in signed_in.get("/gallery").content.decode()
