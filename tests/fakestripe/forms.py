"""Stripe's form language: `a[b][0][c]=1` becomes nested values, and what a call may carry is written down here."""

import itertools
import re
from typing import Any
from urllib.parse import parse_qsl

from tests.fakestripe.world import Refusal

PART = re.compile(r"\[([^\]]*)\]")


def decoded(text: str) -> dict[str, Any]:
    """Return the nested values of a body or query; lists are those whose names are all numbers."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        head, *_ = name.partition("[")
        path = [head, *PART.findall(name)]
        here = root
        for step, follows in itertools.pairwise(path):
            here = here.setdefault(step if step else str(len(here)), {})
            if not isinstance(here, dict):
                raise Refusal(400, f"Invalid parameters near {follows}")
        here[path[-1] or str(len(here))] = value
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def refuse_unknown(values: Any, allowed: Any, *, at: str = "") -> None:
    """Refuse every parameter that `allowed` does not name.

    allowed: a dict of names to what is inside (None: a plain value, "*": anything, [x]: a list of x).
    """
    if allowed == "*":
        return
    if allowed is None:
        if isinstance(values, dict | list):
            raise Refusal(400, f"Invalid string: {at}", code="parameter_invalid_string")
        return
    if isinstance(allowed, list):
        for number, one in enumerate(values if isinstance(values, list) else [values]):
            refuse_unknown(one, allowed[0], at=f"{at}[{number}]")
        return
    for name, value in values.items() if isinstance(values, dict) else ():
        where = f"{at}[{name}]" if at else name
        if name not in allowed:
            raise Refusal(400, f"Received unknown parameter: {where}", code="parameter_unknown")
        refuse_unknown(value, allowed[name], at=where)


def whole(value: Any, name: str) -> int:
    """Return a whole number; Refusal for anything else."""
    try:
        return int(str(value))
    except ValueError:
        raise Refusal(400, f"Invalid integer: {name}", code="parameter_invalid_integer") from None


def flag(value: Any) -> bool:
    """Return what Stripe's form language writes as true or false."""
    return str(value).lower() == "true"
