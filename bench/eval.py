"""make eval: how good the pictures are, in one run: cut-outs beside rembg, the painter's sheet, the gates.

    python -m bench.eval [--model u2net] [--evalset PATH] [--json OUT.json] [--turns 3] [--accept]
    python -m bench.eval --model NAME --networks DIR        a network of one's own: no peer, no bars

Every program lives in a process of its own and they take turns picture by picture, so a machine under load is
equally slow for all. Then the painter's families are timed and shown on var/eval/contact-sheet.jpg, and the twin of
an inpainting engine answers well and badly. Ends with status 1 below a bar against the peer, below the floor of
bench/eval_floor.json (kept for our own set only; --accept stores the floor of this run), where a family is too slow,
and where a gate let a bad answer pass or turned down a good one.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from bench import fakes, families, metrics, peer, table
from bench.metrics import Pixels, Quality
from bench.table import Cut, Row
from bench.turns import ROOT, Program, Turn
from generations.images import networks, weights

OWN_SET = ROOT / "bench" / "evalset"
FLOOR = ROOT / "bench" / "eval_floor.json"
SHEET = ROOT / "var" / "eval" / "contact-sheet.jpg"
PEER_FOLDER = ROOT / "var" / "peer-rembg"
RECIPES = ("raw", "fine", "fast")
#: As the worker of pictures is started: the network's planes come and go with every picture, and on huge pages they
#: come at a third less of the network's time. The peer keeps its planes instead.
AS_THE_WORKER = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def main() -> int:
    """Measure, print the table, compare; return the exit status."""
    options = _options()
    weights_dir = Path(os.environ.get("WEIGHTS_DIR", ROOT / "var" / "models"))
    fetch(options.model, weights_dir, options.networks)
    running = programs(options.model, weights_dir, options.networks)
    cuts = measure(options.evalset, running, turns=options.turns)
    all_rows = table.rows(cuts)
    print(table.text(all_rows))
    if options.json:
        options.json.write_text(json.dumps([asdict(r) for r in all_rows], indent=1) + "\n", encoding="utf-8")
    failures = judged(cuts, all_rows, model=options.model, is_own_set=options.evalset.resolve() == OWN_SET)
    if options.accept:
        accept(all_rows, model=options.model)
    met = "no bar is set for a network of one's own"
    if options.model in weights.NETWORKS:
        failures += painter(options.evalset) + engines(options.evalset, model=options.model, weights_dir=weights_dir)
        met = "every bar is met"
    print("\n" + ("\n".join(failures) if failures else f"make eval: {met}"))
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the cut-outs beside the peer's.")
    parser.add_argument("--model", default="u2netp", help="u2netp, u2net or a record's name in --networks")
    parser.add_argument("--networks", type=Path, help="your own networks, as MATTE_NETWORKS")
    parser.add_argument("--evalset", type=Path, default=OWN_SET, help="holds manifest.csv, image/ and alpha/")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    parser.add_argument("--turns", type=int, default=3, help="how often each picture is cut out; the fastest counts")
    parser.add_argument("--accept", action="store_true", help="store the floor of this run")
    return parser.parse_args()


def fetch(model: str, weights_dir: Path, networks_dir: Path | None) -> None:
    """Fetch the network, or check one of one's own; SystemExit with a sentence when that fails."""
    try:
        if model in weights.NETWORKS:
            weights.fetch(name=model, weights_dir=weights_dir)
        else:
            own = networks.find(name=model, weights_dir=weights_dir, networks_dir=networks_dir)
            weights.verified_path(folder=own.folder, network=own.network)
    except (weights.FetchFailed, weights.BadNetwork) as error:
        raise SystemExit(str(error)) from error


def programs(model: str, weights_dir: Path, networks_dir: Path | None) -> list[Program]:
    """Start ours by recipe, and the peer where it knows the network; their names are the table's models."""
    own = ["--networks", str(networks_dir.resolve())] if networks_dir else []
    command = [sys.executable, "-m", "bench.cutout", str(weights_dir), model]
    ours = [Program(f"{model} {recipe}", [*command, recipe, *own], variables=AS_THE_WORKER) for recipe in RECIPES]
    if model not in weights.NETWORKS:
        return ours
    python = peer.install(PEER_FOLDER)
    home = {"U2NET_HOME": str(weights_dir.resolve())}
    return [*ours, Program(f"{model} rembg", [str(python), "-m", "bench.peer", model], variables=home)]


