"""Remove Background AI: the subject of a photograph alone, on transparency."""

from typing import Any, Literal

from django.utils.translation import gettext_noop
from pydantic import Field

from generations.catalog.base import CatalogModel, Parameters
from generations.catalog.inputs import ImageInput, InlineImage, UploadImage, UrlImage


class RemoveBg(Parameters):
    """The parameters of `removebg`."""

    model: Literal["removebg"] = Field(description='Must be "removebg".')
    image: ImageInput = Field(
        description="URL of the image. A data:image/…;base64, address or the id of an upload will do, too."
    )
    format: Literal["png", "webp"] = Field(
        "png", description="Output format; both keep transparency and every pixel. JPEG has no transparency."
    )

    def pictures(self) -> dict[str, UrlImage | InlineImage | UploadImage]:
        """Return the photo."""
        return {"image": self.image}

    def settings(self) -> dict[str, Any]:
        """Return the format, and that the subject is wanted without any background."""
        return {"format": self.format, "result": "cutout"}


MODEL = CatalogModel(
    id="removebg",
    name="Remove Background AI",
    category="Tools",
    tokens=1,
    summary="Cut the subject out",
    overview=gettext_noop(
        "Remove Background AI finds the subject of an image and returns it on a transparent background. The subject "
        "keeps its size, its place in the frame and every pixel; soft edges are freed of the old background's color."
    ),
    tips=(
        "A subject that stands out from what is behind it gives the cleanest edge.",
        "Use PNG where programs must open it everywhere, WebP for smaller files; both are lossless.",
        "A picture that is cut out already keeps its own transparency.",
    ),
    parameters=RemoveBg,
    request={"model": "removebg", "image": "https://example.com/furniture-photo.jpg"},
    response={
        "status": "success",
        "result": {
            "image_url": "https://storage.googleapis.com/...",
            "model": "removebg",
            "tokens_used": 1,
            "processing_time_ms": 900,
        },
    },
)
