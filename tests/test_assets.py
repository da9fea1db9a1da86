"""What the browser is given: vendored files, pictures with credits, sheets without literals, hashed modules."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError
from PIL import Image

from generations import catalog
from generations.views import photos, presets
from roomai_web import assets, showcase

STATIC = Path(settings.BASE_DIR, "static")
CSS = sorted(STATIC.glob("css/*.css"))
MODULES = sorted(STATIC.glob("js/*.js"))
TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_vendored_files_are_as_they_came() -> None:
    lines = (STATIC / "vendor/vendor.lock").read_text().splitlines()[1:]
    locked = {parts[0]: parts[5] for parts in (line.split(" | ") for line in lines)}
    vendored = {str(path.relative_to(STATIC / "vendor")): path for path in STATIC.glob("vendor/*/*") if path.is_file()}
    assert locked == {name: sha256(path) for name, path in vendored.items()}


def test_each_vendored_folder_brings_its_licence() -> None:
    for folder in (path for path in STATIC.glob("vendor/*") if path.is_dir()):
        assert list(folder.glob("*LICENSE.txt")), folder


def test_every_picture_has_a_credit_and_every_credit_a_picture() -> None:
    credited = {path: entry["sha256"] for path, entry in showcase.entries().items()}
    pictures = [path for path in (STATIC / "img").rglob("*") if path.is_file() and path.suffix != ".toml"]
    assert credited == {str(path.relative_to(STATIC / "img")): sha256(path) for path in pictures}


def test_results_say_how_they_were_made() -> None:
    listed = showcase.entries()
    results = [entry for entry in listed.values() if entry["kind"] == "result"]
    assert results
    for entry in results:
        model = catalog.get(entry["model"])
        assert bool(entry.get("prompt")) == model.takes("prompt")
        assert entry["max_difference"] == 0
        assert entry["source"] in listed
        assert entry["author"]
        assert entry["licence"]


def test_no_picture_is_shown_larger_than_its_original() -> None:
    listed = showcase.entries()
    for path, entry in listed.items():
        if source := entry.get("source"):
            assert entry["width"] <= listed[source]["width"], path
        with Image.open(STATIC / "img" / path) if "width" in entry else nullcontext() as image:
            assert image is None or image.size == (entry["width"], entry["height"]), path


def test_originals_of_six_kinds_are_there_to_try() -> None:
    plan = tomllib.loads((STATIC / "img/PLAN.toml").read_text())
    samples = {Path(wanted["file"]).stem: wanted for wanted in plan["original"].values() if wanted.get("is_sample")}
    assert list(samples) == list(photos.SAMPLES)  # the sheet of thumbnails has them in this order
    assert {"food", "person", "pet", "furniture", "plant"} <= {wanted["subject"] for wanted in samples.values()}
    for name in samples:
        size_px = photos.SAMPLE_SIZES_PX.get(name, photos.USUAL_SIZE_PX)
        listed = showcase.entries()[f"samples/{name}.jpg"]
        assert (listed["width"], listed["height"]) == size_px


def test_each_place_the_studio_offers_has_a_picture_made_of_its_words() -> None:
    for group in presets.PRESETS:
        for preset in group.presets:
            path = f"presets/{preset.slug}.avif"
            assert showcase.entries()[path]["prompt"] == preset.prompt
            assert (STATIC / "img" / path).stat().st_size <= 4 * 1024


def test_the_picture_a_page_opens_with_is_small() -> None:
    for name in ("coffee", "coffee-marble"):
        for path, entry in showcase.files(name).items():
            if path.endswith(".avif"):
                limit = 35 * 1024 if entry["width"] <= 480 else 90 * 1024
                assert (STATIC / "img" / path).stat().st_size <= limit


def test_a_picture_of_no_name_fails_loudly() -> None:
    with pytest.raises(KeyError):
        Template('{% picture "nothing" "" %}').render(Context())


def test_every_symbol_the_templates_use_is_in_the_sprite() -> None:
    used = {name for page in TEMPLATES for name in re.findall(r"""{% icon ["']([a-z0-9-]+)["']""", page.read_text())}
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "vendor/icons/sprite.svg").read_text()))
    assert used <= there


