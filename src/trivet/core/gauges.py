"""What a gauge is: it turns a trial of a shipped file into a reading."""

from typing import ClassVar, Literal

from trivet.runtime.batch import Answers
from trivet.runtime.part import Array

from .candidate import Sketch
from .reading import Machine, Reading
from .task import Task
from .text_form import kebab
from .value import value

Family = Literal["quality", "cost", "trust"]


@value
class Costs:
    """What was measured of the shipped file in a clean process.

    bytes_on_disk: of the whole file.  latency_ms: (calls,) single raw rows.  rows_per_second: (repeats,) in batches.
    peak_memory: resident bytes at most.  cold_start_ms: (repeats,) from process start to the first answer.
    Arrays are empty where nothing was measured.
    """

    bytes_on_disk: int
    latency_ms: Array
    rows_per_second: Array
    peak_memory: float
    cold_start_ms: Array
    machine: Machine | None = None


@value
class Trial:
    """A candidate as it ships, tried on rows.

    truth: (rows,) class index or value.  weight: (rows,) or None.  Costs are None while the search compares.
    """

    task: Task
    answers: Answers
    truth: Array
    weight: Array | None = None
    costs: Costs | None = None


class Gauge:
    """Base of every gauge: `gauges/quality/auroc.py` holds `Auroc`, in a limit `auroc`.

    The module's docstring says what it is, Better, Interval and Source.
    """

    version: ClassVar[str] = "1"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal[">=", "<="]] = ">="
    family: ClassVar[Family] = "quality"
    least: ClassVar[float] = -float("inf")  # no value below, e.g. 0 for a share
    most: ClassVar[float] = float("inf")

    @classmethod
    def gauge_name(cls) -> str:
        """The name in a limit."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in a limit."""
        return self.gauge_name()

    def applies(self, sketch: Sketch) -> None:
        """Raises NotApplicable with a reason when this task or candidate cannot be measured."""
        raise NotImplementedError

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The reading, with a two-sided interval at level `sure`.  Repeatable; the order of rows does not matter."""
        raise NotImplementedError
