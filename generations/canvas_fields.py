"""The frame in the studio's form: its fields made of the catalogue's `canvas`, their values, and the way back.

A person chooses a shape first; "as shot" is no canvas at all. Padding is written in percent.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from generations.catalog import CatalogModel, Parameter

AS_SHOT, OWN = "", "own"
AS_PHOTO, AROUND = "photo", "padding"
SIZES = [(AS_PHOTO, _("At least the photo")), (AROUND, _("Round the subject"))]
WORDS: dict[str, str | Promise] = {"original": _("Original")}
ANCHORS: dict[str, str | Promise] = {
    "subject": _("Subject"),
    "center": _("Photo center"),
    "bottom": _("Bottom"),
}
FIELDS = {"canvas.aspect": "canvas_aspect", "canvas.padding": "canvas_padding", "canvas.anchor": "canvas_anchor"}
NAMES = ("canvas_aspect", "canvas_ratio", "canvas_size", "canvas_padding", "canvas_anchor")
FIRST_PADDING = "10"


def fields(model: CatalogModel) -> dict[str, forms.Field]:
    """Return the form's fields for this model's canvas; its choices are the catalogue's."""
    aspect, anchor = (_parameter(model, f"canvas.{name}") for name in ("aspect", "anchor"))
    named = [aspect.default, *(one for one in aspect.examples if one != aspect.default)]
    shapes = [(AS_SHOT, _("As shot")), *((one, WORDS.get(one, one)) for one in named), (OWN, _("Own"))]
    anchors = [(one, ANCHORS.get(one, one)) for one in anchor.choices]
    return {
        "canvas_aspect": forms.ChoiceField(choices=shapes, required=False, initial=AS_SHOT),
        "canvas_ratio": forms.CharField(required=False, max_length=7),
        "canvas_size": forms.ChoiceField(choices=SIZES, required=False, initial=AS_PHOTO),
        "canvas_padding": forms.CharField(required=False, max_length=24, initial=FIRST_PADDING),
        "canvas_anchor": forms.ChoiceField(choices=anchors, required=False, initial=anchor.default),
    }


def most_padding(model: CatalogModel) -> int:
    """Return the largest padding in percent."""
    return round(100 * (_parameter(model, "canvas.padding").most or 1))


def refused(model: CatalogModel) -> dict[str, str | Promise]:
    """Return what to say, by field, where the catalogue refuses a value: its own sentence speaks of shares."""
    return {
        "canvas_ratio": _("Write two whole numbers from 1 to 100, as 7:5; no narrower than 1:4, no wider than 4:1."),
        "canvas_padding": _("Write a number from 0 to {most}.").format(most=most_padding(model)),
    }


def values(given: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the canvas that the form's cleaned values ask for, not yet checked; None for the photo as shot."""
    aspect = given.get("canvas_aspect") or AS_SHOT
    if aspect == AS_SHOT:
        return None
    asked = {"aspect": (given.get("canvas_ratio") or "") if aspect == OWN else aspect}
    if given.get("canvas_anchor"):
        asked["anchor"] = given["canvas_anchor"]
    if given.get("canvas_size") == AROUND:
        asked["padding"] = _share(given.get("canvas_padding") or "")
    return {name: value.replace(" ", "") for name, value in asked.items()}


def initial(model: CatalogModel, canvas: Mapping[str, Any]) -> dict[str, str]:
    """Return the form's values for a run's canvas."""
    parameter = _parameter(model, "canvas.aspect")
    is_named = canvas["aspect"] in {parameter.default, *parameter.examples}
    padding = canvas.get("padding")
    return {
        "canvas_aspect": canvas["aspect"] if is_named else OWN,
        "canvas_ratio": "" if is_named else canvas["aspect"],
        "canvas_size": AS_PHOTO if padding is None else AROUND,
        "canvas_padding": FIRST_PADDING if padding is None else _percent(padding),
        "canvas_anchor": canvas["anchor"],
    }


def _parameter(model: CatalogModel, name: str) -> Parameter:
    return next(one for one in model.table() if one.name == name)


def _share(percent: str) -> str:
    """Return percent as a share of one; what is no number stays as it is, for the catalogue to refuse."""
    try:
        return str(Decimal(percent.strip().replace(",", ".")) / 100)
    except ArithmeticError:
        return percent or "?"


def _percent(share: float) -> str:
    return format((Decimal(str(share)) * 100).normalize(), "f")
