"""The automatic cut-out: a network's first, coarse answer. `refine` makes a matte of it."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import structlog
from numpy.typing import NDArray

from generations.images import networks, runtimes, weights
from generations.images.errors import WeightsUnavailable
from generations.images.networks import Choice
from generations.images.runtimes import Session, Tensor
from generations.images.weights import BadNetwork, Network

log = structlog.get_logger(__name__)

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Coarse:
    """plane: the network's size, 0..1 after normalizing. raw_max, raw_share: of the output before that.

    Normalizing turns an empty picture into a random subject, so only the raw figures can tell "nothing here":
    raw_max is the largest value, raw_share the share of values above one half.
    """

    plane: Plane
    raw_max: float
    raw_share: float


class Matter:
    """Runs one cut-out network. The session is built on first use, so never before a worker forks.

    weights_dir: the folder that holds the network's file. keeps_planes: hold on to the network's memory between
    pictures, 450 MB for a tenth less of its time, and let its threads spin between two steps.
    """

    def __init__(
        self,
        *,
        weights_dir: Path,
        network: Network,
        threads: int = 2,
        keeps_planes: bool = False,
        runtime: str = "onnxruntime",
    ) -> None:
        self.network = network
        self._weights_dir = weights_dir
        self._threads = min(threads, os.cpu_count() or 1)
        self._keeps_planes = keeps_planes
        self._runtime = runtimes.chosen(runtime)
        self._session: Session | None = None
        self._building = threading.Lock()

    def find(self, rgb: Pixels) -> Coarse:
        """Find the subject of an HxWx3 sRGB picture; WeightsUnavailable when the network cannot be used here."""
        blob = network_input(rgb, network=self.network)
        try:
            output = self.ready_session().run(blob, output=self.network.output)
            return coarse(_plane(output, network=self.network), network=self.network)
        except BadNetwork as fault:
            log.error("network_unusable", network=self.network.name, fault=str(fault))
            raise WeightsUnavailable from fault

    @property
    def runtime(self) -> str:
        """What runs the network, for the record: two runtimes give mattes that differ a little.

        Raises WeightsUnavailable when it is not installed.
        """
        try:
            return runtimes.label(self._runtime)
        except BadNetwork as fault:
            raise WeightsUnavailable from fault

    def ready_session(self) -> Session:
        """Return the session; the first call builds it and checks it against the record. BadNetwork says why not."""
        with self._building:
            if self._session is None:
                path = weights.verified_path(folder=self._weights_dir, network=self.network)
                session = runtimes.open_session(
                    self._runtime,
                    path=path,
                    threads=self._threads,
                    keeps_planes=self._keeps_planes,
                    needs_f32=self.network.needs_f32,
                )
                require_fit(session, network=self.network)
                self._session = session
        return self._session


def installed(*, weights_dir: Path, choice: Choice, threads: int = 2) -> Matter:
    """Return what runs the network of this choice; WeightsUnavailable when its record cannot be used."""
    try:
        return _of_choice(weights_dir, choice, threads)
    except BadNetwork as fault:
        log.error("network_unusable", network=choice.network, fault=str(fault))
        raise WeightsUnavailable from fault


def fault(*, weights_dir: Path, choice: Choice) -> str | None:
    """Say what is wrong with the network of this choice, or None; loads it, so it takes a second and its memory."""
    try:
        _of_choice(weights_dir, choice, 1).ready_session()
    except BadNetwork as bad:
        return str(bad)
    return None


def _of_choice(weights_dir: Path, choice: Choice, threads: int) -> Matter:
    found = networks.find(name=choice.network, weights_dir=weights_dir, networks_dir=choice.networks_dir)
    return Matter(
        weights_dir=found.folder,
        network=found.network,
        threads=threads,
        keeps_planes=choice.recipe == "fast",
        runtime=choice.runtime,
    )


def require_fit(session: Session, *, network: Network) -> None:
    """Compare the network itself with its record; BadNetwork names the field that does not fit."""
    width, height = network.size_px
    if len(session.inputs) != 1:
        raise BadNetwork(f"file: the network has {len(session.inputs)} inputs, not one")
    (taken,) = session.inputs.values()
    if taken.type != "float32":
        raise BadNetwork(f"file: the network takes {taken.type}, not float32")
    if not _fits(taken, (1, 3, height, width)):
        raise BadNetwork(f"size_px: {width} x {height} px needs an input of 1 x 3 x {height} x {width}, {_told(taken)}")
    if network.output not in session.outputs:
        names = ", ".join(sorted(session.outputs))
        raise BadNetwork(f"output: the network has none called {network.output!r}, but {names}")
    given = session.outputs[network.output]
    if given.type != "float32":
        raise BadNetwork(f"output: {network.output!r} is {given.type}, not float32")
    if not _fits(given, (1, 1, height, width)):
        raise BadNetwork(f"output: {network.output!r} must be 1 x 1 x {height} x {width}, {_told(given)}")


def _fits(tensor: Tensor, wanted: tuple[int, ...]) -> bool:
    if tensor.shape is None:
        return True
    pairs = zip(tensor.shape, wanted, strict=False)
    return len(tensor.shape) == len(wanted) and all(side in (None, length) for side, length in pairs)


def _told(tensor: Tensor) -> str:
    return "the network has " + " x ".join("any" if side is None else str(side) for side in tensor.shape or ())


def _plane(output: Plane, *, network: Network) -> Plane:
    """Return the height x width numbers of an answer; BadNetwork where it is of another shape, or no numbers."""
    width, height = network.size_px
    if output.shape != (1, 1, height, width):
        raise BadNetwork(f"output: {network.output!r} came as {output.shape}, not 1 x 1 x {height} x {width}")
    if not np.isfinite(output).all():
        raise BadNetwork(f"output: {network.output!r} holds values that are no numbers")
    return np.asarray(output[0, 0], np.float32)


def network_input(rgb: Pixels, *, network: Network) -> Plane:
    """Return 1x3xhxw float32: area-averaged to the network's size ignoring aspect, scaled, standardized."""
    small = cv2.resize(rgb, network.size_px, interpolation=cv2.INTER_AREA).astype(np.float32)
    scale = max(float(small.max()), 1.0) if network.divide == "image_max" else 255.0
    mean, std = np.array(network.mean, np.float32), np.array(network.std, np.float32)
    planes = ((small / np.float32(scale) - mean) / std).transpose(2, 0, 1)[None]
    return np.ascontiguousarray(planes, np.float32)


def coarse(output: Plane, *, network: Network) -> Coarse:
    """Measure the raw output, then normalize it as the network's record says."""
    if network.activation == "sigmoid":
        output = (1 / (1 + np.exp(-np.clip(output, -80, 80)))).astype(np.float32)
    low, high = float(output.min()), float(output.max())
    share = float((output > 0.5).mean())
    if network.normalize == "minmax":
        output = (output - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return Coarse(np.clip(output, 0, 1).astype(np.float32), raw_max=high, raw_share=share)
