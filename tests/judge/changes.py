"""Grader: what looks otherwise than when it was last reviewed, on pages that are the same for everybody at any time.

Screens differ from machine to machine by fonts and browser, so what was reviewed lies in `var/judge/reviewed/` and not
in the repository: the first round of a machine takes its own screens, and `python -m tests.judge review` those of the
last round once somebody has looked at them.
"""

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from tests.judge import tools
from tests.judge.measure import Measure, counted
from tests.judge.rounds import Round

KEY_VIEWS = (
    *("landing", "pricing", "sign-up", "log-in", "docs-model", "docs-errors", "components", "help", "missing"),
    *("studio-empty", "gallery-empty", "keys-empty", "trash-empty", "billing-empty"),
)
#: A screen by the end of its name: light and dark on a desk, light on a phone.
LOOKS = ("light-1280", "dark-1280", "light-390")
#: A pixel is another one when a channel differs by more; text at the edge of a pixel flickers by less.
FLICKER = 24
MOST_SHARE = 0.001


def grade(this: Round) -> list[Measure]:
    """Return the count of key screens that changed since they were reviewed; each is drawn in `var/judge/changes/`."""
    screens, reviewed = this.out / "screens", this.out / "reviewed"
    names = [f"{view.name}-{look}.png" for view in this.views if view.name in KEY_VIEWS for look in LOOKS]
    shown = [name for name in names if (screens / name).exists()]
    if not reviewed.exists():
        review(this.out)
        return [Measure("unreviewed changes", 0, 0, notes=("the first screens of this machine: look at them",))]
    changes = this.out / "changes"
    shutil.rmtree(changes, ignore_errors=True)
    return [
        counted("unreviewed changes", [told for name in shown if (told := _told(name, screens, reviewed, changes))])
    ]


def review(out: Path = tools.OUT) -> int:
    """Take the screens of the last round as reviewed; return how many there are."""
    reviewed = out / "reviewed"
    shutil.rmtree(reviewed, ignore_errors=True)
    reviewed.mkdir(parents=True)
    taken = [out / "screens" / f"{name}-{look}.png" for name in KEY_VIEWS for look in LOOKS]
    return len([shutil.copy2(screen, reviewed) for screen in taken if screen.exists()])


def changed(now: Image.Image, then: Image.Image) -> tuple[float, Image.Image]:
    """Return the share of pixels that differ, 0..1, and the screen with those in red; another size differs wholly."""
    if now.size != then.size:
        return 1.0, now
    pixels, before = (np.asarray(one.convert("RGB"), np.int16) for one in (now, then))
    other = (np.abs(pixels - before) > FLICKER).any(axis=2)
    drawn = np.where(other[..., None], (255, 0, 0), 255 - (255 - pixels) // 3).astype(np.uint8)
    return float(other.mean()), Image.fromarray(drawn)


def _told(name: str, screens: Path, reviewed: Path, changes: Path) -> str:
    """Return a sentence where a screen changed, "" where it did not; draw what changed."""
    if not (reviewed / name).exists():
        return f"{name}: new"
    with Image.open(screens / name) as now, Image.open(reviewed / name) as then:
        share, drawn = changed(now, then)
    if share <= MOST_SHARE:
        return ""
    changes.mkdir(exist_ok=True)
    drawn.save(changes / name)
    return f"{name}: {share:.1%} of its pixels"