LITERAL = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch)\(|(?<![\w.-])(?!0px|1px|0ms|1rem)\d*\.?\d+(?:px|rem|pt|ms|s)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("sheet", [path for path in CSS if path.name != "tokens.css"], ids=lambda path: path.stem)
def test_sheets_hold_no_color_size_or_duration_of_their_own(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    rules = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("@media"))
    assert LITERAL.findall(re.sub(r"@media [^{]+", "", rules)) == []


@pytest.mark.parametrize("sheet", CSS, ids=lambda path: path.stem)
def test_sheets_are_in_a_bundle_and_use_declared_tokens(sheet: Path) -> None:
    assert f"css/{sheet.name}" in {part for parts in assets.bundles().values() for part in parts}
    everything = "\n".join(path.read_text() for path in CSS)
    declared = set(re.findall(r"(--[\w-]+)\s*:", everything))
    # --at and --wipe are also set by scripts; a name used with a fallback may be undeclared.
    used = set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text()))
    assert used <= declared


def test_the_order_of_layers_is_the_first_statement() -> None:
    first = (STATIC / assets.bundles()["core"][0]).read_text()
    assert first.startswith("@layer reset, tokens, base, layout, components, pages, utilities;")


def test_core_comes_first_or_not_at_all() -> None:
    assert Template('{% css "core" "app" %}').render(Context()).count("<link") > 2
    with pytest.raises(TemplateSyntaxError):
        Template('{% css "app" %}').render(Context())


FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "inline script": re.compile(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))[^>]*>"),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "needs eval": re.compile(r"hx-on|hx-vals=.js:|hx-trigger=\"[^\"]*\["),
}


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_templates_keep_the_content_policy(kind: str) -> None:
    pages = [page for page in TEMPLATES if "email" not in page.parts]
    assert [str(page) for page in pages if FORBIDDEN[kind].search(page.read_text())] == []


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collect the files as an installation does, and return their folder."""
    target = tmp_path_factory.mktemp("static")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=settings.BASE_DIR,
        env={"PATH": "", "STATIC_ROOT": str(target), "DJANGO_SETTINGS_MODULE": "roomai_web.settings"},
        check=True,
        capture_output=True,
    )
    return target


def test_collected_modules_import_only_hashed_files(collected: Path) -> None:
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for module in MODULES:
        text = (collected / manifest[f"js/{module.name}"]).read_text()
        for imported in re.findall(r"""(?:from|import)\s*["'](\./[^"']+)["']""", text):
            assert re.search(r"\.[0-9a-f]{12}\.js$", imported), f"{module.name} imports {imported}"
            assert (collected / "js" / imported).exists()


def test_bundles_hold_their_sheets_and_hashed_fonts(collected: Path) -> None:
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    core = (collected / manifest["css/bundle-core.css"]).read_text()
    assert core.startswith("@layer reset,tokens,base,layout,components,pages,utilities;")
    fonts = re.findall(r'url\("([^"]+)"\)', core)
    assert len(fonts) == 6
    for font in fonts:
        assert (collected / "css" / font).resolve().exists()
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)


def test_a_selector_keeps_its_meaning_when_it_is_made_small() -> None:
    sheet = """@layer a {
      .a :is(input:checked + span, [b]) { c: d } .e:has(.f:nth-of-type(1) :checked) .g, .h :not(pre) > i { j: k }
      .l:hover { m: n }
    }"""
    made = assets.smallest(sheet)
    assert ".a *:is(input:checked + span,[b])" in made
    assert ":nth-of-type(1) *:checked)" in made
    assert ".h *:not(pre)>i" in made
    assert ".l:hover" in made
    joined = "\n".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in CSS)
    assert assets.smallest(joined).count(" *:") == len(re.findall(r"(?<=[\w\])]) :[a-z]", joined)) > 5


# Of the modules no page loads all: what each loads is held in tests/browser/test_budgets.py (docs/decisions/0008).
BUDGET_BYTES = {"css": 28 * 1024, "js": 18 * 1024, "icons": 9 * 1024}


def test_what_a_page_loads_stays_small(collected: Path) -> None:
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]

    def brotli(path: str) -> int:
        return Path(collected, manifest[path] + ".br").stat().st_size

    assert sum(brotli(assets.bundle_path(name)) for name in assets.bundles()) <= BUDGET_BYTES["css"]
    assert sum(brotli(f"js/{module.name}") for module in MODULES) <= BUDGET_BYTES["js"]
    assert brotli("vendor/icons/sprite.svg") <= BUDGET_BYTES["icons"]
