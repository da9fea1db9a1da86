"""The playground's form: the studio's, whose values become the body of a call, right or wrong."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from generations import canvas_fields
from generations.catalog import CatalogModel
from generations.forms import COLOR, PICTURE, StudioForm

LANGUAGES = {"curl": "cURL", "javascript": "JavaScript", "python": "Python"}
#: Of the studio's fields those that are no value of a call.
NOT_HERE = ("again", "mask", "count", "retention_days")
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?", re.ASCII)


class PlaygroundForm(StudioForm):
    """What a call shall hold. A link in `image_url` stands for the photo; nothing is checked before it is sent."""

    image_url = forms.CharField(required=False, max_length=2000, strip=True)

    def __init__(self, model: CatalogModel, data: Mapping[str, Any]) -> None:
        super().__init__(model)
        for name in NOT_HERE:
            self.fields.pop(name, None)
        started = {name: field.initial for name, field in self.fields.items() if field.initial is not None}
        self.is_bound, self.data = True, started | {name: str(value) for name, value in data.items()}

    def kept(self) -> dict[str, str]:
        """Return what was typed and chosen, for a page that shows it again; its pictures are uploads by now."""
        names = [name for name in self.fields if name not in {"submission_id", "image", "background_image"}]
        return {name: str(self.data[name]) for name in names if self.data.get(name)}

    def body(self) -> dict[str, Any]:
        """Return the JSON values of the call; what the model takes for granted anyway is left out."""
        self.full_clean()
        given: dict[str, Any] = dict.fromkeys(self.fields, "") | self.cleaned_data
        usual = {row.name: row.default for row in self.model.table() if row.default}
        body: dict[str, Any] = {"model": self.model.id}
        if photo := given["image_url"] or given["upload"]:
            body["image"] = photo
        body |= {name: given[name] for name in ("prompt", "format", "shadow") if given.get(name)}
        if given.get("seed"):
            body["seed"] = _number(given["seed"])
        if given.get("mask_upload"):
            body["mask"] = given["mask_upload"]
        if background := _background(given):
            body["background"] = background
        if canvas := canvas_fields.values(given):
            body["canvas"] = {name: _number(value) for name, value in canvas.items()}
        return _without(body, usual)

    def marks(self, fields: Mapping[str, list[str]]) -> dict[str, str]:
        """Return a refused call's sentences by the field of this form that each is about; fields: by parameter."""
        named = {self._field_of(name): said[0] for name, said in fields.items()}
        return {field: str(said) for field, said in named.items() if field in self.fields and field}


def _background(given: Mapping[str, Any]) -> dict[str, str]:
    if given.get("background_kind") == COLOR:
        return {"color": given["background_color"]}
    if given.get("background_kind") == PICTURE:
        picture = {"image": given["background_upload"], "fit": given["background_fit"]}
        return {name: value for name, value in picture.items() if value}
    return {}


def _number(text: str) -> int | float | str:
    """Return a number as JSON has it; what is none stays as it was typed, for the call to be refused."""
    if not NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _without(body: dict[str, Any], usual: Mapping[str, str], above: str = "") -> dict[str, Any]:
    """Return the body without the values that are the defaults of its model, by dotted name."""
    kept: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, dict):
            kept[name] = _without(value, usual, f"{name}.")
        elif usual.get(above + name) != value or above + name == "canvas.aspect":
            kept[name] = value
    return kept
