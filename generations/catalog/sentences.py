"""What is wrong with a parameter, said to a person: one sentence for each way a value can fail."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

# By pydantic's own names of the ways (https://docs.pydantic.dev/latest/errors/validation_errors/).
SENTENCES = {
    "missing": "This is required.",
    "extra_forbidden": "There is no such parameter.",
    "string_type": "This must be text.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "This must be a whole number.",
    "bool_parsing": "This must be true or false.",
    "bool_type": "This must be true or false.",
    "float_parsing": "This must be a number.",
    "float_type": "This must be a number.",
    "finite_number": "This must be a number.",
    "model_type": "This must be an object with named parts.",
    "model_attributes_type": "This must be an object with named parts.",
    "dict_type": "This must be an object with named parts.",
    "literal_error": "Choose one of {expected}.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than_equal": "This must be {le} or less.",
    "string_too_short": "Use at least {min_length} characters.",
    "string_too_long": "Use at most {max_length} characters.",
    "uuid_parsing": "This is not an id of ours.",
    "uuid_type": "This is not an id of ours.",
}


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """Return the sentences by field; a part is named by its dotted path (`background.color`)."""
    fields: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_input=False):
        # A caller's own field names come back in the answer: bounded, and never as anything but text.
        name = ".".join(str(step)[:64] for step in one["loc"])[:200]
        fields.setdefault(name, []).append(of(one))
    return fields


def of(one: Mapping[str, Any]) -> str:
    """Return the sentence for one of pydantic's errors."""
    given = one.get("ctx", {})
    form = SENTENCES.get(one["type"])
    return form.format_map(given) if form else str(one["msg"])
