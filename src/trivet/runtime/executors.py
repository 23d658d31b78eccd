"""Two ways to run the stages of a model that must agree: plain numpy, and one graph in ONNX Runtime."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

import numpy as np

from .batch import Batch
from .onnx_graph import OnnxGraph, host_names
from .part import Array
from .stages import NUMBERS, Stage

ExecutorName = Literal["auto", "numpy", "onnx"]


@dataclass(frozen=True, slots=True)
class Lane:
    """Arrays that are used again for each single row.  run: computes `found`, (1, ...), from `numbers`, (1, d)."""

    numbers: Array
    found: Array
    run: Callable[[], None]


class Executor(Protocol):
    """Runs stages."""

    def lane(self, port: str) -> Lane:
        """A lane to this port, for programs that read no text."""
        ...

    def run(self, batch: Batch, wanted: tuple[str, ...]) -> list[Array]:
        """The wanted ports, in this order."""
        ...


class NumpyExecutor:
    """The reference: every kind says in numpy what it does."""

    def __init__(self, stages: Sequence[Stage], n_numbers: int) -> None:
        self.stages, self.n_numbers = stages, n_numbers

    def lane(self, port: str) -> Lane:
        """A lane to this port."""
        numbers, found = arrays_for_one_row(self.stages, self.n_numbers, port)

        def run() -> None:
            found[:] = self.run(Batch(numbers=numbers), (port,))[0]

        return Lane(numbers, found, run)

    def run(self, batch: Batch, wanted: tuple[str, ...]) -> list[Array]:
        """The wanted ports, in this order; stages that none of them needs are left out."""
        arrays: dict[str, Array] = {NUMBERS: batch.numbers}
        for stage in stages_for(self.stages, wanted):
            arrays |= stage.run(arrays, batch)
        return [arrays[name] for name in wanted]


class OnnxExecutor:
    """The fast one: the same as one graph, built here and run by ONNX Runtime on one thread."""

    def __init__(self, stages: Sequence[Stage], n_numbers: int) -> None:
        self.stages, self.n_numbers = stages, n_numbers
        graph = graph_of(stages, n_numbers)
        self._plain = NumpyExecutor(stages, n_numbers)
        self._hosts = graph.hosts
        self._session = session_of(graph.model())

    def run(self, batch: Batch, wanted: tuple[str, ...]) -> list[Array]:
        """The wanted ports, in this order."""
        if len(batch) == 0:
            # ONNX Runtime 1.32 ends the whole process when its node GRU meets no rows.
            return self._plain.run(batch, wanted)
        feed = {NUMBERS: batch.numbers}
        for position, host in enumerate(self._hosts):
            feed.update(zip(host_names(host, position), host.features(batch)))
        found: list[Array] = self._session.run(wanted, feed)
        return found

    def lane(self, port: str) -> Lane:
        """A lane to this port: the session reads and writes the lane's own arrays, and leaves out all other ports."""
        numbers, found = arrays_for_one_row(self.stages, self.n_numbers, port)
        binding, options = self._session.io_binding(), quiet_onnxruntime().RunOptions()
        binding.bind_input(NUMBERS, "cpu", 0, numbers.dtype, numbers.shape, numbers.ctypes.data)
        binding.bind_output(port, "cpu", 0, found.dtype, found.shape, found.ctypes.data)
        options.only_execute_path_to_fetches = True
        # Asked for this entry at every run, onnxruntime 1.32 takes 40 us to find that it is absent.
        options.add_run_config_entry("gpu_graph_id", "-1")
        return Lane(numbers, found, partial(self._session.run_with_iobinding, binding, options))


def arrays_for_one_row(stages: Sequence[Stage], n_numbers: int, port: str) -> tuple[Array, Array]:
    """(numbers, port) of one row, empty."""
    about = next(stage.ports[port] for stage in stages if port in stage.ports)
    return np.empty((1, n_numbers), np.float32), np.empty((1, *about.shape), about.dtype)


def stages_for(stages: Sequence[Stage], wanted: Sequence[str]) -> list[Stage]:
    """The stages without which the wanted ports are not there, in order."""
    ports, kept = set(wanted), []
    for stage in reversed(stages):
        if ports & set(stage.gives.values()):
            kept.append(stage)
            ports |= set(stage.reads.values())
    return kept[::-1]


def graph_of(stages: Sequence[Stage], n_numbers: int) -> OnnxGraph:
    """The stages as one graph; every port that a stage gives can be asked for."""
    graph = OnnxGraph(n_numbers)
    names = {NUMBERS: NUMBERS}
    for stage in stages:
        given = stage.lower(graph, names)
        names |= given
        for port, about in stage.ports.items():
            graph.output(port, given[port], about.dtype, ["rows", *about.shape])
    return graph


def session_of(model: bytes) -> Any:
    """A session of ONNX Runtime that is deterministic and quiet."""
    onnxruntime = quiet_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def executor_of(stages: Sequence[Stage], n_numbers: int, name: ExecutorName) -> Executor:
    """The executor of this name; `auto` takes ONNX Runtime where it is installed."""
    if name not in ("auto", "numpy", "onnx"):
        raise ValueError(f"executor is auto, numpy or onnx, not {name!r}")
    if name == "numpy" or (name == "auto" and not has_onnxruntime()):
        return NumpyExecutor(stages, n_numbers)
    return OnnxExecutor(stages, n_numbers)


def quiet_onnxruntime() -> Any:
    """The library, told to send nothing.

    From 1.29 on it reports models, sessions and errors to Microsoft (its docs/Privacy.md), unless this variable is set
    before it is loaded; its own `disable_telemetry_events` comes too late.  Whoever has set the variable is obeyed.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def has_onnxruntime() -> bool:
    """Whether ONNX Runtime can be imported."""
    try:
        quiet_onnxruntime()
    except ImportError:
        return False
    return True


def as_float32(batch: Batch) -> Batch:
    """The batch with numbers as C-ordered float32, which both executors want."""
    numbers = np.ascontiguousarray(batch.numbers, np.float32)
    return batch if numbers is batch.numbers else Batch(numbers=numbers, texts=batch.texts)
