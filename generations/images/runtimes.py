"""What runs a network on the processor: onnxruntime, or OpenVINO where it is installed. One session, two ways.

Either library takes tenths of a second and tens of megabytes to load, so it is loaded with the first session.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from generations.images.weights import BadNetwork

Plane = NDArray[np.float32]

CPU_FACTS = Path("/proc/cpuinfo")
#: What Linux calls a processor's unit for matrices of bf16: there OpenVINO is several times faster.
MATRIX_UNIT = {"amx_tile", "amx_bf16"}
#: Characters of a library's own words in a sentence of ours.
SAID_MOST = 300


@dataclass(frozen=True, slots=True)
class Tensor:
    """One input or output. type: numpy's name of its numbers. shape: None where any length goes; itself None where
    even the number of sides is open."""

    type: str
    shape: tuple[int | None, ...] | None


class Session(Protocol):
    """A network ready to run. inputs, outputs: by name."""

    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]

    def run(self, blob: Plane, *, output: str) -> Plane:
        """Run the network on its one input and return the output of this name."""
        ...


def chosen(wanted: str) -> str:
    """Return the runtime that will be used: `auto` decided by what is installed here and by the processor."""
    if wanted != "auto":
        return wanted
    return "openvino" if find_spec("openvino") and has_matrix_unit(CPU_FACTS) else "onnxruntime"


def label(runtime: str) -> str:
    """Return name and version of a runtime, for the record; BadNetwork where it is not installed."""
    try:
        return f"{runtime} {metadata.version(runtime)}"
    except metadata.PackageNotFoundError as error:
        raise BadNetwork(f"runtime: {runtime} is not installed here") from error


def has_matrix_unit(cpu_facts: Path) -> bool:
    """Tell whether the processor described by this file of Linux has AMX; False where there is no such file."""
    try:
        lines = cpu_facts.read_text("ascii", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")
    return set(flags.split()) >= MATRIX_UNIT


def open_session(runtime: str, *, path: Path, threads: int, keeps_planes: bool, needs_f32: bool) -> Session:
    """Load the network's file; BadNetwork when the runtime is not installed or cannot read the file.

    keeps_planes: onnxruntime only, OpenVINO always keeps them. needs_f32: OpenVINO only, onnxruntime knows no other.
    """
    label(runtime)
    try:
        if runtime == "openvino":
            return OpenVino(path, threads=threads, needs_f32=needs_f32)
        return OnnxRuntime(path, threads=threads, keeps_planes=keeps_planes)
    except Exception as error:
        # Each library has errors of its own, and they all mean this here.
        said = " ".join(str(error).split())[:SAID_MOST] or type(error).__name__
        raise BadNetwork(f"file: {path.name} cannot be loaded by {runtime}: {said}") from error


class OnnxRuntime:
    """By onnxruntime, on the processor."""

    def __init__(self, path: Path, *, threads: int, keeps_planes: bool) -> None:
        import onnxruntime  # 60 MB and 0.2 s that only a worker making pictures should pay

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = keeps_planes
        # Threads that spin while they wait take up to a tenth more CPU, which other workers and the web need. Who pays
        # for speed in memory may have 50 microseconds of it, enough for the gap between two steps of the network, and
        # none while OpenCV works on what it found.
        options.add_session_config_entry("session.intra_op.allow_spinning", "1" if keeps_planes else "0")
        options.add_session_config_entry("session.intra_op.spin_duration_us", "50")
        options.add_session_config_entry("session.force_spinning_stop", "1")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.inputs: Mapping[str, Tensor] = {node.name: _of_onnx(node) for node in self._session.get_inputs()}
        self.outputs: Mapping[str, Tensor] = {node.name: _of_onnx(node) for node in self._session.get_outputs()}

    def run(self, blob: Plane, *, output: str) -> Plane:
        """Run it; safe from several threads at once."""
        (name,) = self.inputs
        (found,) = self._session.run([output], {name: blob})
        return np.asarray(found)


class OpenVino:
    """By OpenVINO, on the processor. Unless f32 is needed it chooses the precision: bf16 where the processor has it."""

    def __init__(self, path: Path, *, threads: int, needs_f32: bool) -> None:
        import openvino  # 0.2 s that only a worker making pictures should pay

        model = openvino.Core().read_model(path)
        outputs = ((name, node) for node in model.outputs for name in node.get_names())
        self.inputs: Mapping[str, Tensor] = {node.any_name: _of_openvino(node) for node in model.inputs}
        self.outputs: Mapping[str, Tensor] = {name: _of_openvino(node) for name, node in outputs}
        wishes: dict[str, str | int] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads}
        if needs_f32:
            wishes["INFERENCE_PRECISION_HINT"] = "f32"
        self._request = openvino.Core().compile_model(model, "CPU", wishes).create_infer_request()
        self._running = threading.Lock()

    def run(self, blob: Plane, *, output: str) -> Plane:
        """Run it; one thread after another, since a request holds one answer."""
        with self._running:
            self._request.infer({0: blob})
            return np.array(self._request.get_tensor(output).data)


def _of_onnx(node: Any) -> Tensor:
    kind = str(node.type).removeprefix("tensor(").removesuffix(")")
    # An onnxruntime side is a number, or a name or None where it is open; no sides at all may mean "not said".
    shape = tuple(side if isinstance(side, int) and side >= 0 else None for side in node.shape)
    return Tensor({"float": "float32", "double": "float64"}.get(kind, kind), shape or None)


def _of_openvino(node: Any) -> Tensor:
    shape = node.get_partial_shape()
    sides = None if shape.rank.is_dynamic else tuple(None if s.is_dynamic else s.get_length() for s in shape)
    return Tensor(str(np.dtype(node.get_element_type().to_dtype())), sides)
