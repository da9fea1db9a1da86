"""Fields of the studio's form that nobody wrote: for the parameters of a model that no part of the page is made for.

Each is made of its row in the catalogue's table; the catalogue judges what is sent. Further pictures have no field.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generations import catalog
from generations.catalog import CatalogModel, Parameter, Parameters

#: Given by the address and the price, not asked for: the model itself, its photo, what every model takes.
NOT_ASKED = {"model", "image", *Parameters.model_fields}
FLAG, TEXT = "boolean", "string"


def fields(model: CatalogModel, *, known: Container[str]) -> dict[str, forms.Field]:
    """Return the fields by their names; known: parameters that have theirs already, parts of a known one included."""
    return {field_of(row.name): _field(row) for row in _rows(model, known)}


def values(model: CatalogModel, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form's cleaned values say of these parameters, parts in their whole, not yet checked."""
    found: dict[str, Any] = {}
    for row in _rows(model, ()):
        value = given.get(field_of(row.name))
        if value in (None, ""):
            continue
        whole, dot, part = row.name.rpartition(".")
        place = found.setdefault(whole, {}) if dot else found
        place[part] = value
    return found


def names() -> list[str]:
    """Return the names of all such fields of all models, and of others that are named after a parameter."""
    return [field_of(row.name) for model in catalog.available() for row in _rows(model, ())]


def field_of(name: str) -> str:
    """Return the field's name for a parameter's, whose parts are dotted."""
    return name.replace(".", "_")


def _rows(model: CatalogModel, known: Container[str]) -> Iterator[Parameter]:
    for row in model.table():
        whole = row.name.partition(".")[0]
        if row.type != "object" and not row.is_picture and not {row.name, whole} & NOT_ASKED and whole not in known:
            yield row


def _field(row: Parameter) -> forms.Field:
    label = row.name.rpartition(".")[2].replace("_", " ").capitalize()
    about: dict[str, Any] = {"label": label, "help_text": row.description, "required": False}
    if row.choices:
        nothing = [] if row.default or row.required else [("", _("As usual"))]
        choices = [*nothing, *((value, value) for value in row.choices)]
        return forms.ChoiceField(choices=choices, initial=row.default, **about)
    if row.type == FLAG:
        return forms.BooleanField(initial=row.default == str(True), **about)
    widget = forms.Textarea(attrs={"rows": 2}) if row.type == TEXT else forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.CharField(initial=row.default, widget=widget, **about)
