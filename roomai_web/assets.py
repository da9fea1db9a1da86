"""Stylesheets in bundles, ES modules and icons: the tags `{% css %}`, `{% modules %}`, `{% icon %}` and their storage.

`static/css/bundles.json` maps a bundle's name to its files in order. While the source folder is served (`DEBUG`,
tests) each file is its own `<link>`; after `collectstatic` a bundle is one file, joined and then hashed like any
other, so that relative `url()`s inside it hold. Bundles and our own modules are written without comments and
indentation: a reader of the source keeps both, a phone is spared a fifth of the bytes.
"""

import fnmatch
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin, StaticFilesStorage, staticfiles_storage
from django.core.files.base import ContentFile
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

register = template.Library()

# What is below another element and has no name but its state: never written for a declaration.
DESCENDANT = re.compile(r"(?<=[\w\])]) +:(?=[a-z-])")
# Cascade layers are declared by the first statement of this bundle, so every page loads it first.
FIRST_BUNDLE = "core"


@cache
def bundles() -> dict[str, tuple[str, ...]]:
    """Return each bundle's files in order, as paths below the static folder."""
    listed: dict[str, list[str]] = json.loads(Path(settings.BASE_DIR, "static/css/bundles.json").read_text())
    return {bundle: tuple(f"css/{name}.css" for name in names) for bundle, names in listed.items()}


def bundle_path(name: str) -> str:
    """Return where the joined bundle lies below the static folder."""
    return f"css/bundle-{name}.css"


def smallest(sheet: str) -> str:
    """Return a sheet without comments and spaces that say nothing.

    Inside `@layer` cssmin takes `.a :hover` for a declaration and drops its space, which makes it `.a:hover`, another
    selector; `.a *:hover` means the same as the first and is kept.
    """
    return str(cssmin(DESCENDANT.sub(" *:", sheet)))


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no type information
    """WhiteNoise's hashed and compressed storage that joins the style bundles first and rewrites module imports."""

    # Experimental in Django: tests/test_assets.py walks the collected modules for an import left unhashed.
    support_js_module_import_aggregation = True
    # Only our own modules: a package may ship scripts that import what it does not ship (django_htmx does).
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]  # not in the stubs
    )

    @property
    def is_collected(self) -> bool:
        """Say whether `collectstatic` has run; production refuses to serve addresses without it."""
        return bool(self.hashed_files) or settings.PRODUCTION

    def url(self, name: str, force: bool = False) -> str:
        """Return the hashed address, or the source file's where nothing has been collected (tests, first steps)."""
        if not self.is_collected:
            return StaticFilesStorage.url(self, name)
        return str(super().url(name, force))

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Write bundles and modules into the collected folder at their smallest, then hash and compress everything."""
        if not dry_run:
            for name, parts in bundles().items():
                joined = "\n".join(Path(self.path(part)).read_text(encoding="utf-8") for part in parts)
                paths[bundle_path(name)] = self._rewritten(bundle_path(name), smallest(joined))
            for module in fnmatch.filter(list(paths), "js/*.js"):
                source, path = paths[module]
                paths[module] = self._rewritten(module, jsmin(Path(source.path(path)).read_text(encoding="utf-8")))
        yield from super().post_process(paths, dry_run, **options)

    def _rewritten(self, name: str, text: str) -> tuple[StaticFilesStorage, str]:
        """Put this text in place of the collected file; return where it is, as `post_process` wants it."""
        self.delete(name)
        self._save(name, ContentFile(text.encode()))
        return self, name


def _are_bundled() -> bool:
    storage = staticfiles_storage
    return not settings.DEBUG and isinstance(storage, BundledStaticFilesStorage) and storage.is_collected


@register.simple_tag
def css(*names: str) -> SafeString:
    """Return the `<link>`s of these bundles; the first must be "core", which declares the order of layers."""
    if not names or names[0] != FIRST_BUNDLE:
        raise template.TemplateSyntaxError("{% css %} takes bundle names and the first is core")
    paths = (
        [bundle_path(name) for name in names]
        if _are_bundled()
        else [part for name in names for part in bundles()[name]]
    )
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(path),) for path in paths))


@register.simple_tag
def modules(entry: str, *starts_with: str) -> SafeString:
    """Return the module script `js/<entry>.js` and `modulepreload` links for the modules the page starts with.

    They shorten ways that are there without them, so text, sheets and pictures come first.
    """
    preloads = format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}" fetchpriority="low">',
        ((static(f"js/{name}.js"),) for name in starts_with),
    )
    script = format_html('<script type="module" src="{}" fetchpriority="low"></script>', static(f"js/{entry}.js"))
    return format_html("{}\n{}", preloads, script) if preloads else script


@register.simple_tag
def icon(name: str, variant: str = "") -> SafeString:
    """Return a decorative icon of the vendored sprite; its meaning always stands beside it in words or as a label."""
    extra = f" icon--{variant}" if variant else ""
    href = f"{static('vendor/icons/sprite.svg')}#{name}"
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="{}"/></svg>', extra, href)


@register.filter
def as_code(text: str) -> SafeString:
    """Return text for the inside of an element: quotes stay as they are, which in code are many."""
    return mark_safe(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S308  # escaped here


@register.filter
def marked(text: str) -> SafeString:
    """Return text with its `names` between backticks set as code."""
    pieces = str(text).split("`")
    parts = (format_html("<code>{}</code>" if at % 2 else "{}", piece) for at, piece in enumerate(pieces))
    return format_html_join("", "{}", ((part,) for part in parts))
