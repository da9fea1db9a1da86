"""What the specimens of /_components are made of: rows that are in no database, of states that are hard to come by."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.templatetags.static import static
from django.utils import timezone

from billing.ledger import Balance
from generations import canvas_fields, catalog
from generations.forms import StudioForm
from generations.models import Generation, Stage, State
from generations.usual import Times
from generations.views import photos, presets, prices, studio
from generations.views.evidence import Panel
from generations.views.outlines import Outline
from generations.views.prices import Price
from generations.views.takes import Take

PROMPT = "a bright minimalist showroom with white walls and natural light"
SIDES = {"width": 1000, "height": 800}
DIGEST = "5f1c" * 16


def parts() -> dict[str, Any]:
    """Return what the sheet's partial templates show."""
    return {
        "wallets": [
            Balance(posted=142, held=0, frozen=False),
            Balance(posted=142, held=2, frozen=False),
            Balance(posted=2, held=0, frozen=False),
            Balance(posted=0, held=0, frozen=False),
            Balance(posted=-3, held=0, frozen=False),
            Balance(posted=40, held=0, frozen=True),
        ],
        "person": SimpleNamespace(email="ada@example.com", is_authenticated=True),
        "open_shop": {"is_open": True},
        "enough": [Price(1, 1, 11, 0)],
        "short": [Price(1, 2, 0, 2)],
        "times": [timezone.now() - timedelta(**ago) for ago in ({"seconds": 5}, {"hours": 3}, {"days": 40})],
        "tiles": [{"generation": run(state), "url": _picture(state)} for state in State],
        "photo": SimpleNamespace(**SIDES),
        "before": _sample(),
        "after": static("img/results/sideboard-showroom.jpg"),
        "waiting": run(State.QUEUED),
        "working": run(State.RUNNING),
        "steps": _steps(),
        "panel": panel(equal=True),
        "unequal": panel(equal=False),
        "samples": photos.samples(),
    }


def run(state: str, **given: Any) -> Generation:
    """Return a generation in this state, with what belongs to it."""
    done = state == State.SUCCEEDED
    ended = state not in (State.QUEUED, State.RUNNING)
    now = timezone.now()
    result = {**SIDES, "format": "png", "seed": 4711, "subject": {"unchanged_fraction": 1, "max_difference": 0}}
    return Generation(
        **{
            "model": "changebg",
            "state": state,
            "livemode": True,
            "cost": 1,
            "tokens_used": int(done),
            "params": {"prompt": PROMPT},
            "result": result if done else None,
            "stage": Stage.PAINTING if state == State.RUNNING else "",
            "created_at": now - timedelta(seconds=4),
            "finished_at": now if ended else None,
            "delete_after": now + timedelta(days=30),
        }
        | given
    )


def panel(*, equal: bool) -> Panel:
    """Return the evidence of a picture that kept its pixels, or of one that did not."""
    other = DIGEST if equal else DIGEST[::-1]
    figures = [("Kept pixels", "412 306"), ("Largest difference", "0" if equal else "3")]
    return Panel(
        equal,
        "412,306",
        figures,
        DIGEST,
        other,
        "The subject was found by u2netp.",
        "A PNG file loses nothing.",
        "#",
        "#",
    )


def _picture(state: str) -> str:
    return static("img/results/sideboard-showroom.jpg") if state == State.SUCCEEDED else ""


def _sample() -> str:
    return str(photos.samples()[0].url)


def _steps() -> list[dict[str, Any]]:
    states = ["done", "now", "todo", "todo", "todo"]
    return [{"label": one.label, "state": state} for one, state in zip(Stage, states, strict=True)]


def _of_a_run(state: str, **given: Any) -> dict[str, Any]:
    """Return the context of a run's page. What is under way asks for itself once, much later than anybody looks."""
    return {
        "generation": run(state, **given),
        "steps": _steps() if state == State.RUNNING else [],
        "ahead": 3,
        "usual": Times(middle_s=6, most_s=9),
        "takes": [Take(1, run(State.SUCCEEDED), _picture(State.SUCCEEDED), 0), Take(2, run(State.RUNNING), "", 10**9)],
        "elapsed_s": 4,
        "next_ms": 10**9,
        "result_url": static("img/results/sideboard-showroom.jpg"),
        "original_url": _sample(),
        "download_url": static("img/results/sideboard-showroom.jpg"),
        "again_url": "/studio?again=",
        "seconds": 6.4,
        "panel": panel(equal=True),
        "told": "The run stopped. Nothing was charged.",
    }


def _studio(*, photo: bool = False, available: int = 12, **sent: str) -> dict[str, Any]:
    model = catalog.get("changebg")
    form = StudioForm(model, sent) if sent else StudioForm(model, initial={})
    kept = {"url": _sample(), "name": "Sideboard", "width_px": 1000, "height_px": 800}
    return {
        "form": form,
        "model": model,
        "models": [
            (studio.address(one), studio.MODEL_LABELS.get(one.id, one.name), one) for one in catalog.available()
        ],
        "action": "/studio",
        "submission_id": uuid4(),
        "photo": kept if photo else None,
        "outline": Outline("waiting") if photo else None,
        "problems": form.problems() if sent else [],
        "samples": photos.samples(),
        "days": 30,
        "drop_words": studio.drop_words(),
        "presets": presets.shown(),
        "colors": studio.COLORS,
        "most_padding": canvas_fields.most_padding(model),
        "wallet": Balance(posted=available, held=0, frozen=False),
        "shop": {"is_open": True, "test_mode": False},
    } | prices.shown(form=form, left=available)


def _key(*, shown: bool) -> dict[str, Any]:
    key = SimpleNamespace(name="Shop", livemode=True)
    return {"key": key, "plain": "rm_live_" + "x" * 40} if shown else {"key": None}


RUN, STUDIO, KEY = "generations/detail.html", "generations/studio.html", "accounts/key_shown.html"
#: name -> the page's template and what makes its context.
PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "studio-empty": (STUDIO, lambda: _studio()),
    "studio-photo": (STUDIO, lambda: _studio(photo=True)),
    "studio-short": (STUDIO, lambda: _studio(photo=True, available=0)),
    "studio-refused": (STUDIO, lambda: _studio(photo=True, seed="x", background_kind="color", background_color="blue")),
    "run-queued": (RUN, lambda: _of_a_run(State.QUEUED)),
    "run-working": (RUN, lambda: _of_a_run(State.RUNNING)),
    "run-done": (RUN, lambda: _of_a_run(State.SUCCEEDED)),
    "run-failed": (RUN, lambda: _of_a_run(State.FAILED)),
    "run-canceled": (RUN, lambda: _of_a_run(State.CANCELED)),
    "key-shown": (KEY, lambda: _key(shown=True)),
    "key-gone": (KEY, lambda: _key(shown=False)),
}
