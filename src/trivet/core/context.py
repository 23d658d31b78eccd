"""What a pass is handed by the engine: randomness, scratch space, a voice, and a place to keep how far it came."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from trivet.runtime.part import Array

from .reading import Machine
from .value import value

T = TypeVar("T")


class Say:
    """The voice of a pass.  This one only remembers notes; the engine's own shows progress, too."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """A surprise that changes the result: shown, and kept in the file's lineage."""
        self.notes.append(text)

    def done(self, share: float, what: str = "") -> None:
        """How much of the pass is done (0 to 1), and what it is at."""

    def each(self, things: Iterable[T], what: str) -> Iterator[T]:
        """The things, one by one, while progress is told."""
        every = list(things)
        for at, thing in enumerate(every):
            self.done(at / len(every), what)
            yield thing


@value
class Budget:
    """What a pass may spend before the engine stops it: seconds from now, bytes of resident memory.

    Only for deciding how to work (the size of a batch, how often to save), never what comes out: other machines have
    other budgets, and the result must be the same.
    """

    seconds: float = inf
    memory: float = inf


class Checkpoint:
    """Where a long pass keeps how far it came, under one name.  This one remembers as long as it lives.

    The engine's own writes to the store of the build, under the key of the step, and forgets when the step has ended.
    A pass that resumes has to end with the same bytes as one that was never stopped, so what it saves holds all of its
    state: weights, the state of the optimiser, and the state of random numbers that it goes on drawing.
    """

    def __init__(self) -> None:
        self._arrays: dict[str, Array] | None = None
        self._facts: dict[str, Any] = {}

    def load(self) -> dict[str, Array] | None:
        """The arrays that were saved last, each a copy that may be written to; None when there is nothing yet."""
        return None if self._arrays is None else {name: array.copy() for name, array in self._arrays.items()}

    @property
    def facts(self) -> dict[str, Any]:
        """The JSON that was saved beside the arrays; empty when there is nothing yet."""
        return dict(self._facts)

    def save(self, arrays: Mapping[str, Array], facts: Mapping[str, Any] | None = None) -> None:
        """Keeps named arrays (numbers, booleans; no objects) and a little JSON in place of what was kept before."""
        self._arrays = {name: np.array(array) for name, array in arrays.items()}
        self._facts = dict(facts or {})


def checkpoint_in_memory(name: str) -> Checkpoint:
    """A checkpoint outside any engine: it lives as long as the call."""
    return Checkpoint()


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the engine hands to a pass.

    rng: derived from the recipe's seed and the pass's text.  seed: the same as a number below 2**31, for libraries.
    scratch: a folder that is empty before and gone after.  threads: how many threads the pass may use.
    device: where heavy arithmetic may run, in the words of torch.  machine: what the pass runs on, where that is known.
    checkpoints: see `checkpoint`.
    """

    rng: np.random.Generator
    seed: int
    scratch: Path
    say: Say = field(default_factory=Say)
    threads: int = 1
    device: str = "cpu"
    machine: Machine | None = None
    budget: Budget = field(default_factory=Budget)
    checkpoints: Callable[[str], Checkpoint] = checkpoint_in_memory

    def checkpoint(self, name: str) -> Checkpoint:
        """The checkpoint of this name; a pass that is killed finds there what it saved last.  See `Checkpoint`."""
        return self.checkpoints(name)
