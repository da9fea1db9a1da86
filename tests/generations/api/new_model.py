"""A model that exists nowhere else: the whole of what somebody writes to add one."""

from typing import Any, Literal

from pydantic import Field

from generations.catalog.base import CatalogModel, Parameters, Part, Prompt, Seed
from generations.catalog.inputs import ImageInput, InlineImage, UploadImage, UrlImage


class Weather(Part):
    """What the sky does."""

    sky: Literal["clear", "clouds"] = Field("clear", description="The sky above.")
    wind: int | None = Field(None, ge=0, le=12, description="Beaufort.")


class Postcard(Parameters):
    """The parameters of `postcard`."""

    model: Literal["postcard"] = Field(description='Must be "postcard".')
    image: ImageInput = Field(description="URL of the image.")
    place: Prompt = Field(description="Where the card is from.")
    season: Literal["summer", "winter"] = Field("summer", description="When it was sent.")
    stamps: int = Field(1, ge=0, le=9, description="How many stamps.")
    signed: bool = Field(False, description="Whether somebody signed it.")
    weather: Weather | None = Field(None, description="How it was there.")
    format: Literal["png", "jpeg"] = Field("png", description="Output format.")
    seed: Seed | None = Field(None, description="The same seed gives the same picture.")

    def pictures(self) -> dict[str, UrlImage | InlineImage | UploadImage]:
        """Return the photo."""
        return {"image": self.image}

    def settings(self) -> dict[str, Any]:
        """Return what the painter is told: a place in words, and what became of the rest."""
        own = self.model_dump(include={"season", "stamps", "signed", "weather"})
        return {"prompt": f"{self.place} in {self.season}", "format": self.format, "seed": self.seed, **own}


MODEL = CatalogModel(
    id="postcard",
    name="Postcard AI",
    category="Explore",
    tokens=3,
    summary="A card from anywhere",
    overview="Postcard AI puts the subject of an image where you say.",
    tips=("Name a place that has a horizon.",),
    parameters=Postcard,
    request={
        "model": "postcard",
        "image": "https://example.com/furniture-photo.jpg",
        "place": "a beach",
        "weather": {"sky": "clouds"},
    },
    response={"status": "success", "result": {"image_url": "https://example.com/r", "model": "postcard"}},
)
