"""The entry of removebg: a photo and a format, nothing else."""

import pytest

from generations import catalog
from generations.catalog import UrlImage
from generations.errors import InvalidParameters

MODEL = catalog.get("removebg")
URL = "https://example.com/furniture-photo.jpg"


def test_what_it_is():
    assert (MODEL.name, MODEL.category, MODEL.tokens) == ("Remove Background AI", "Tools", 1)
    read = MODEL.validated(MODEL.request)
    assert read.pictures() == {"image": UrlImage(URL)}
    assert read.settings() == {"format": "png", "result": "cutout"}
    assert [row.name for row in MODEL.table()] == ["model", "image", "format", "retention_days", "webhook_url"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"format": "jpeg"}, "format"),
        ({"prompt": "a beach"}, "prompt"),
        ({"seed": 7}, "seed"),
        ({"background": {"color": "#ffffff"}}, "background"),
        ({"image": None}, "image"),
    ],
    ids=str,
)
def test_what_it_does_not_take(changed, field):
    with pytest.raises(InvalidParameters) as refusal:
        MODEL.validated({"model": "removebg", "image": URL} | changed)
    assert set(refusal.value.extra["fields"]) == {field}
