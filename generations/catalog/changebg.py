"""Change Background AI: the subject of a photograph stays, everything round it is new."""

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from generations.catalog.base import (
    CatalogModel,
    Color,
    Parameters,
    Part,
    Prompt,
    Seed,
    no_flag_for_number,
)
from generations.catalog.inputs import ImageInput, InlineImage, UploadImage, UrlImage

PROMPT_OR_BACKGROUND = "Describe the new background, or give a colour or picture as `background`."

SIDE = r"(?:100|[1-9][0-9]?)"
ASPECT = re.compile(f"^(?:original|{SIDE}:{SIDE})$")
NO_ASPECT = (
    "Give original or a ratio of whole numbers from 1 to 100, as 4:5, no narrower than 1:4 and no wider than 4:1."
)


def _aspect(text: str) -> str:
    if not ASPECT.fullmatch(text):
        raise PydanticCustomError("aspect", NO_ASPECT)
    sides = [int(side) for side in text.split(":") if side.isdigit()]
    if sides and max(sides) > 4 * min(sides):
        raise PydanticCustomError("aspect", NO_ASPECT)
    return text


Aspect: TypeAlias = Annotated[
    str,
    AfterValidator(_aspect),
    WithJsonSchema(
        {"type": "string", "pattern": ASPECT.pattern, "examples": ["1:1", "4:5", "3:4", "16:9", "9:16", "original"]}
    ),
]
Padding: TypeAlias = Annotated[float, AllowInfNan(False), Field(ge=0, le=0.5), BeforeValidator(no_flag_for_number)]


class Background(Part):
    """A background of the caller's own instead of a painted one: a colour or a picture, not both."""

    color: Color | None = Field(None, description="One colour, as #rrggbb.", examples=["#f4f1ea"])
    image: ImageInput | None = Field(None, description="A picture; given as `image` is.")
    fit: Literal["cover", "contain"] = Field("cover", description="How the picture fills the frame.")


class Canvas(Part):
    """The frame of the result: it grows or crops round the subject by whole pixels; the subject is never scaled."""

    aspect: Aspect = Field("original", description="Width to height: original, or whole numbers as 1:1 or 4:5.")
    padding: Padding | None = Field(
        None,
        description="Room on every side, as a share of the subject's longer side. Without it the frame is at least "
        "as large as the photo.",
    )
    anchor: Literal["subject", "center", "bottom"] = Field("subject", description="What the frame is placed by.")


class ChangeBg(Parameters):
    """The parameters of `changebg`."""

    model: Literal["changebg"] = Field(description='Must be "changebg".')
    image: ImageInput = Field(
        description="URL of the image. A data:image/…;base64, address or the id of an upload will do, too."
    )
    prompt: Prompt | None = Field(
        None,
        description='Describe the new background (e.g. "a sunlit modern living room" or "a tropical beach at '
        'sunset"). Required unless `background` is given.',
    )
    format: Literal["png", "jpeg", "webp"] = Field("png", description="Output format.")
    seed: Seed | None = Field(None, description="The same seed and parameters give the same picture.")
    shadow: Literal["none", "contact"] = Field("contact", description="The subject's shadow on the new ground.")
    mask: ImageInput | None = Field(
        None, description="A picture whose white is kept, instead of the subject we find; given as `image` is."
    )
    background: Background | None = Field(None, description="A colour or picture instead of a painted scene.")
    canvas: Canvas | None = Field(
        None, description="The frame of the result. One that would cut the subject is refused and costs nothing."
    )

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
        """Return prompt, format, seed, shadow and canvas; `background` as {"color"} or {"fit"} (its picture is an
        input)."""
        values = self.model_dump(include={"prompt", "format", "seed", "shadow"})
        if self.background:
            kept = "color" if self.background.color else "fit"
            values["background"] = {kept: getattr(self.background, kept)}
        if self.canvas:
            values["canvas"] = self.canvas.model_dump()
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
