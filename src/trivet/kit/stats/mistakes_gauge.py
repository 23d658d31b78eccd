"""What the gauges of one kind of mistake share: rows of a class, or of the others, that are answered wrongly."""

from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import NotApplicable
from trivet.core.gauges import PLAIN, Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.part import Array

from .share_among import share_reading
from .trials import class_index, expect_answers, rows_of


@value
class MistakesGauge(Gauge):
    """Base of `false-negatives` and `false-alarms`.  positive: the class; "" is the second of two.

    A row whose answer is withheld is neither missed nor a false alarm: somebody else will look at it.
    """

    family = "trust"
    better = "<="
    least, most = 0.0, 1.0
    of_positives: ClassVar[bool]

    positive: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers that choose a class, and a class to ask about."""
        expect_answers(sketch, "chosen", for_=self)
        self.asked(sketch.task)

    def asked(self, task: Task) -> int:
        """The class that counts as positive."""
        if self.positive or len(task.classes) == 2:
            return class_index(task, self.positive or task.classes[1], for_=self)
        few = ", ".join(task.classes[:6])
        do = f"say which class, e.g. {self.name}(positive={task.classes[0]})"
        raise NotApplicable(self.name, f"it asks about one class, and there are {len(task.classes)}: {few}", do=do)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """A note says of how many rows."""
        truth, chosen, answered = self.answers_in(trial)
        at = self.asked(trial.task)
        among = (truth == at) if self.of_positives else (truth != at)
        wrong = answered & ((chosen != at) if self.of_positives else (chosen == at))
        rows = f"{np.count_nonzero(among):,} rows {'of class' if self.of_positives else 'of other classes than'}"
        notes = [f"of {rows} {trial.task.classes[at]!r}"]
        return share_reading(self, trial, wrong, sure, among=among, without=0.0, notes=notes)

    def answers_in(self, trial: Trial) -> tuple[Array, Array, Array]:
        """(truth, chosen class, whether it is told), (rows,) each."""
        if "answered" not in trial.answers[PLAIN]:
            truth, chosen = rows_of(trial, "chosen", for_=self)
            return truth, chosen, np.ones(len(truth), bool)
        truth, chosen, answered = rows_of(trial, "chosen", "answered", for_=self)
        return truth, chosen, answered.astype(bool)
