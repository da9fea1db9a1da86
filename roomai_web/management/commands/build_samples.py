"""Make every picture of our pages again, from the originals, and write down how: see `roomai_web.showcase`."""

import hashlib
import io
import json
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from generations import catalog, pipeline
from generations.views import presets
from roomai_web import showcase

THUMB_PX = (160, 128)
#: A thumbnail's run is made at this width: the subject is seen at a glance, the grain of the scene stays fine.
SMALL_PX = 480
FALLBACK_PX = 960
AVIF_QUALITY, THUMB_QUALITY, JPEG_QUALITY, AVIF_SPEED = 62, 52, 84, 7

Entry = dict[str, Any]
HEAD = """# Every picture of our pages: who made it, under which licence, and for results how to make it again.
# Written by `manage.py build_samples` from PLAN.toml. tests/test_assets.py fails on a picture without an entry and on
# an entry without a picture.
"""


class Command(BaseCommand):
    help = "Make the pictures of the product's own pages again from their originals (static/img/PLAN.toml)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="only these pictures; all of them unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = tomllib.loads((showcase.IMAGES / "PLAN.toml").read_text(encoding="utf-8"))
        self.credits: dict[str, Entry] = {}
        self.finished: dict[str, Image.Image] = {}
        self.originals = plan["original"]
        parts = (
            (self.originals, self._original),
            (plan["result"] | _preset_results(plan["presets"]), self._result),
            (plan["edge"], self._edge),
        )
        if unknown := set(options["names"]) - {name for part, _make in parts for name in part}:
            raise CommandError(f"PLAN.toml has no {', '.join(sorted(unknown))}")
        self.pipeline = pipeline.default_pipeline(weights_dir=Path(settings.WEIGHTS_DIR))
        try:
            for part, make in parts:
                for name, wanted in part.items():
                    if not self._is_kept(name, only=options["names"]):
                        self.stdout.write(name)
                        make(name, wanted)
        finally:
            self.pipeline.close()
        self._sheet([wanted for wanted in self.originals.values() if wanted.get("is_sample")])
        for path, wanted in plan["drawing"].items():
            self.credits[path] = wanted | {"kind": "original", "sha256": _sha256(showcase.IMAGES / path)}
        self._write()

    def _is_kept(self, name: str, *, only: list[str]) -> bool:
        """Take over what is there of this picture, unless it is to be made again."""
        if not only or name in only:
            return False
        known = showcase.entries().items()
        there = {at: entry for at, entry in known if entry.get("made_for", entry.get("name")) == name}
        self.credits |= there
        return bool(there)

    def _original(self, name: str, wanted: Entry) -> None:
        """Write the original at the widths it is shown at, and its thumbnail."""
        about = ("title", "author", "licence", "subject", "changes")
        known = {"kind": "original"} | {key: wanted[key] for key in about if key in wanted}
        path = showcase.IMAGES / wanted["file"]
        image = Image.open(path).convert("RGB")
        self._note(path, known | {"name": name}, image.size)
        for width in wanted.get("widths", []):
            self._save(
                f"originals/{name}-{width}.avif", _fitted(image, width), known | {"kind": "original", "name": name}
            )
        if wanted.get("is_sample"):
            thumb = known | {"made_for": name}
            self._save(f"samples/{path.stem}-thumb.avif", _cover(image, THUMB_PX), thumb, quality=THUMB_QUALITY)

    def _sheet(self, samples: list[Entry]) -> None:
        """Write the photos to try side by side, so that a page asks for all of them at once."""
        width, height = THUMB_PX
        sheet = Image.new("RGB", (width * len(samples), height))
        for at, wanted in enumerate(samples):
            image = Image.open(showcase.IMAGES / wanted["file"]).convert("RGB")
            sheet.paste(_cover(image, THUMB_PX), (at * width, 0))
        entry = {"kind": "original", "title": "The photos to try, side by side"}
        for key in ("author", "licence"):
            entry[key] = ", ".join(dict.fromkeys(wanted[key] for wanted in samples))
        self._save("samples/sheet.avif", sheet, entry, quality=THUMB_QUALITY)

    def _result(self, name: str, wanted: Entry) -> None:
        """Run the model on the original and write what came, at the widths it is shown at."""
        original = self.originals[wanted["of"]]
        source = showcase.IMAGES / original["file"]
        data = _small(source) if "thumb" in wanted else source.read_bytes()
        made = self.pipeline.make(_request(wanted, data), on_stage=lambda stage: None)
        known = {
            "kind": "result",
            "source": original["file"],
            "model": wanted.get("model", "changebg"),
            "engine": made.engine,
            "max_difference": made.subject["max_difference"],
            "author": original["author"],
            "licence": original["licence"],
        } | {key: wanted[key] for key in ("prompt", "seed") if key in wanted}
        image = Image.open(io.BytesIO(made.data))
        if "thumb" in wanted:
            known |= {"made_for": name, "source_width": min(SMALL_PX, Image.open(source).width)}
            self._save(wanted["thumb"], _cover(image, THUMB_PX), known, quality=THUMB_QUALITY)
            return
        known["name"] = name
        for width in wanted["widths"]:
            self._save(f"results/{name}-{width}.avif", _fitted(image, width), known)
        ending = "webp" if image.mode == "RGBA" else "jpg"
        self._save(
            f"results/{name}.{ending}", _fitted(image, min(FALLBACK_PX, image.width)), known, quality=JPEG_QUALITY
        )
        self.finished[name] = image

    def _edge(self, name: str, wanted: Entry) -> None:
        """Write one square of the result and the same square of its original, pixel for pixel."""
        result = wanted["result"]
        if result not in self.finished:
            raise CommandError(f"{name} shows pixels of {result}: name both")
        known = next(entry for entry in self.credits.values() if entry.get("name") == result)
        left, top, side = wanted["at"]
        box = (left, top, left + side, top + side)
        original = Image.open(showcase.IMAGES / known["source"]).convert("RGB").crop(box)
        about = self.credits[known["source"]]
        before = {key: about[key] for key in ("kind", "title", "author", "licence")}
        before |= {"name": f"{name}-before", "made_for": name}
        self._save(f"edges/{name}-before.png", original, before)
        after = known | {"name": f"{name}-after", "made_for": name}
        self._save(f"edges/{name}-after.png", self.finished[result].crop(box), after)

    def _save(self, path: str, image: Image.Image, entry: Entry, *, quality: int = AVIF_QUALITY) -> None:
        target = showcase.IMAGES / path
        target.parent.mkdir(exist_ok=True)
        match target.suffix:
            case ".avif":
                image.save(target, quality=quality, speed=AVIF_SPEED)
            case ".png":
                image.save(target, optimize=True)
            case _:
                image.save(target, quality=quality, progressive=True, method=6)
        self._note(target, entry, image.size)

    def _note(self, path: Path, entry: Entry, size: tuple[int, int]) -> None:
        sizes = {"width": size[0], "height": size[1], "sha256": _sha256(path)}
        self.credits[str(path.relative_to(showcase.IMAGES))] = entry | sizes

    def _write(self) -> None:
        """Write the credits and remove the pictures nobody wants any more."""
        for path in showcase.IMAGES.rglob("*"):
            if path.is_file() and path.suffix != ".toml" and str(path.relative_to(showcase.IMAGES)) not in self.credits:
                path.unlink()
        blocks = [[f'["{path}"]', *_lines(entry)] for path, entry in self.credits.items()]
        text = HEAD + "".join("\n" + "\n".join(block) + "\n" for block in blocks)
        (showcase.IMAGES / "CREDITS.toml").write_text(text, encoding="utf-8")


