"""The shapes of our answers, for the description: `bodies` and `errors` build them, tests compare the two."""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, RootModel
from pydantic.config import JsonDict

from generations import wording
from generations.api.reasons import Reason

ALWAYS = (400, 401, 403, 406, 413, 415, 429, 500)
PUBLIC = (400, 406, 413, 415, 429, 500)
ID = "01993b52-7a3e-7c51-9d11-3f0f4a6c8e21"
HERE = f"https://roomai.example/api/v1/generations/{ID}"
RESULT: JsonDict = {
    "image_url": f"https://roomai.example/r/{ID}/0f3c9d5e7b1a4c2688d0e4f6a1b2c3d4.png?e=1798761600&s=…",
    "model": "changebg",
    "tokens_used": 1,
    "processing_time_ms": 1460,
    "id": ID,
    "width": 1024,
    "height": 1024,
    "format": "png",
    "seed": 7,
    "engine": "embedded",
    "expires_at": "2026-12-22T15:30:00+00:00",
    "subject": {
        "unchanged_fraction": 1.0,
        "max_difference": 0,
        "coverage": 0.31,
        "core_fraction": 0.93,
        "edge_fraction": 0.07,
        "offset_px": [0, 0],
    },
}

SUCCEEDED: JsonDict = {"status": "success", "result": RESULT}
PROCESSING: JsonDict = {
    "status": "processing",
    "id": ID,
    "status_url": HERE,
    "cancel_url": f"{HERE}/cancel",
    "processing_url": HERE,
}
ITEM: JsonDict = {"id": ID, "state": "succeeded", "model": "changebg", "created_at": "2026-11-22T15:30:00+00:00"}


class Subject(Schema):
    """Measured before encoding; null where the picture has no pixel that is kept in full."""

    unchanged_fraction: float | None
    max_difference: int | None
    coverage: float | None
    core_fraction: float | None
    edge_fraction: float | None
    offset_px: tuple[int, int]


class HandedBack(Schema):
    """When the picture was refused, and the tokens that came back."""

    at: datetime
    tokens_returned: int


class Result(Schema):
    """A finished picture. `image_url` is null once its content was deleted, and while it is in the trash."""

    image_url: str | None
    model: str
    tokens_used: int
    processing_time_ms: int | None
    id: UUID
    width: int | None
    height: int | None
    format: str | None
    seed: int | None = Field(description="What the background was painted by; null where nothing was painted.")
    engine: str | None = Field(description="Who painted the background; `none` where you gave one.")
    expires_at: datetime
    subject: Subject | None
    scene: dict[str, Any] | None = Field(
        None, description="From the embedded engine: which words of the prompt it could follow."
    )
    refused: HandedBack | None = Field(None, description="Only where the picture was handed back.")


class Success(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [SUCCEEDED]})

    status: Literal["success"]
    result: Result


class Processing(Schema):
    """Not ready yet. Ask `status_url`, or `/results` with `processing_url`, until it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [PROCESSING]})

    status: Literal["processing"]
    id: UUID
    status_url: str
    cancel_url: str
    processing_url: str


class Error(Schema):
    """`code` is for a machine, `message` for a person; other fields depend on the code."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(json_schema_extra={"enum": list(wording.WORDS)})
    message: str
    request_id: str


class ErrorBody(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "error",
                    "error": {
                        "code": "INSUFFICIENT_TOKENS",
                        "message": "Not enough tokens",
                        "request_id": "01993b52-7a3e-7c51-9d11-3f0f4a6c8e22",
                        "required": 1,
                        "balance": 0,
                    },
                }
            ]
        }
    )

    status: Literal["error"]
    error: Error


class AnyState(RootModel[Success | Processing | ErrorBody]):
    """What `/generate` would answer now."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUCCEEDED, PROCESSING]})


class Item(Schema):
    """One generation of the list: what it is, then `result`, `error` or the addresses, as its state has them."""

    model_config = ConfigDict(extra="allow")

    id: UUID
    state: Literal["queued", "running", "succeeded", "failed", "canceled", "expired"]
    model: str
    created_at: datetime
    status: Literal["success", "processing", "error"]


class Page(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "success", "generations": [ITEM | SUCCEEDED], "next_cursor": None}],
        }
    )

    status: Literal["success"]
    generations: list[Item]
    next_cursor: UUID | None


class Encoding(Schema):
    """How far the delivered file's kept pixels are from the finished ones, of 255; null where there are none."""

    max_difference: int | None
    mean_difference: float | None


class ProofOf(Schema):
    """Digests are SHA-256 over R, G, B of every pixel whose matte is 255, row by row in the input's order; the
    result's is taken before encoding. `lossless`: the file itself decodes to the same."""

    kept_pixels: int
    input_sha256: str
    result_sha256: str
    equal: bool | None = Field(description="null where no pixel is kept in full.")
    offset_px: tuple[int, int] = Field(description="Where the input's pixel (0, 0) lies in the result.")
    lossless: bool
    encoding: Encoding
    matte_url: str = Field(description="PNG, 8-bit grey, of the input's size; 255 is kept in full.")
    input_url: str = Field(description="PNG, the upright sRGB picture the result was made from.")
    subject: Subject


class Proof(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "success",
                    "id": ID,
                    "proof": {
                        "kept_pixels": 302514,
                        "input_sha256": "9f2c" * 16,
                        "result_sha256": "9f2c" * 16,
                        "equal": True,
                        "offset_px": [0, 0],
                        "lossless": True,
                        "encoding": {"max_difference": 0, "mean_difference": 0.0},
                        "matte_url": f"https://roomai.example/r/{ID}/2b0e8d4a6c1f3e5790b7d2c4a6e8f013.png?e=1798761600&s=…",
                        "input_url": f"https://roomai.example/r/{ID}/7d1f3b5a9c0e2d4688f0a2c4e6b8d913.png?e=1798761600&s=…",
                        "subject": RESULT["subject"],
                    },
                }
            ]
        }
    )

    status: Literal["success"]
    id: UUID
    proof: ProofOf


class Canceled(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "canceled", "id": ID, "status_url": HERE}]})

    status: Literal["canceled"]
    id: UUID
    status_url: str


class Refusal(Schema):
    """Why a picture is handed back, on one line."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reason: Reason


class Refused(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "refused", "id": ID, "tokens_returned": 1, "balance": 10}]}
    )

    status: Literal["refused"]
    id: UUID
    tokens_returned: int = Field(ge=0, description="0 where the picture had cost nothing.")
    balance: int = Field(ge=0)


class Deleted(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "deleted", "id": ID}]})

    status: Literal["deleted"]
    id: UUID


Refusals: TypeAlias = dict[int, Any]


def refusals(*statuses: int) -> Refusals:
    """Return the errors an operation with a key can answer: these, and those every such operation can."""
    return dict.fromkeys(sorted({*ALWAYS, *statuses}), ErrorBody)


def public_refusals(*statuses: int) -> Refusals:
    """Return the errors an operation without a key can answer."""
    return dict.fromkeys(sorted({*PUBLIC, *statuses}), ErrorBody)
