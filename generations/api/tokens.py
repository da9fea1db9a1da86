"""The shapes of our answers about tokens, for the description."""

from datetime import date
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

FIGURES: JsonDict = {"tokens_used": 12, "tokens_returned": 1, "pictures": 12, "failures": 2, "canceled": 0}


class Balance(Schema):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "success", "available": 9, "held": 1, "owed": 0}]}
    )

    status: Literal["success"]
    available: int = Field(ge=0)
    held: int = Field(ge=0)
    owed: int = Field(ge=0, description="Tokens a refund took back after they were spent.")


class Figures(Schema):
    tokens_used: int = Field(ge=0)
    tokens_returned: int = Field(ge=0, description="Of the tokens used, those that came back with refused pictures.")
    pictures: int = Field(ge=0)
    failures: int = Field(ge=0, description="Generations that ended without a picture, and cost nothing.")
    canceled: int = Field(ge=0)


class UsedKey(Schema):
    """An API key as its page names it."""

    id: UUID
    name: str
    key: str = Field(description="Its prefix and last four characters.")


class Group(Figures):
    """Named by exactly one of `day`, `model` and `key`; `key` is null for pages and deleted keys."""

    day: date | None = None
    model: str | None = None
    key: UsedKey | None = None


class Usage(Schema):
    """Every day of the range in order; keys and models by tokens used, at most 100. `total` counts everything."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "success",
                    "from": "2026-11-22",
                    "to": "2026-11-22",
                    "group_by": "day",
                    "usage": [{"day": "2026-11-22", **FIGURES}],
                    "total": FIGURES,
                }
            ]
        }
    )

    status: Literal["success"]
    first: date = Field(alias="from")
    to: date
    group_by: Literal["day", "key", "model"]
    usage: list[Group]
    total: Figures
