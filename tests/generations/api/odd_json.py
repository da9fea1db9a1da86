"""Odd bodies of JSON, by what is odd about them or about what they are said to be."""

import gzip
import json
from collections.abc import Iterator

from tests.generations.api.odd_calls import JSON, KIND, MODEL, SMALL, TAKEN, WRONG, Odd, posted, with_value


def truncated() -> Iterator[Odd]:
    """A small body cut off after each byte."""
    whole = b'{"model": "changebg", "image": "upl_x", "background": {"color": "#ffffff"}}'
    for length in range(1, len(whole)):
        yield posted(f"cut at {length}", JSON, whole[:length])


def syntax() -> Iterator[Odd]:
    """What other parsers let pass."""
    whole = json.dumps(SMALL)
    for name, body in {
        "comment": whole[:-1] + " /* here */}",
        "line comment": "// here\n" + whole,
        "trailing comma": whole[:-1] + ",}",
        "single quotes": whole.replace('"', "'"),
        "bare names": whole.replace('"model"', "model"),
        "two documents": whole * 2,
        "a line each": f"{whole}\n{whole}",
        "rubbish after": whole + "x",
        "NUL after": whole + "\0",
        "byte order mark": "\ufeff" + whole,
        "raw line break in a text": whole.replace("a room", "a\nroom"),
        "raw NUL in a text": whole.replace("a room", "a\0room"),
        "raw escape in a text": whole.replace("a room", "a\x1broom"),
        "escape of no character": whole.replace("a room", r"a\xroom"),
        "half an escape": whole.replace("a room", r"\u12"),
        "escape with a sign": whole.replace("a room", r"\u+123"),
        "a text": json.dumps(whole),
        "a list of bodies": f"[{whole}]",
        "null": "null",
        "true": "true",
        "a number": "7",
        "nothing but space": " \t\r\n ",
        "form feed before": "\f" + whole,
        "no-break space before": "\u00a0" + whole,
        "Python's None": whole[:-1] + ', "seed": None}',
        "undefined": whole[:-1] + ', "seed": undefined}',
        "the prefix of a hijack": ")]}',\n" + whole,
    }.items():
        yield posted(name, JSON, body)


def encodings() -> Iterator[Odd]:
    """Bytes that are no UTF-8, or another spelling of it."""
    whole = json.dumps(SMALL)
    for name, raw in {
        "UTF-16": whole.encode("utf-16"),
        "UTF-16 little end": whole.encode("utf-16-le"),
        "UTF-32": whole.encode("utf-32"),
        "UTF-7": whole.replace("a room", "+AOk-").encode() + b"+",
        "Latin-1": whole.replace("a room", "caf\u00e9").encode("latin-1"),
        "overlong": whole.encode().replace(b"a room", b"\xc0\xaf"),
        "half a character": whole.encode().replace(b"a room", b"\xed\xa0\x80"),
        "past the last": whole.encode().replace(b"a room", b"\xf4\x90\x80\x80"),
        "cut in a character": whole.encode().replace(b"a room", b"\xe2\x82"),
        "gzip": gzip.compress(whole.encode()),
    }.items():
        yield posted(name, JSON, raw)