def measure(evalset: Path, running: list[Program], *, turns: int) -> list[Cut]:
    """Cut out every picture of the manifest by every program, and end the programs."""
    with (evalset / "manifest.csv").open(newline="", encoding="utf-8") as file:
        pictures = [(line["name"], line["category"]) for line in csv.DictReader(file)]
    cuts: list[Cut] = []
    with tempfile.TemporaryDirectory(prefix="roomai-eval-") as folder:
        try:
            for program in running:  # building the session and the first run are nobody's time
                program.take(image=_image(evalset, pictures[0][0]), matte=Path(folder, "warm-up.png"))
            for number, (name, category) in enumerate(pictures):
                # Each picture begins with another program: none always follows the same neighbor.
                order = running[number % len(running) :] + running[: number % len(running)]
                taken = {p.name: _turns(p, _image(evalset, name), Path(folder, f"{p.name}.png"), turns) for p in order}
                for program in running:
                    quality = _quality(Path(folder, f"{program.name}.png"), evalset / "alpha" / f"{name}.png")
                    turn = taken[program.name]
                    cuts.append(Cut(program.name, name, category, quality, turn.ms, turn.rss_mb))
        finally:
            for program in running:
                program.close()
    return cuts


def _image(evalset: Path, name: str) -> Path:
    return evalset / "image" / f"{name}.jpg"


def _turns(program: Program, image: Path, matte: Path, count: int) -> Turn:
    taken = [program.take(image=image, matte=matte) for _ in range(count)]
    return Turn(ms=min(turn.ms for turn in taken), rss_mb=max(turn.rss_mb for turn in taken))


def _quality(found: Path, truth: Path) -> Quality:
    return metrics.quality(_grey(found), _grey(truth))


def _grey(path: Path) -> Pixels:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise ValueError(f"{path} is no picture")
    return np.asarray(grey, np.uint8)


def judged(cuts: list[Cut], all_rows: list[Row], *, model: str, is_own_set: bool) -> list[str]:
    """Print how far we are from the peer; return a line for each bar and floor that is missed, none without a peer."""
    if model not in weights.NETWORKS:
        return []
    total = {r.model: r for r in all_rows if r.category == table.TOTAL}
    fine, fast, rembg = (total[f"{model} {name}"] for name in ("fine", "fast", "rembg"))
    print("\n" + "\n".join(table.beside(fine=fine, peer=rembg)))
    print("\n".join(table.losses(cuts, model=fine.model, peer=rembg.model)))
    fine_times, fast_times = (table.times(cuts, model=row.model, peer=rembg.model) for row in (fine, fast))
    print(f"time x {fine_times:.2f} (fine), x {fast_times:.2f} (fast)")
    bars = table.missed_bars(fine=fine, fast=fast, peer=rembg, fine_times=fine_times, fast_times=fast_times)
    missed = [f"missed: {line}" for line in bars]
    stored = json.loads(FLOOR.read_text(encoding="utf-8")) if is_own_set and FLOOR.exists() else {}
    for row in (fine, fast):
        if row.model in stored:
            missed += [f"below the floor: {line}" for line in table.below_floor(row, stored[row.model])]
    return missed


def painter(evalset: Path) -> list[str]:
    """Paint every family, write the sheet, print the times; return a line for each that is too slow."""
    made = families.cells(evalset)
    families.write(made, SHEET)
    print(
        f"\npainted at one megapixel, the faster of {families.TURNS} turns; all of it on {SHEET.relative_to(ROOT)}:\n"
    )
    print(families.text(made))
    return [f"missed: {line}" for line in families.missed(made)]


def engines(evalset: Path, *, model: str, weights_dir: Path) -> list[str]:
    """Let the twin of an inpainting engine answer, print the gates' figures; return a line for each mistake."""
    found = list(fakes.cases(evalset, network=model, weights_dir=weights_dir))
    print("\ngates, by what the engine did; of each figure the worst:\n")
    print(fakes.text(found))
    return [f"missed: {line}" for line in fakes.missed(found)]


def accept(all_rows: list[Row], *, model: str) -> None:
    """Store this run's totals as what later ones must reach; other models' floors stay."""
    stored = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else {}
    ours = {f"{model} {recipe}" for recipe in ("fine", "fast")}
    stored |= {r.model: table.floor(r) for r in all_rows if r.category == table.TOTAL and r.model in ours}
    FLOOR.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
