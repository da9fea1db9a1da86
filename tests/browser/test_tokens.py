"""The colors of both themes: each pair that carries text or marks a control is told apart, none is out of gamut."""

import math
import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR, "static/css/tokens.css").read_text()
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
PAIR = re.compile(rf"--([\w-]+):\s*light-dark\({OKLCH},\s*{OKLCH}\)")
Color = tuple[float, float, float]


def linear_srgb(lightness: float, chroma: float, hue: float) -> Color:
    """OKLCH to linear sRGB, by Ottosson's matrices (https://bottosson.github.io/posts/oklab/)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


THEMES: dict[str, dict[str, Color]] = {"light": {}, "dark": {}}
for name, *numbers in PAIR.findall(TOKENS):
    values = [float(number) for number in numbers]
    THEMES["light"][name] = linear_srgb(*values[:3])
    THEMES["dark"][name] = linear_srgb(*values[3:])
for theme in THEMES.values():
    theme["primary"] = theme["text"]


def contrast(one: Color, other: Color) -> float:
    """WCAG 2.2 contrast of two linear colors."""
    first, second = (0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other))
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


GROUNDS = ["canvas", "surface", "sunken"]
TEXT = [
    *product(["text", "text-2", "text-3", "day-text", "bad-text", "ok-text", "tung-text"], GROUNDS),
    *product(["text", "text-2"], ["stage"]),
    ("on-primary", "primary"),
    ("on-day", "day"),
    ("on-tung", "tung"),
    ("on-bad", "bad"),
    *((f"{kind}-text", f"{kind}-soft") for kind in ("day", "tung", "ok", "bad")),
]
MARKS = [*product(["control"], GROUNDS), *product(["day"], [*GROUNDS, "stage"]), *product(["bad"], GROUNDS)]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_controls_and_focus_can_be_seen(theme: str, mark: str, ground: str) -> None:
    assert contrast(THEMES[theme][mark], THEMES[theme][ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_no_color_is_out_of_gamut(theme: str) -> None:
    # Half a step of 8 bits either way, in linear light near black, is rounding and not another color.
    outside = {name: rgb for name, rgb in THEMES[theme].items() if min(rgb) < -0.003 or max(rgb) > 1.003}
    assert outside == {}


def test_both_themes_are_whole() -> None:
    declared = set(re.findall(r"--([\w-]+):\s*light-dark\(", TOKENS))
    assert len(declared) > 25
    # Chart colors may name another token; each color written out has been read.
    assert declared - set(THEMES["light"]) == set()
    assert "color-scheme: light dark" in TOKENS
