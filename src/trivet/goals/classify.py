"""Classify: which of a few known classes a row belongs to, with a probability for each."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trivet.core.errors import BadData
from trivet.core.goals import NO_ANSWER, Goal, Reasons, Seen
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.words import packed_words
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part
from trivet.runtime.ports import Port

MOST_CODED = 20  # more distinct whole numbers than this are an amount, not labels
CODED_SHARE = 0.05  # and so are those that hardly repeat
MOST_CLASSES = 1000  # more is a search, not a classification
LEAST_PER_CLASS = 4  # one for each part of a split
_LOPSIDED = 0.9  # share of one class, from which on accuracy says too little to be limited
_FEW = 6  # classes that a sentence names


class Classify(Goal):
    """Words, truth values and few whole numbers are classes."""

    def suits(self, seen: Seen) -> int:
        if seen.field.type == "date":
            return 0
        return 2 if seen.field.type != "number" or is_coded(seen) else 0

    def refuse(self, seen: Seen) -> None:
        if seen.field.type == "date":
            raise bad_answer(seen, "classify")
        if len(seen.texts) > MOST_CLASSES or 2 * len(seen.texts) > seen.n_answered:
            raise too_many_classes(seen)

    def about(self, seen: Seen) -> dict[str, Any]:
        n = len(seen.texts)
        link, n_scores = ("sigmoid", 1) if n == 2 else ("softmax", n)
        return {"link": link, "n_scores": n_scores, "details": {"classes": list(seen.texts)}}

    def truth(self, task: Task, seen: Seen) -> tuple[Array, Reasons]:
        codes = seen.among(task.classes)
        return codes, [(NO_ANSWER, codes == -1), ("an answer that is none of the classes", codes == -2)]

    def strata(self, truth: Array) -> Array:
        return np.asarray(truth, np.int64)

    def check_rows(self, rows: Rows, task: Task) -> None:
        if len(task.classes) * LEAST_PER_CLASS > len(rows):
            named = ", ".join(map(repr, task.classes[:3]))
            raise BadData(
                "answer-classes",
                wanted=f"{LEAST_PER_CLASS} rows per class of {task.answer.name} on average",
                found=f"{len(task.classes)} classes in {len(rows)} rows, such as {named}",
                do="predict a number with goal = regress, merge classes, or name another target column",
            )

    def check_fit(self, fit: Rows, rows: Rows, task: Task) -> None:
        n_classes = len(task.classes)
        seen = np.bincount(fit.truth, minlength=n_classes)
        unseen = np.flatnonzero(seen == 0)
        if not len(unseen):
            return
        count = np.bincount(rows.truth, minlength=n_classes)
        named = ", ".join(f"{task.classes[c]!r} ({count[c]} rows)" for c in unseen)
        late = "; later parts hold them all, because time decides" if rows.time is not None and count[unseen[0]] else ""
        raise BadData(
            "too-few-rows",
            wanted=f"rows of every class of {task.answer.name} to fit on",
            found=f"none of class {named}{late}",
            do="collect rows of that class, merge it with another, or leave it out",
        )

    def answers(self, task: Task) -> Mapping[str, Port]:
        return {"probabilities": Port("float32", (len(task.classes),)), "chosen": Port("int64")}

    def guarded(self, task: Task) -> Mapping[str, Port]:
        return {"sets": Port("bool", (len(task.classes),)), "answered": Port("bool"), "answer": Port("int64")}

    def guard_of(self, port: str) -> str:
        """Sets are told of every row; that an answer is withheld comes after it was chosen."""
        return "guard" if port == "sets" else "abstain"

    def stack(self, task: Task) -> tuple[str, ...]:
        return ("reader", "features", "body", "scale", "guard", "decoder", "abstain")

    def decoder(self, task: Task) -> Part:
        """The classes' texts; every class weighs the same until a pass says otherwise."""
        arrays = packed_words([text.encode() for text in task.classes])
        weights = np.ones(len(task.classes), np.float32)
        return Part(kind="labels", config={"type": task.answer.type}, arrays={**arrays, "weights": weights})

    def columns(self, task: Task, answers: Answers) -> dict[str, list[Any]]:
        """The class as the data spells it, the share of each class, and the set where there is a guard.

        The class is None where the answer is withheld.
        """
        given = answers["answer"] if "answer" in answers else answers["chosen"]
        chosen = [task.classes[at] if at >= 0 else None for at in given.tolist()]
        shares = {f"p[{label}]": answers["probabilities"][:, at].tolist() for at, label in enumerate(task.classes)}
        return {task.answer.name: chosen, **shares, **sets_of(task.classes, answers)}

    def main_gauge(self, task: Task) -> str:
        return "auroc" if len(task.classes) == 2 else "accuracy"

    def gauges(self, task: Task) -> tuple[str, ...]:
        both = ("accuracy", "balanced-accuracy")
        return ("auroc", *both) if len(task.classes) == 2 else both

    def starting_limit(self, task: Task, constant: Mapping[str, Any]) -> str:
        if len(task.classes) == 2:
            return "auroc >= 0.80"
        majority = constant["accuracy"]
        if majority >= _LOPSIDED:
            return "balanced-accuracy >= 0.70"
        halfway = math.ceil(50 * (1 + majority) - 1e-9) / 100  # half of what the constant gets wrong, rounded up
        return f"accuracy >= {max(0.70, halfway):.2f}"

    def constant(self, task: Task, rows: Rows) -> dict[str, Any]:
        """The prior: the constant with the least log loss and Brier score (Gneiting and Raftery 2007)."""
        count = np.bincount(rows.truth, rows.weights(), minlength=len(task.classes))
        return {"probabilities": [float(f"{share:.6g}") for share in count / count.sum()]}

    def constant_answers(self, task: Task, constant: Mapping[str, Any], n_rows: int) -> tuple[Answers, ...]:
        """Every class of two, the majority of more."""
        shares = np.asarray(constant["probabilities"], np.float32)
        stated = np.tile(shares, (n_rows, 1))
        chosen = range(2) if len(shares) == 2 else [int(shares.argmax())]
        return tuple(Answers(probabilities=stated, chosen=np.full(n_rows, one, np.int64)) for one in chosen)

    def constant_word(self, task: Task, constant: Mapping[str, Any]) -> Any:
        shares = constant["probabilities"]
        return task.classes[shares.index(max(shares))]

    def sentence(self, task: Task) -> str:
        few = ", ".join(task.classes[:_FEW]) + (", ..." if len(task.classes) > _FEW else "")
        return f"classifies {task.answer.name!r} ({few})"

    def documents(self, task: Task) -> Mapping[str, str]:
        return {"verb": "classifies", "guarded": "sets of classes", "width": "set-size"}


def is_coded(seen: Seen) -> bool:
    """Whether the numbers stand for classes, rather than measure something."""
    is_whole = all(text.lstrip("-").isdecimal() for text in seen.texts)
    n = len(seen.texts)
    return is_whole and (n == 2 or (n <= MOST_CODED and n <= CODED_SHARE * seen.n_answered))


def sets_of(classes: Sequence[str], answers: Answers) -> dict[str, list[Any]]:
    if "sets" not in answers:
        return {}
    return {"set": [[c for c, is_in in zip(classes, row) if is_in] for row in answers["sets"].tolist()]}


def bad_answer(seen: Seen, wish: str) -> BadData:
    return BadData(
        "answer-type",
        wanted=f"an answer that one can {wish}",
        found=f"column {seen.field.name!r} of the type {seen.field.type}",
        do="regress needs numbers, classify needs words or few numbers; a date can be turned into days first",
    )


def too_many_classes(seen: Seen) -> BadData:
    return BadData(
        "answer-classes",
        wanted=f"at most {MOST_CLASSES} classes that occur twice or more on average in column {seen.field.name!r}",
        found=f"{len(seen.texts)} classes in {seen.n_answered} rows",
        do="name another target, merge rare classes, or regress if they are amounts (goal regress)",
    )