def names_and_depth() -> Iterator[Odd]:
    """Names that stand twice or are no text, and nesting at the limit and past it."""
    whole = json.dumps(SMALL)
    twice = {
        "last": whole[:-1] + ', "model": "removebg"}',
        "the same value": whole[:-1] + ', "model": "changebg"}',
        "by an escape": whole[:-1] + r', "\u006dodel": "removebg"}',
        "in a part": whole[:-1] + ', "background": {"color": "#ffffff", "color": "#000000"}}',
        "a part": whole[:-1] + ', "canvas": {}, "canvas": {"aspect": "1:1"}}',
        "deep in what nobody reads": whole[:-1] + ', "x": [[{"a": 1, "a": 2}]]}',
        "empty": whole[:-1] + ', "": 1, "": 2}',
        "the prototype": whole[:-1] + ', "__proto__": 1, "__proto__": 2}',
    }
    for name, body in twice.items():
        yield posted(f"twice: {name}", JSON, body)
    for name in ("\\ud800", "\\udfff\\ud800", "a\\udc00"):
        yield posted(f"half a character in a name: {name}", JSON, whole[:-1] + f', "{name}": 1}}')
    for name in (
        "__proto__",
        "constructor",
        "",
        " model",
        "model ",
        "Model",
        "m\u043edel",
        "\\u0000",
        "a" * 5000,
        "$ref",
    ):
        yield posted(f"unknown name {name[:12]!r}", WRONG, whole[:-1] + f', "{name}": 1}}')
    for depth, refusal in ((9, WRONG), (10, JSON), (11, JSON), (900, JSON), (990, JSON), (20_000, JSON)):
        yield posted(f"lists {depth} deep", refusal, whole[:-1] + f', "x": {"[" * depth}{"]" * depth}}}')
        inner = '{"a": ' * depth + "1" + "}" * depth
        yield posted(f"objects {depth} deep", refusal, f'{whole[:-1]}, "x": {inner}}}')
    yield posted("100 names", WRONG, "{" + ", ".join(f'"n{n}": 1' for n in range(99)) + ', "model": "removebg"}')


def numbers() -> Iterator[Odd]:
    """Numbers at and past every edge, as numbers and as texts."""
    for literal in (
        "NaN",
        "Infinity",
        "-Infinity",
        "nan",
        "+1",
        "01",
        "-01",
        ".5",
        "1.",
        "1e",
        "0x10",
        "1_000",
        "--1",
        "1,0",
    ):
        yield with_value("seed", JSON, literal)
    yield with_value("seed", JSON, "9" * 5000)
    for literal in (
        *("-1", "2147483648", "9" * 30, "1e400", "-1e400", "1e30", "0.5", "7.5", "-0.5", '"7.5"', '"0x10"', '"1e3"'),
        *(
            '""',
            '" "',
            '"seven"',
            '"NaN"',
            '"Infinity"',
            '"-1"',
            '"--1"',
            '"7 7"',
            '"2147483648"',
            '"\\u0000"',
            '"7\\u0000"',
        ),
        '"' + "9" * 5000 + '"',
    ):
        yield with_value("seed", WRONG, literal)
    for literal in ("0", "2147483647", '"7"', '"007"', "1.0", "1e3", "-0", "1e-400"):
        yield with_value("seed", TAKEN, literal)


def other_numbers() -> Iterator[Odd]:
    """The same of days and shares."""
    for literal in ("NaN", "-Infinity"):
        yield with_value("canvas.padding", JSON, literal)
        yield posted(f"{literal} in what nobody reads", JSON, json.dumps(SMALL)[:-1] + f', "x": [{literal}]}}')
    for literal in ("0", "366", "-1", "1e400", '"0"', "1.5", '"a month"'):
        yield with_value("retention_days", WRONG, literal)
    for literal in ("1e400", "-1e-9", "0.5000001", '"nan"', '"inf"', '"Infinity"', '""', "true", '"0,2"'):
        yield with_value("canvas.padding", WRONG, literal)
    for literal in ("1e-400", "0.5", '"0.25"', "-0.0"):
        yield with_value("canvas.padding", TAKEN, literal)


def kinds() -> Iterator[Odd]:
    """Every field as every kind of value it is not."""
    wrong = {"true": "true", "list": "[]", "lists": "[[1]]", "object": '{"x": 1}', "number": "7.25", "empty": '""'}
    for name in ("image", "prompt", "format", "shadow", "mask", "background", "canvas", "seed", "retention_days"):
        for kind, literal in wrong.items():
            inside = {"background", "canvas"} & {name} and kind == "object"
            given = with_value(name, WRONG, literal)
            yield Odd(
                given.name, WRONG, given.body, given.headers, fields=frozenset({f"{name}.x"} if inside else {name})
            )
    for literal in ("true", "[]", "{}", "7", "null"):
        yield with_value("model", WRONG, literal)
    for literal in (
        '""',
        '"changebg "',
        '"CHANGEBG"',
        '"changebg\\u0000"',
        '"../changebg"',
        '"ch\\u0430ngebg"',
        '"x' + "y" * 999 + '"',
    ):
        yield with_value("model", MODEL, literal)


