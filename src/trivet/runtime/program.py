"""A program: the parts of a model, checked and ready to answer."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .batch import Answers, Batch
from .errors import BadFile
from .executors import Executor, ExecutorName, Pipeline, as_float32, executor_of
from .kinds import (
    Body,
    ConformalSet,
    Flow,
    Interval,
    Labels,
    load_body,
    load_guard,
    load_labels,
    load_reader,
    load_scale,
)
from .kinds.inspector import Inspector
from .part import Array, Part

SLOTS = ("reader", "body", "scale", "guard", "labels")
MOST_ROWS_AT_ONCE = 4096
MOST_CELLS_AT_ONCE = 1 << 24


class Program:
    """The parts of a model by slot, checked once; later slots may be empty.

    A part that is not valid, or does not fit the others, is refused as BadFile.
    It classifies when it has labels, a scale or a guard over classes; else it regresses.
    """

    def __init__(self, parts: Mapping[str, Part], *, executor: ExecutorName = "auto") -> None:
        check_slots(parts)
        self._executor_name = executor
        self.reader = load_reader(parts["reader"])
        self.body = load_body(parts["body"], self.reader.flow) if "body" in parts else None
        self.labels: Labels | None = None
        self.pipeline: Pipeline | None = None
        if self.body is not None:
            n_scores = self.body.width
            self.labels = load_labels(parts["labels"], n_scores) if "labels" in parts else None
            self.pipeline = self._pipeline(parts, self.body, n_scores)

    def _pipeline(self, parts: Mapping[str, Part], body: Body, n_scores: int) -> Pipeline:
        guard = load_guard(parts["guard"], n_scores) if "guard" in parts else None
        classifies = self.labels is not None or "scale" in parts or isinstance(guard, ConformalSet)
        if classifies and isinstance(guard, Interval):
            raise misfit("conformal-set as the guard of a model with classes", "interval")
        scale = load_scale(parts.get("scale"), n_scores) if classifies else None
        return Pipeline(body, self.reader.flow.width, scale, guard)

    @property
    def classifies(self) -> bool:
        """Whether answers are classes."""
        return self.pipeline is not None and self.pipeline.scale is not None

    @cached_property
    def executor(self) -> Executor:
        """The executor, made on first use: ONNX Runtime takes a while to start."""
        if self.pipeline is None:
            raise ValueError("this program has no body yet")
        return executor_of(self.pipeline, self._executor_name)

    @cached_property
    def rows_at_once(self) -> int:
        """How many rows are worked on together, so that memory stays bounded."""
        widest = max(1, self.reader.flow.width, 0 if self.body is None else self.body.widest)
        return max(1, min(MOST_ROWS_AT_ONCE, MOST_CELLS_AT_ONCE // widest))

    def read(self, columns: Mapping[str, Sequence[Any]]) -> Batch:
        """The batch of a table given as columns."""
        return self.reader.read(columns)

    def read_rows(self, rows: Sequence[Mapping[str, Any]]) -> Batch:
        """The batch of rows given as dicts."""
        return self.reader.read_rows(rows)

    def run(self, batch: Batch, *wanted: str) -> list[Array]:
        """The wanted outputs of the pipeline, in chunks of rows; what the model lacks is a ValueError."""
        outputs = () if self.pipeline is None else self.pipeline.outputs
        if absent := [name for name in wanted if name not in outputs]:
            raise ValueError(f"this program gives {', '.join(outputs) or 'no scores'}, not {', '.join(absent)}")
        if len(batch) <= self.rows_at_once:
            return self.executor.run(batch, wanted)
        starts = range(0, len(batch), self.rows_at_once)
        chunks = [self.executor.run(rows_of(batch, s, s + self.rows_at_once), wanted) for s in starts]
        return [np.concatenate(pieces) for pieces in zip(*chunks)]

    def scores(self, batch: Batch) -> Array:
        """(rows, k) float32 scores of the body."""
        return self.run(as_float32(batch), "scores")[0]

    def answers(self, batch: Batch) -> Answers:
        """Everything the model says about the rows."""
        if self.pipeline is None:
            raise ValueError("this program has no body yet")
        batch = as_float32(batch)
        return self._class_answers(batch) if self.classifies else self._value_answers(batch)

    def _class_answers(self, batch: Batch) -> Answers:
        has_sets = self.pipeline is not None and self.pipeline.guard is not None
        probabilities, *sets = self.run(batch, "probabilities", *(["sets"] if has_sets else []))
        return Answers(
            probabilities=probabilities, chosen=self.choose(probabilities), sets=sets[0] if sets else None
        )  # fmt: skip

    def _value_answers(self, batch: Batch) -> Answers:
        has_interval = self.pipeline is not None and self.pipeline.guard is not None
        if self.body is None or self.body.width not in (1, 3):
            raise ValueError("several scores need labels or a scale to become answers")
        scores, *interval = self.run(batch, "scores", *(["low", "high"] if has_interval else []))
        low, high = interval or (None, None)
        return Answers(values=scores[:, 0], low=low, high=high)

    def choose(self, probabilities: Array) -> Array:
        """(rows,) index of the answered class; the most probable one where there are no labels."""
        if self.labels is None:
            chosen: Array = probabilities.argmax(axis=1)
            return chosen
        return self.labels.choose(probabilities)


def read_batch(reader: Part, columns: Mapping[str, Sequence[Any]]) -> Batch:
    """The batch that a reader part makes of columns."""
    return load_reader(reader).read(columns)


def body_scores(body: Part, batch: Batch, executor: ExecutorName = "numpy") -> Array:
    """(rows, k) float32 scores that a body part gives to a batch."""
    flow = Flow(int(batch.numbers.shape[1]), len(batch.texts))
    runner = executor_of(Pipeline(load_body(body, flow), flow.width), executor)
    batch = as_float32(batch)
    starts = range(0, max(1, len(batch)), MOST_ROWS_AT_ONCE)
    chunks = [runner.run(rows_of(batch, start, start + MOST_ROWS_AT_ONCE), ("scores",))[0] for start in starts]
    return np.concatenate(chunks)


def rows_of(batch: Batch, start: int, end: int) -> Batch:
    """Some rows of a batch, in a row."""
    return Batch(numbers=batch.numbers[start:end], texts=tuple(column[start:end] for column in batch.texts))


def check_slots(parts: Mapping[str, Part]) -> None:
    """Refuses unknown slots, and slots without those that they work on."""
    if unknown := sorted(set(parts) - set(SLOTS)):
        raise misfit("only the slots " + ", ".join(SLOTS), ", ".join(unknown))
    if "reader" not in parts:
        raise misfit("a reader", "the slots " + (", ".join(parts) or "(none)"))
    for slot, part in parts.items():
        Inspector(part, slot).unwired()
    if "body" not in parts and len(parts) > 1:
        raise misfit("a body before the slots behind it", "the slots " + ", ".join(parts))


def misfit(wanted: str, found: str) -> BadFile:
    return BadFile("part-slot", wanted=wanted, found=found, do="use a file that trivet wrote")
