"""The automatic cut-out: a network's first, coarse answer. `refine` makes a matte of it."""

import os
import threading
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.images import weights
from generations.images.weights import Network

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

    keeps_planes: hold on to the network's memory between pictures, 450 MB for a tenth less of its time, and
    let its threads spin between two steps.
    """

    def __init__(self, *, weights_dir: Path, network: Network, threads: int = 2, keeps_planes: bool = False) -> None:
        self.network = network
        self._weights_dir = weights_dir
        self._threads = min(threads, os.cpu_count() or 1)
        self._keeps_planes = keeps_planes
        self._session: Any = None
        self._building = threading.Lock()

    def find(self, rgb: Pixels) -> Coarse:
        """Find the subject of an HxWx3 sRGB picture; WeightsUnavailable when the network is not installed."""
        blob = network_input(rgb, network=self.network)
        session = self._ready_session()
        name = session.get_inputs()[0].name
        (output,) = session.run([self.network.output], {name: blob})
        return coarse(np.asarray(output, np.float32)[0, 0], network=self.network)

    @property
    def runtime(self) -> str:
        """What ran the network, for the record: two runtimes give mattes that differ a little."""
        return f"onnxruntime {version('onnxruntime')}"

    def _ready_session(self) -> Any:
        with self._building:
            if self._session is None:
                self._session = self._build()
        return self._session

    def _build(self) -> Any:
        path = weights.verified_path(weights_dir=self._weights_dir, network=self.network)
        import onnxruntime  # 60 MB and 0.2 s that only a worker making pictures should pay

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = self._keeps_planes
        # Threads that spin while they wait take up to a tenth more CPU, which other workers and the web need. Who pays
        # for speed in memory may have 50 microseconds of it, enough for the gap between two steps of the network, and
        # none while OpenCV works on what it found.
        options.add_session_config_entry("session.intra_op.allow_spinning", "1" if self._keeps_planes else "0")
        options.add_session_config_entry("session.intra_op.spin_duration_us", "50")
        options.add_session_config_entry("session.force_spinning_stop", "1")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


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
        output = (1 / (1 + np.exp(-output))).astype(np.float32)
    low, high = float(output.min()), float(output.max())
    share = float((output > 0.5).mean())
    if network.normalize == "minmax":
        output = (output - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return Coarse(np.clip(output, 0, 1).astype(np.float32), raw_max=high, raw_share=share)
