"""What flows through a model: raw columns become a Batch, a Batch becomes Answers."""

from dataclasses import dataclass

from .part import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows after reading.  numbers: (rows, d) float32, NaN = missing.  texts: one tuple of strings per text column."""

    numbers: Array
    texts: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return int(self.numbers.shape[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a specialist says about rows, as arrays.

    Classification: probabilities (rows, classes) float32; chosen (rows,) index of the answered class;
    sets (rows, classes) bool, the classes that the conformal set holds, or None without a guard.
    Regression: values, low, high (rows,) float32; low and high are None without a guard.
    """

    probabilities: Array | None = None
    chosen: Array | None = None
    sets: Array | None = None
    values: Array | None = None
    low: Array | None = None
    high: Array | None = None

    def __len__(self) -> int:
        first = self.probabilities if self.probabilities is not None else self.values
        return 0 if first is None else int(first.shape[0])

    def take(self, rows: Array) -> "Answers":
        """The answers for some of the rows, in the order of `rows`."""
        chosen = {name: getattr(self, name) for name in self.__slots__}
        return Answers(**{name: None if a is None else a[rows] for name, a in chosen.items()})
