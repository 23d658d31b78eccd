"""What effects a pass may have, handed in by the engine: randomness, scratch space, a voice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .reading import Machine

T = TypeVar("T")


class Say:
    """The voice of a pass.  This one only remembers; the engine's own shows progress."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """A surprise that changes the result: shown, and kept in the file's lineage."""
        self.notes.append(text)

    def each(self, things: Iterable[T], what: str, *, unit: str = "") -> Iterator[T]:
        """The things, one by one, while progress is told."""
        yield from things


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the engine hands to a pass or gauge.

    rng: derived from the recipe's seed and the pass's text.  seed: the same as a number below 2**31, for libraries.
    scratch: a folder that is empty before and gone after.  threads: how many threads the pass may use.
    """

    rng: np.random.Generator
    seed: int
    scratch: Path
    say: Say = field(default_factory=Say)
    threads: int = 1
    machine: Machine | None = None
    extra: dict[str, Any] = field(default_factory=dict)
