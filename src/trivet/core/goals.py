"""What a goal is: the one place that knows what is asked of the rows, and what an answer means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part
from trivet.runtime.ports import Port

from .rows import Rows
from .task import Field, Task
from .text_form import kebab


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What stands in the column of answers.

    texts: the different answers in order, numbers by value, false before true.  codes: (rows,) int32 into texts,
    -1 = no answer.  values: (rows, ...) float64, NaN = no answer; None for words.
    among: (rows,) int32 index of each answer among other texts, by meaning: 1.0 is the class "1"; -1 = no answer,
    -2 = none of them.
    """

    field: Field
    texts: tuple[str, ...]
    codes: Array
    values: Array | None
    among: Callable[[Sequence[str]], Array]

    @property
    def n_answered(self) -> int:
        """How many rows have an answer."""
        return int((self.codes >= 0).sum())


Reasons = list[tuple[str, Array]]
"""[(why, (rows,) mask of rows that have no usable answer)]; NO_ANSWER for rows that may be kept as unlabelled."""

NO_ANSWER = "no answer"


class Goal:
    """Base of every goal: `goals/classify.py` holds `Classify`, in a recipe `goal = "classify"`."""

    @classmethod
    def goal_name(cls) -> str:
        """The name in a recipe."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in a recipe."""
        return self.goal_name()

    def suits(self, seen: Seen) -> int:
        """How naturally these answers are asked for so: 0 = not unless the user says so; the highest is taken."""
        raise NotImplementedError

    def refuse(self, seen: Seen) -> None:
        """Raises BadData for answers that nothing of this kind can be learned from."""
        raise NotImplementedError

    def about(self, seen: Seen) -> dict[str, Any]:
        """What the answers settle about the task: {"link": ..., "n_scores": ..., "details": {...}}."""
        raise NotImplementedError

    def truth(self, task: Task, seen: Seen) -> tuple[Array, Reasons]:
        """((rows, ...) true answers as gauges and learners take them, why some rows have none)."""
        raise NotImplementedError

    def strata(self, truth: Array) -> Array:
        """(rows,) int: rows that every part of a split should hold in the same share have one number."""
        raise NotImplementedError

    def check_rows(self, rows: Rows, task: Task) -> None:
        """Raises BadData for rows that cannot be split into parts with this goal."""

    def check_fit(self, fit: Rows, rows: Rows, task: Task) -> None:
        """Raises BadData when the part to fit on lacks what the whole has, e.g. a class."""

    def answers(self, task: Task) -> Mapping[str, Port]:
        """What every model of the task says: name -> dtype and shape behind the rows."""
        raise NotImplementedError

    def guarded(self, task: Task) -> Mapping[str, Port]:
        """What a guard adds to that."""
        return {}

    def guard_of(self, port: str) -> str:
        """The slot of the guard that adds this answer."""
        return "guard"

    def stack(self, task: Task) -> tuple[str, ...]:
        """The slots of a model for the task, in the order in which a row passes through them."""
        return ("reader", "features", "body", "guard", "decoder")

    def decoder(self, task: Task) -> Part:
        """The part that turns a model's arrays into the answer that `predict` gives."""
        raise NotImplementedError

    def columns(self, task: Task, answers: Answers) -> dict[str, list[Any]]:
        """What `trivet predict` prints: name of a column -> one cell per row."""
        raise NotImplementedError

    def main_gauge(self, task: Task) -> str:
        """The gauge that decides between candidates when no limit names one of quality."""
        raise NotImplementedError

    def gauges(self, task: Task) -> tuple[str, ...]:
        """The gauges that say most about such a model: what `init` shows of the constant answer, the main one first."""
        return (self.main_gauge(task),)

    def starting_limit(self, task: Task, constant: Mapping[str, Any]) -> str:
        """A limit on quality to start from that the constant answer does not keep.

        constant: {"answer": what it says, gauge: what it reaches}.
        """
        raise NotImplementedError

    def constant(self, task: Task, rows: Rows) -> dict[str, Any]:
        """What the best constant answer says, from the rows that are fitted on, as JSON."""
        raise NotImplementedError

    def constant_answers(self, task: Task, constant: Mapping[str, Any], n_rows: int) -> tuple[Answers, ...]:
        """Constant answers for so many rows; a reading's baseline is the best of them."""
        raise NotImplementedError

    def constant_word(self, task: Task, constant: Mapping[str, Any]) -> Any:
        """The constant answer itself, e.g. 'no' or 3.2."""
        raise NotImplementedError

    def sentence(self, task: Task) -> str:
        """What a model of the task does, e.g. "classifies 'diagnosis' (benign, malignant)"."""
        raise NotImplementedError

    def documents(self, task: Task) -> Mapping[str, str]:
        """Words for the report: {"verb": "classifies", "guarded": "sets of classes", "width": "set-size"}."""
        return {"verb": "answers", "guarded": "", "width": ""}