def texts() -> Iterator[Odd]:
    """Signs of every odd sort in a prompt: what is no text is refused, what is odd text is text."""
    for code in [*range(0x20), *range(0x7F, 0xA0)]:
        refusal = TAKEN if chr(code).isspace() else WRONG
        yield with_value("prompt", refusal, f'"a\\u{code:04x}room"')
    for literal in ('"\\ud800"', '"\\udc00"', '"\\udc00\\ud800"', '"a\\ud83d"', '"\\ud83d\\ud83d\\ude00"'):
        yield with_value("prompt", WRONG, literal)
        yield with_value("background.color", WRONG, literal)
        yield with_value("image", WRONG, literal)
    for sign in (
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\ufffe",
        "\U000e0041",
        "\u0301" * 300,
        "\U0001f600",
        "{{7*7}}",
        "%s%n",
    ):
        yield with_value("prompt", TAKEN, json.dumps(f"a{sign}room"))
    for literal in ('""', '" \\n "', '"\\u00a0"', '"\\u3000"', json.dumps("x" * 2001), json.dumps("\u0344" * 7000)):
        yield with_value("prompt", WRONG, literal)


def content_types() -> Iterator[Odd]:
    """What a body is said to be."""
    whole = json.dumps(SMALL).encode()
    taken = (
        "application/json;",
        "APPLICATION/JSON",
        "application/json ; charset=UTF-8",
        'application/json; charset="utf-8"',
    )
    other = (
        *("text/json", "application/x-json", "application/ld+json", "application/json-patch+json", "application/jsonx"),
        *(
            "json",
            "/",
            "*/*",
            "application/",
            "/json",
            "application/octet-stream",
            "application/json+",
            "null",
            "text/html",
        ),
        *("multipart/mixed; boundary=x", "application/x-ndjson", "application/json/x", "applicati\u00f6n/json"),
    )
    for kind, refusal in [*((one, TAKEN) for one in taken), *((one, KIND) for one in other)]:
        yield Odd(kind, refusal, whole, {"Content-Type": kind.encode("latin-1")})
    for encoding in ("gzip", "br", "identity, gzip"):
        body = gzip.compress(whole)
        yield Odd(
            f"encoded: {encoding}", JSON, body, {"Content-Type": "application/json", "Content-Encoding": encoding}
        )


def reasons() -> Iterator[Odd]:
    """Bodies of a refusal of a picture that is there, `{done}`."""
    wrong = ("{}", '{"reason": ""}', '{"reason": "ab"}', '{"reason": " a "}', '{"reason": null}', '{"reason": 7}')
    for literal in (
        *wrong,
        '{"reason": ["abc"]}',
        '{"reason": "a\\u0000bc"}',
        '{"reason": "\\ud800abc"}',
        '{"why": "because"}',
    ):
        yield posted(f"reason {literal}", WRONG, literal, path="/generations/{done}/refuse")
    yield posted("a long reason", WRONG, json.dumps({"reason": "x" * 501}), path="/generations/{done}/refuse")
    yield posted("marks", WRONG, json.dumps({"reason": "a" + "\u0301" * 2000}), path="/generations/{done}/refuse")
    yield posted("one more", WRONG, '{"reason": "a chair", "x": 1}', path="/generations/{done}/refuse")
    for literal in ("", "[]", "null", "{", '{"reason": "abc", "reason": "abd"}', '{"reason": NaN}', '"reason"'):
        yield posted(f"refusing with {literal}", JSON, literal, path="/generations/{done}/refuse")
    for kind in ("", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        yield Odd(f"refusing by {kind}", KIND, b"{}", {"Content-Type": kind}, path="/generations/{done}/refuse")


GROUPS = (truncated, syntax, encodings, names_and_depth, numbers, other_numbers, kinds, texts, content_types, reasons)
