"""Two ways to run body, scale and guard that must agree: plain numpy, and one graph in ONNX Runtime."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from .batch import Batch
from .kinds import Body, ConformalSet, Interval, Scale
from .onnx_graph import NUMBERS, Graph, host_names
from .part import Array

ExecutorName = Literal["auto", "numpy", "onnx"]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What happens to a batch, checked.  scale is None where scores are values, not probabilities."""

    body: Body
    n_numbers: int
    scale: Scale | None = None
    guard: ConformalSet | Interval | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """What can be asked of it."""
        after = ("probabilities",) if self.scale is not None else ()
        sets = ("sets",) if isinstance(self.guard, ConformalSet) else ()
        return ("scores", *after, *sets, *(("low", "high") if isinstance(self.guard, Interval) else ()))


class Executor(Protocol):
    """Runs a pipeline."""

    def run(self, batch: Batch, wanted: tuple[str, ...]) -> list[Array]:
        """The wanted outputs, in this order."""
        ...


class NumpyExecutor:
    """The reference: every kind says in numpy what it does."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    def run(self, batch: Batch, wanted: tuple[str, ...]) -> list[Array]:
        """The wanted outputs, in this order."""
        pipeline = self.pipeline
        found: dict[str, Array] = {"scores": pipeline.body.run(batch)}
        if pipeline.scale is not None:
            found["probabilities"] = pipeline.scale.run(found["scores"])
        if isinstance(pipeline.guard, ConformalSet):
            found["sets"] = pipeline.guard.run(found["probabilities"])
        if isinstance(pipeline.guard, Interval):
            found["low"], found["high"] = pipeline.guard.run(found["scores"])
        return [found[name] for name in wanted]


class OnnxExecutor:
    """The fast one: the same as one graph, built here and run by ONNX Runtime on one thread."""

    def __init__(self, pipeline: Pipeline) -> None:
        graph = graph_of(pipeline)
        self._plain = NumpyExecutor(pipeline)
        self._hosts = graph.hosts
        self._session = session_of(graph.model())

    def run(self, batch: Batch, wanted: tuple[str, ...]) -> list[Array]:
        """The wanted outputs, in this order."""
        if len(batch) == 0:
            # ONNX Runtime 1.32 ends the whole process when its node GRU meets no rows.
            return self._plain.run(batch, wanted)
        feed = {NUMBERS: batch.numbers}
        for position, host in enumerate(self._hosts):
            feed.update(zip(host_names(position), host.features(batch)))
        found: list[Array] = self._session.run(wanted, feed)
        return found


def graph_of(pipeline: Pipeline) -> Graph:
    """The pipeline as one graph."""
    graph, n_scores = Graph(pipeline.n_numbers), pipeline.body.width
    scores = pipeline.body.lower(graph, NUMBERS)
    graph.output("scores", scores, "float32", ["rows", n_scores])
    if pipeline.scale is not None:
        probabilities = pipeline.scale.lower(graph, scores, n_scores)
        graph.output("probabilities", probabilities, "float32", ["rows", pipeline.scale.classes])
        if isinstance(pipeline.guard, ConformalSet):
            sets = pipeline.guard.lower(graph, probabilities)
            graph.output("sets", sets, "bool", ["rows", pipeline.scale.classes])
    if isinstance(pipeline.guard, Interval):
        for name, result in zip(("low", "high"), pipeline.guard.lower(graph, scores)):
            graph.output(name, result, "float32", ["rows"])
    return graph


def session_of(model: bytes) -> Any:
    """A session of ONNX Runtime that is deterministic and quiet."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def executor_of(pipeline: Pipeline, name: ExecutorName) -> Executor:
    """The executor of this name; `auto` takes ONNX Runtime where it is installed."""
    if name not in ("auto", "numpy", "onnx"):
        raise ValueError(f"executor is auto, numpy or onnx, not {name!r}")
    if name == "numpy" or (name == "auto" and not has_onnxruntime()):
        return NumpyExecutor(pipeline)
    return OnnxExecutor(pipeline)


def has_onnxruntime() -> bool:
    """Whether ONNX Runtime can be imported."""
    try:
        import onnxruntime  # noqa: F401
    except ImportError:
        return False
    return True


def as_float32(batch: Batch) -> Batch:
    """The batch with numbers as C-ordered float32, which both executors want."""
    numbers = np.ascontiguousarray(batch.numbers, np.float32)
    return batch if numbers is batch.numbers else Batch(numbers=numbers, texts=batch.texts)
