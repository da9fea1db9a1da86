"""Addresses of result files. The name is matched in full, so that no other path reaches storage."""

from django.urls import path, register_converter

from generations.views.results import result_file


class FileName:
    """128 random bits and one of the formats we write."""

    regex = r"[0-9a-f]{32}\.(?:png|jpg|webp)"

    def to_python(self, value: str) -> str:
        """Return the name as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """Return the name for an address."""
        return value


register_converter(FileName, "picture")

urlpatterns = [path("r/<uuid:generation_id>/<picture:name>", result_file, name="result")]
