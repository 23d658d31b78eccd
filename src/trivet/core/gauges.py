"""What a gauge is: it turns a trial of a shipped file into a reading."""

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from trivet.runtime.batch import Answers
from trivet.runtime.part import Array

from .candidate import Sketch
from .folds import unit_of
from .reading import Machine, Reading
from .rows import Rows
from .task import Task
from .text_form import kebab, text_of
from .value import digest_of, value

PLAIN = "plain"
"""How the answers on the rows as they are are called among those to all questions."""


@value
class Samples:
    """What a probe measured of the shipped file: numbers (repeats,) in the unit.

    where: the machine; None for what is the same on every machine, such as a size.
    process: (repeats,) int, in which of the fresh processes each was measured; None for a single one.
    wall, cpu: (repeats,) milliseconds behind each number.  forced: (repeats,) how often the system took the CPU away
    meanwhile (involuntary context switches).  None for what is no time.
    load: (processes,) threads that ran or waited for each core of the machine; None where nobody looked.
    """

    numbers: Array
    unit: str = ""
    where: Machine | None = None
    process: Array | None = None
    wall: Array | None = None
    cpu: Array | None = None
    forced: Array | None = None
    load: Array | None = None


@value
class Trial:
    """A candidate as it ships, tried on rows.

    answers: what it said, by question: "plain" is the rows as they are, the others are what a gauge asked besides.
    costs: what probes measured, by the name of the probe; empty while the search compares.
    """

    task: Task
    rows: Rows
    answers: Mapping[str, Answers]
    costs: Mapping[str, Samples] = field(default_factory=dict)

    @property
    def plain(self) -> Answers:
        """The answers on the rows as they are."""
        return self.answers[PLAIN]

    @property
    def truth(self) -> Array:
        """(rows, ...) the true answers."""
        return self.rows.truth

    @property
    def weight(self) -> Array | None:
        """(rows,) or None where rows count alike."""
        return self.rows.weight

    @cached_property
    def units(self) -> Array | None:
        """(rows,) int, equal for rows that are no independent evidence: twins and members of one group.

        None where nothing tells: no inputs and no group, or no rows.
        """
        is_told = len(self.rows) > 0 and (bool(self.rows.fields) or self.rows.group is not None)
        return unit_of(self.rows) if is_told else None

    def take(self, which: Array) -> "Trial":
        """The trial of some of the rows (indices or a mask); answers to a question about other rows stay whole."""
        rows = len(self.rows)
        some = {name: said.take(which) if said.n_rows == rows else said for name, said in self.answers.items()}
        return replace(self, rows=self.rows.take(which), answers=some)


def plain_trial(task: Task, rows: Rows, answers: Answers) -> Trial:
    """A trial of the rows as they are, without costs."""
    return Trial(task=task, rows=rows, answers={PLAIN: answers})


@value
class Gauge:
    """Base of every gauge: a frozen dataclass whose fields are its parameters, each with a default.

    One file holds one gauge: `gauges/quality/auroc.py` holds `Auroc`, in a limit `auroc` or `auroc(positive=yes)`.
    The module's docstring says what it is, Better, Interval and Source.
    """

    version: ClassVar[str] = "1"
    unit: ClassVar[str] = ""
    better: ClassVar[Literal[">=", "<="]] = ">="
    family: ClassVar[str] = "quality"  # the folder that it lies in
    least: ClassVar[float] = -float("inf")  # no value below, e.g. 0 for a share
    most: ClassVar[float] = float("inf")
    least_units: ClassVar[int] = 0  # on fewer independent rows its interval is approximate, whatever they say
    needs_probes: ClassVar[tuple[str, ...]] = ()  # what has to be measured in a clean process, see runtime/probes
    examples: ClassVar[tuple[str, ...]] = ()  # with parameters, as in a limit: for pages and the contract

    @classmethod
    def gauge_name(cls) -> str:
        """The name in a limit, without parameters."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in a limit, without parameters."""
        return self.gauge_name()

    def __str__(self) -> str:
        return text_of(self.name, self)

    def applies(self, sketch: Sketch) -> None:
        """Raises NotApplicable with a reason when this task or candidate cannot be measured."""
        raise NotImplementedError

    def asks(self, task: Task, rows: Rows, rng: np.random.Generator) -> Mapping[str, Rows]:
        """More questions for the file: name -> rows; the answers stand under these names in the trial."""
        return {}

    def questions(self, task: Task, rows: Rows) -> Mapping[str, Rows]:
        """What it asks, by randomness of its own text and version alone: whoever verifies a reading asks the same."""
        seed = int(digest_of(["asks", str(self), self.version])[:12], 16)
        return self.asks(task, rows, np.random.default_rng(seed))

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The reading, with a two-sided interval at level `sure`.  Repeatable; the order of rows does not matter."""
        raise NotImplementedError

    def losses(self, trial: Trial) -> Array | None:
        """(rows,) in [0, 1], what each row alone loses, where the value is a mean of that; None where it is not.

        NaN: the row does not count, as one of another class.  (rows, strands): the value is that of the worst strand.
        What a limit then says of the mean loss is `loss_bound`.  Weights play no part here: whoever averages uses them.
        """
        return None

    def loss_bound(self, bound: float, task: Task) -> float:
        """The mean loss that a limit at `bound` allows: for a share, 1 - bound where higher is better, else bound."""
        share = (bound - self.least) / (self.most - self.least)
        return 1 - share if self.better == ">=" else share
