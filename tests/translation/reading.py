"""What still reads as English on a page in the language nobody speaks: a sentence nobody can translate."""

import re
from html.parser import HTMLParser

#: What stands in them is a name, a number, a person's own words or a program.
VERBATIM = {"script", "style", "code", "pre", "kbd", "samp", "bdi", "time", "textarea", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "use"}
#: The same in every language: the brand, formats, units, the API's own names, an address.
SAME = re.compile(
    r"“[^”]*”|\b(Room AI|(Change|Remove) Background AI|verify_proof\.py|API|USD|EUR|JPEG|PNG|WebP|AVIF|HEIC|MiB|MB|kB|"
    r"px|ms|s|x|UTC|HTTP|HTTPS|JSON|CSV|URL|cURL|JavaScript|Python|changebg|removebg|png|jpeg|webp|ID|[A-Z]+_[A-Z_]+|"
    r"[a-z]+(_[a-z0-9]+)+)\b|\S+@\S+|https?://\S*|/[a-z/]+|#\w+"
)
SPOKEN = ("alt", "title", "placeholder", "aria-label", "label")


class Reader(HTMLParser):
    """Collects letters outside brackets; a sentence with tags in it is one pair of brackets over several texts."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.left = 0, list[str]()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        quiet = any(is_quiet for _, is_quiet in self.open)
        if not quiet and self.depth == 0 and tag != "time":
            self.left += [f"{tag} {name}={given[name]!r}" for name in SPOKEN if _is_english(given.get(name) or "")]
        if tag not in VOID:
            is_quiet = tag in VERBATIM or "data-verbatim" in given or given.get("translate") == "no"
            self.open.append((tag, is_quiet))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(is_quiet for _, is_quiet in self.open):
            return
        outside = ""
        for sign in data:
            self.depth += (sign == "[") - (sign == "]")
            outside += sign if self.depth == 0 and sign != "]" else " "
        if _has_letters(outside):
            self.left.append(" ".join(outside.split()))


def _has_letters(text: str) -> bool:
    return any(sign.isalpha() for sign in SAME.sub("", text))


def _is_english(text: str) -> bool:
    return "[" not in text and _has_letters(text)


def left_in(page: str) -> list[str]:
    """Return the texts of a page's markup that stand outside brackets."""
    reader = Reader()
    reader.feed(page)
    return reader.left
