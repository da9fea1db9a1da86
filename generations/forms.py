"""The studio's form, built from the catalogue: its fields are the model's parameters, its rules the model's own."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from generations import canvas_fields, own_fields
from generations.catalog import CatalogModel, Parameters, UploadImage
from generations.errors import InvalidParameters

SCENE, COLOR, PICTURE = "scene", "color", "picture"
KINDS = [(SCENE, _("Scene")), (COLOR, _("Color")), (PICTURE, _("Own picture"))]
# What a person reads for a value of the catalogue; a value without words is shown as it is.
LABELS = {
    "png": "PNG",
    "jpeg": "JPEG",
    "webp": "WebP",
    "contact": _("Soft, on the ground"),
    "none": _("None"),
    "cover": _("Fill the frame"),
    "contain": _("Show all of it"),
}
# The catalogue's name of a parameter -> the field that asks for it.
FIELDS = {
    "background.color": "background_color",
    "background.image": "background_image",
    "background.fit": "background_fit",
    **canvas_fields.FIELDS,
}
# Of the form itself, or of every model; any other field is named after the parameter it is part of.
OF_THE_FORM = {"submission_id", "upload", "sample", "again", "image_url", "retention_days"}
# A field the page shows only where another one is.
BESIDE = {"prompt": "background_kind", "shadow": "seed"}
#: How many pictures one form may ask for.
COUNTS = (1, 2, 4)
# Said by the form in place of the catalogue's general sentence.
MISSING = {
    "image": _("Choose a photo."),
    "background_color": _("Write the color as #rrggbb, for example #f4f1ea."),
    "background_image": _("Choose a picture for the background."),
    "prompt": _("Describe the place the subject should be in."),
}


class StudioForm(forms.Form):
    """One run as the studio asks for it; `parameters()` is what `services.submit` needs.

    Pictures are named by their upload ids: the view stores every file before the form is looked at, so that no
    mistake elsewhere loses one.
    """

    submission_id = forms.UUIDField(required=False)
    upload = forms.CharField(required=False, max_length=28)
    sample = forms.SlugField(required=False)
    again = forms.UUIDField(required=False)
    image = forms.FileField(required=False)
    image_url = forms.CharField(required=False, strip=True)
    mask = forms.FileField(required=False)
    mask_upload = forms.CharField(required=False, max_length=28)
    background_kind = forms.ChoiceField(choices=KINDS, required=False, initial=SCENE)
    background_color = forms.CharField(required=False)
    background_image = forms.FileField(required=False)
    background_upload = forms.CharField(required=False, max_length=28)
    background_fit = forms.CharField(required=False)
    prompt = forms.CharField(required=False, strip=True)
    format = forms.CharField(required=False)
    shadow = forms.CharField(required=False)
    seed = forms.CharField(required=False)
    retention_days = forms.CharField(required=False, strip=True)
    count = forms.ChoiceField(choices=[(str(n), str(n)) for n in COUNTS], required=False, initial="1")

    def __init__(self, model: CatalogModel, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.model = model
        #: What to do about a refusal of the whole form, as (label, address).
        self.ways: list[tuple[str, str]] = []
        if model.takes("canvas"):
            self.fields |= canvas_fields.fields(model)
        # Several pictures of one form differ by their seeds alone.
        kept = OF_THE_FORM | {"count"} if model.takes("seed") else OF_THE_FORM
        for name in list(self.fields):
            if name not in kept and not model.takes(name.partition("_")[0]):
                del self.fields[name]
        for parameter in model.table():
            name = FIELDS.get(parameter.name, parameter.name)
            if name in self.base_fields and name in self.fields and parameter.choices:
                choices = [(value, LABELS.get(value, value)) for value in parameter.choices]
                initial = parameter.default or choices[0][0]
                self.fields[name] = forms.ChoiceField(choices=choices, required=False, initial=initial)
        # The page shows the words beside the kinds of background, the shadow beside the seed, or as any other field.
        alone = {name for name, beside in BESIDE.items() if name in self.fields and beside not in self.fields}
        made = own_fields.fields(model, known={name.partition("_")[0] for name in self.fields} - alone)
        self.fields |= made
        self.own_names = list(made)

    @property
    def own(self) -> list[forms.BoundField]:
        """Return the fields no part of the page is made for."""
        return [self[name] for name in self.own_names]

    @property
    def pictures(self) -> int:
        """Return how many pictures a checked form asks for: one where nothing is painted, since all would be equal."""
        given = self.cleaned_data
        return int(given.get("count") or 1) if given.get("background_kind") in (SCENE, "") else 1

    def parameters(self) -> Parameters | None:
        """Return the run's parameters as the catalogue checked them; None when a field now carries an error."""
        if not self.is_valid():
            return None
        try:
            return self.model.validated(self._values())
        except InvalidParameters as refusal:
            for name, sentences in refusal.extra["fields"].items():
                field = self._field_of(name)
                self.add_error(field, self._said(field or "", sentences[0]))
        return None

    def problems(self) -> list[tuple[str, str]]:
        """Return the errors as (id of the field or "", sentence), in the order of the page."""
        return [
            (f"id_{name}" if name in self.fields else "", str(sentence))
            for name in [*self.fields, NON_FIELD_ERRORS]
            for sentence in self.errors.get(name, [])
        ]

    def carried(self, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what was sent for another model's fields, so that the way back finds it as it was."""
        names = dict.fromkeys([*self.base_fields, *canvas_fields.NAMES, *own_fields.names()])
        return [(name, str(data[name])) for name in names if name in data and name not in self.fields]

    def _values(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("prompt", "format", "shadow", "seed", "retention_days")
        own = own_fields.values(self.model, {name: given.get(name) for name in self.own_names})
        values = {name: given[name] for name in names if given.get(name)} | own | {"model": self.model.id}
        if given["upload"]:
            values["image"] = UploadImage(given["upload"])
        if given.get("mask_upload"):
            values["mask"] = UploadImage(given["mask_upload"])
        if given.get("background_kind") == COLOR:
            values["background"] = {"color": given["background_color"] or ""}
        elif given.get("background_kind") == PICTURE:
            own = given["background_upload"]
            values["background"] = {"image": UploadImage(own) if own else "", "fit": given["background_fit"] or "cover"}
        if canvas := canvas_fields.values(given):
            values["canvas"] = canvas
        return values

    def _said(self, field: str, sentence: str) -> str:
        if field.startswith("canvas_"):
            return str(canvas_fields.refused(self.model).get(field, sentence))
        return str(MISSING.get(field, sentence))

    def _field_of(self, name: str) -> str | None:
        if name == "background":
            return "background_color" if self.cleaned_data.get("background_kind") == COLOR else "background_image"
        field = FIELDS.get(name, own_fields.field_of(name))
        if field == "canvas_aspect" and self.cleaned_data.get(field) == canvas_fields.OWN:
            return "canvas_ratio"
        return field if field in self.fields else None