def _lines(entry: Entry) -> list[str]:
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]


def _preset_results(wanted: Entry) -> dict[str, Entry]:
    """Return the thumbnail of each place the studio offers as a result to make."""
    of = wanted["of"]
    return {
        preset.slug: {
            "of": wanted.get(group.family, of),
            "prompt": preset.prompt,
            "seed": wanted["seed"],
            "thumb": f"presets/{preset.slug}.avif",
        }
        for group in presets.PRESETS
        for preset in group.presets
    }


def _request(wanted: Entry, data: bytes) -> pipeline.PictureRequest:
    model = catalog.get(wanted.get("model", "changebg"))
    prompt = wanted["prompt"] if model.takes("prompt") else None
    return pipeline.PictureRequest(
        model=model.id,
        image=data,
        seed=wanted.get("seed", 0),
        prompt=prompt,
        result="composite" if model.takes("prompt") else "cutout",
    )


def _small(source: Path) -> bytes:
    image = Image.open(source).convert("RGB")
    written = io.BytesIO()
    _fitted(image, min(SMALL_PX, image.width)).save(written, "PNG")
    return written.getvalue()


def _fitted(image: Image.Image, width: int) -> Image.Image:
    if width > image.width:
        raise CommandError(f"a picture {image.width} px wide is not shown at {width} px")
    return image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)


def _cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    scale = max(size[0] / image.width, size[1] / image.height)
    width, height = round(size[0] / scale), round(size[1] / scale)
    left, top = (image.width - width) // 2, (image.height - height) // 3
    cut = image.convert("RGB").crop((left, top, left + width, top + height))
    return cut.resize(size, Image.Resampling.LANCZOS)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
