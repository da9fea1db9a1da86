"""Read settings from the environment; fail loudly, naming the variable.

Every `NAME` may also be given as `NAME_FILE`, the path of a file that holds the value, as container secrets are.
"""

import os
from pathlib import Path


class BadEnvironment(Exception):
    """A variable is missing or cannot be read as what it should be; the text names it."""


def env_str(name: str, default: str = "") -> str:
    """Return the text of `NAME` or of the file named by `NAME_FILE`, stripped; an empty text counts as not set."""
    if given := os.environ.get(name, "").strip():
        return given
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE: cannot read {path}: {error.strerror}") from error
    return default


def env_bool(name: str, default: bool) -> bool:
    """Return the variable as a yes or no; raises BadEnvironment for anything but on/off, true/false, yes/no, 1/0."""
    text = env_str(name).lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f"{name}: {text!r} is neither on nor off")


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """Return the variable as a whole number of at least `least`; raises BadEnvironment otherwise."""
    text = env_str(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError as error:
        raise BadEnvironment(f"{name}: {text!r} is not a whole number") from error
    if number < least:
        raise BadEnvironment(f"{name}: {number} is below {least}")
    return number


def env_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the variable's comma-separated parts, stripped, empty ones left out."""
    text = env_str(name)
    return [part.strip() for part in text.split(",") if part.strip()] if text else list(default)
