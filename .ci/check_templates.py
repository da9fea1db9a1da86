"""Compile every template, so that a tag misspelled on a page nobody opens is found before a person does."""
# ruff: noqa: T201  what it prints is its result

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")

import django  # noqa: E402  the settings module is named first

django.setup()

from django.template import TemplateDoesNotExist, TemplateSyntaxError  # noqa: E402
from django.template.loader import get_template  # noqa: E402

SUFFIXES = {".html", ".txt", ".xml"}


def main() -> int:
    """Return 0 when every template of ours compiles; print each that does not."""
    folders = [ROOT / "templates", *ROOT.glob("*/templates")]
    findings = []
    count = 0
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            count += 1
            try:
                get_template(str(path.relative_to(folder)))
            except (TemplateSyntaxError, TemplateDoesNotExist, UnicodeDecodeError) as error:
                findings.append(f"{path.relative_to(ROOT)}: {error}")
    print("\n".join([*findings, f"{count} templates, {len(findings)} broken"]))
    return 1 if findings or not count else 0


if __name__ == "__main__":
    sys.exit(main())
