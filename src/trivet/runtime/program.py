"""A program: the parts of a model, checked, wired and ready to answer."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .batch import Answers, Batch
from .executors import Executor, ExecutorName, as_float32, executor_of
from .kinds import Abstain, Decoder, Flow, load_body, load_reader
from .part import Array, Part
from .ports import Port
from .stages import INNER, NUMBERS, BodyStep, Stage, misfit, stages_of

MOST_ROWS_AT_ONCE = 4096
MOST_CELLS_AT_ONCE = 1 << 24


class Program:
    """The parts of a model by slot, checked once; later slots may be empty.

    A part that is not valid, or does not fit the others, is refused as BadFile.
    """

    def __init__(self, parts: Mapping[str, Part], *, executor: ExecutorName = "auto") -> None:
        if "reader" not in parts:
            raise misfit("a reader", "the slots " + (", ".join(parts) or "(none)"))
        self._executor_name = executor
        self.reader = load_reader(parts["reader"])
        self.stages = stages_of(parts, self.reader.flow)

    @cached_property
    def ports(self) -> dict[str, Port]:
        """Everything that can be asked of it, by name."""
        return {name: port for stage in self.stages for name, port in stage.ports.items()}

    @cached_property
    def decoder(self) -> Decoder | None:
        """What turns arrays into the answer of a row; None for a model that is not finished."""
        return next((stage.step for stage in self.stages if isinstance(stage.step, Decoder)), None)

    @property
    def answer(self) -> str:
        """The port whose rows are the answers: the decoder's, or that of a guard which withholds some of them."""
        if self.decoder is None:
            raise ValueError("this program has no decoder yet")
        withheld = (stage.gives["answer"] for stage in self.stages if isinstance(stage.step, Abstain))
        return next(withheld, self.decoder.answer)

    @cached_property
    def executor(self) -> Executor:
        """The executor, made on first use: ONNX Runtime takes a while to start."""
        if not self.stages:
            raise ValueError("this program has no body yet")
        return executor_of(self.stages, self.reader.flow.width, self._executor_name)

    @cached_property
    def rows_at_once(self) -> int:
        """How many rows are worked on together, so that memory stays bounded."""
        widest = max([1, self.reader.flow.width, *(stage.width for stage in self.stages)])
        return max(1, min(MOST_ROWS_AT_ONCE, MOST_CELLS_AT_ONCE // widest))

    def read(self, columns: Mapping[str, Sequence[Any]]) -> Batch:
        """The batch of a table given as columns."""
        return self.reader.read(columns)

    def read_rows(self, rows: Sequence[Mapping[str, Any]]) -> Batch:
        """The batch of rows given as dicts."""
        return self.reader.read_rows(rows)

    def run(self, batch: Batch, *wanted: str) -> list[Array]:
        """The wanted ports, in chunks of rows; what the model lacks is a ValueError."""
        if absent := [name for name in wanted if name not in self.ports]:
            raise ValueError(f"this program gives {', '.join(self.ports) or 'no scores'}, not {', '.join(absent)}")
        if len(batch) <= self.rows_at_once:
            return self.executor.run(batch, wanted)
        starts = range(0, len(batch), self.rows_at_once)
        chunks = [self.executor.run(batch.rows(s, s + self.rows_at_once), wanted) for s in starts]
        return [np.concatenate(pieces) for pieces in zip(*chunks)]

    def scores(self, batch: Batch) -> Array:
        """(rows, k) float32 scores of the body."""
        return self.run(as_float32(batch), "scores")[0]

    def features(self, batch: Batch) -> Array:
        """(rows, d) float32 numbers that a body works on: those of the reader, or of the part `features`."""
        batch = as_float32(batch)
        return self.run(batch, "features")[0] if "features" in self.ports else batch.numbers

    def answers(self, batch: Batch) -> Answers:
        """Everything the model says about the rows."""
        names = tuple(name for name in self.ports if name not in INNER)
        if not names:
            lacking = "nothing behind its body" if self.stages else "no body"
            raise ValueError(f"this program has no answers yet: it has {lacking}")
        return Answers(dict(zip(names, self.run(as_float32(batch), *names))))


def read_batch(reader: Part, columns: Mapping[str, Sequence[Any]]) -> Batch:
    """The batch that a reader part makes of columns."""
    return load_reader(reader).read(columns)


def body_scores(body: Part, batch: Batch, executor: ExecutorName = "numpy") -> Array:
    """(rows, k) float32 scores that a body part gives to a batch."""
    flow = Flow(int(batch.numbers.shape[1]), len(batch.texts))
    loaded = load_body(body, flow)
    step = BodyStep(loaded, (NUMBERS,), {"scores": Port("float32", (loaded.width,), loaded.bound)})
    runner = executor_of([Stage("body", step, {NUMBERS: NUMBERS}, {"scores": "scores"})], flow.width, executor)
    batch = as_float32(batch)
    starts = range(0, max(1, len(batch)), MOST_ROWS_AT_ONCE)
    chunks = [runner.run(batch.rows(start, start + MOST_ROWS_AT_ONCE), ("scores",))[0] for start in starts]
    return np.concatenate(chunks)
