"""Change Background AI: the subject of a photograph stays, everything round it is new."""

from typing import Any, Literal

from pydantic import Field

from generations.catalog.base import SEED_MAX, CatalogModel, Color, Parameters, Part, Prompt, WholeNumber
from generations.catalog.inputs import ImageInput, InlineImage, UploadImage, UrlImage

PROMPT_OR_BACKGROUND = "Describe the new background, or give a colour or picture as `background`."


class Background(Part):
    """A background of the caller's own instead of a painted one: a colour or a picture, not both."""

    color: Color | None = Field(None, description="One colour, as #rrggbb.", examples=["#f4f1ea"])
    image: ImageInput | None = Field(None, description="A picture; given as `image` is.")
    fit: Literal["cover", "contain"] = Field("cover", description="How the picture fills the frame.")


class ChangeBg(Parameters):
    """The parameters of `changebg`."""

    model: Literal["changebg"] = Field(description='Must be "changebg".')
    image: ImageInput = Field(
        description="URL of the image; or a data:image/…;base64, address, or the id of an upload."
    )
    prompt: Prompt | None = Field(
        None,
        description='Describe the new background (e.g. "a sunlit modern living room" or "a tropical beach at '
        'sunset"). Required unless `background` is given.',
    )
    format: Literal["png", "jpeg", "webp"] = Field("png", description="Output format.")
    seed: WholeNumber | None = Field(
        None, ge=0, le=SEED_MAX, description="The same seed and parameters give the same picture."
    )
    shadow: Literal["none", "contact"] = Field("contact", description="The subject's shadow on the new ground.")
    mask: ImageInput | None = Field(
        None, description="A picture whose white is kept, instead of the subject we find; given as `image` is."
    )
    background: Background | None = Field(None, description="A colour or picture instead of a painted scene.")

    def conflicts(self) -> dict[str, list[str]]:
        """Ask for a prompt where nothing else says what the background is, and for one kind of background only."""
        if self.background is None:
            return {} if self.prompt else {"prompt": [PROMPT_OR_BACKGROUND]}
        if self.background.color and self.background.image:
            return {"background": ["Give a colour or a picture, not both."]}
        if not (self.background.color or self.background.image):
            return {"background": ["Give a colour or a picture."]}
        return {}

    def pictures(self) -> dict[str, UrlImage | InlineImage | UploadImage]:
        """Return the photo and, where given, the mask and the background's picture."""
        own = self.background.image if self.background else None
        named = {"image": self.image, "mask": self.mask, "background": own}
        return {name: picture for name, picture in named.items() if picture is not None}

    def settings(self) -> dict[str, Any]:
        """Return prompt, format, seed and shadow; `background` as {"color"} or {"fit"} (its picture is an input)."""
        values = self.model_dump(include={"prompt", "format", "seed", "shadow"})
        if self.background:
            kept = "color" if self.background.color else "fit"
            values["background"] = {kept: getattr(self.background, kept)}
        return values


MODEL = CatalogModel(
    id="changebg",
    name="Change Background AI",
    category="Tools",
    tokens=1,
    summary="Replace background with AI",
    overview=(
        "Change Background AI replaces the background of an image with a new AI-generated scene based on your "
        "text prompt. The subject remains intact while the surroundings are completely replaced. Ideal for "
        "product photography, real estate images, or creative composites."
    ),
    tips=(
        "Be descriptive in your prompt — include lighting, style, and setting for the best results.",
        "Works great for product photography — place furniture in any environment.",
        "The AI automatically detects and preserves the foreground subject.",
    ),
    parameters=ChangeBg,
    request={
        "model": "changebg",
        "image": "https://example.com/furniture-photo.jpg",
        "prompt": "a bright minimalist showroom with white walls and natural light",
    },
    response={
        "status": "success",
        "result": {
            "image_url": "https://storage.googleapis.com/...",
            "model": "changebg",
            "tokens_used": 1,
            "processing_time_ms": 4500,
        },
    },
)
