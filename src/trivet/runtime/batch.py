"""What flows through a model: raw columns become a Batch, a Batch becomes Answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .part import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows after reading.  numbers: (rows, d) float32, NaN = missing.  texts: one tuple of strings per text column."""

    numbers: Array
    texts: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return int(self.numbers.shape[0])

    def rows(self, start: int, end: int) -> "Batch":
        """Some rows, in a row."""
        return Batch(numbers=self.numbers[start:end], texts=tuple(column[start:end] for column in self.texts))


class Answers(Mapping[str, Array]):
    """What a specialist says about rows: named arrays, all with one entry per row.

    The goal of the task says which there are (`Goal.answers`): class probabilities and the chosen class, a value, ...;
    a guard adds its own, such as `sets`, or `low` and `high`.
    """

    __slots__ = ("_arrays",)

    def __init__(self, arrays: Mapping[str, Array] | None = None, **named: Array) -> None:
        self._arrays = {**(arrays or {}), **named}
        lengths = {name: len(array) for name, array in self._arrays.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"answers for one number of rows, not {lengths}")

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return f"Answers({', '.join(f'{name}: {a.dtype.name}{list(a.shape)}' for name, a in self._arrays.items())})"

    @property
    def n_rows(self) -> int:
        """For how many rows there are answers."""
        return next((len(array) for array in self._arrays.values()), 0)

    def take(self, rows: Array) -> "Answers":
        """The answers for some of the rows, in the order of `rows`."""
        return Answers({name: array[rows] for name, array in self._arrays.items()})
