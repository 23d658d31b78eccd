"""What a gauge takes from a trial, checked: the answers that it reads, a guard where it takes one, rows and numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import BadData, NotApplicable, nearest_names
from trivet.core.gauges import PLAIN, Gauge, Samples, Trial
from trivet.core.registry import find, find_goal, homes
from trivet.core.task import Task
from trivet.runtime.part import Array


def expect_answers(sketch: Sketch, *names: str, for_: Gauge) -> None:
    """Refuses a task whose models do not give these answers, and a candidate without the guard that adds them."""
    goal = find_goal(sketch.task.goal)
    own, added = goal.answers(sketch.task), goal.guarded(sketch.task)
    for name in names:
        if name in own:
            continue
        if name not in added:
            has = ", ".join((*own, *added))
            raise NotApplicable(for_.name, f"it reads {name}; this task asks to {sketch.task.goal}, which gives {has}")
        if sketch.kind(goal.guard_of(name)) is None:
            raise NotApplicable(for_.name, f"it reads {name}, and the candidate has no guard", do=guards_for(for_))


def guards_for(gauge: Gauge) -> str:
    """Which passes bring the answers that the gauge reads."""
    known = [name for name in homes("pass") if gauge.name in find("pass", name).serves]
    return f"put {' or '.join(known) or 'a pass that makes a guard'} into the steps"


def expect_class(sketch: Sketch, positive: str, *, for_: Gauge) -> None:
    """Refuses a class that the task does not have; "" asks for none."""
    if positive:
        class_index(sketch.task, positive, for_=for_)


def class_index(task: Task, positive: str, *, for_: Gauge) -> int:
    """Which of the classes it is; refuses one that the task does not have, with the nearest that it has."""
    if positive in task.classes:
        return task.classes.index(positive)
    few = ", ".join(task.classes[:10]) + (", ..." if len(task.classes) > 10 else "")
    near = nearest_names(positive, task.classes)
    do = near if near.startswith("did you mean") else f"the classes are {few}"
    raise NotApplicable(for_.name, f"no class {positive!r} among the answers", do=do)


def rows_of(trial: Trial, *names: str, for_: Gauge, at_least: int = 1) -> list[Array]:
    """The truth, then the named answers; floats are widened to float64.  Rows of weight 0 are left out.

    Refuses too few rows, an answer that the candidate does not give, and NaN.
    """
    counted = with_weight(trial)
    truth = numbers(trial.truth, "truth", for_=for_)[counted]
    if len(truth) < at_least:
        raise BadData(
            "too-few-rows",
            wanted=f"at least {at_least} {'row' if at_least == 1 else 'rows'} for {for_.name}",
            found=f"{len(truth)} rows",
            do="give more rows, or leave this limit out",
        )
    return [truth, *(answer(trial, name, for_=for_)[counted] for name in names)]


def with_weight(trial: Trial) -> Array | slice:
    return slice(None) if trial.weight is None else trial.weight > 0


def answer(trial: Trial, name: str, *, for_: Gauge, to: str = PLAIN) -> Array:
    """(rows, ...) one array of the answers.  to: the question, where the gauge asked more."""
    if to not in trial.answers:
        raise NotApplicable(for_.name, f"nobody asked the candidate about {to}")
    array = trial.answers[to].get(name)
    if array is None:
        raise NotApplicable(for_.name, f"the candidate's answers have no {name}")
    return numbers(array, name, for_=for_)


def numbers(array: Array, what: str, *, for_: Gauge) -> Array:
    if array.dtype.kind != "f":
        return array
    if np.isnan(array).any():
        at = int(np.argwhere(np.isnan(array))[0, 0])
        raise BadData(
            "not-a-number",
            wanted=f"numbers in the {what} that {for_.name} reads",
            found=f"NaN in row {at}",
            do="leave out rows without a known answer; if an answer is NaN, the body that gave it is at fault",
        )
    return array.astype(np.float64)


def weights_of(trial: Trial) -> Array | None:
    """(rows,) float64 above 0, or None where rows count alike; as long as what `rows_of` gives."""
    return None if trial.weight is None else np.asarray(trial.weight, np.float64)[with_weight(trial)]


def units_of(trial: Trial) -> Array | None:
    """(rows,) int, the independent unit of each row, or None where every row is one; as long as what `rows_of` gives.

    Rows of one group are one unit, so are exact twins: they are no two pieces of evidence.
    """
    if trial.units is None:
        return None
    units = trial.units[with_weight(trial)]
    return None if len(np.unique(units)) == len(units) else units


def equal_or_given(weight: Array | None, rows: int) -> Array:
    """(rows,) the weights, or ones."""
    return np.ones(rows) if weight is None else weight


def classes_present(truth: Array, names: Sequence[str], *, for_: Gauge) -> tuple[list[int], tuple[str, ...]]:
    """The classes that occur among the rows, and a note that names the others; refuses rows of one class only."""
    found = np.unique(truth).astype(int).tolist()
    if len(found) < 2:
        raise BadData(
            "one-class",
            wanted=f"rows of at least two classes for {for_.name}",
            found=f"{len(truth)} rows, all of class {names[found[0]]!r}",
            do="give rows of another class too, or split the data by class",
        )
    absent = [name for index, name in enumerate(names) if index not in found]
    return found, tuple(f"no row of class {name!r}: left out" for name in absent)


def rankings_asked(
    truth: Array, task: Task, positive: str, *, for_: Gauge
) -> tuple[list[int], list[Array], tuple[str, ...]]:
    """(classes whose ranking against the rest is asked, (rows,) bool of each kind of rows, notes on absent classes).

    positive: the one class that is asked; "" asks for the second of two, for all that are present of several.
    """
    if positive:
        at = class_index(task, positive, for_=for_)
        classes_present(truth == at, ("any other", positive), for_=for_)
        return [at], [truth == at, truth != at], ()
    present, notes = classes_present(truth, task.classes, for_=for_)
    return [1] if len(task.classes) == 2 else present, [truth == c for c in present], notes


def cost_of(trial: Trial, *, for_: Gauge) -> Samples:
    """What the gauge's probe measured, at least one number.

    Refuses a trial of the search, which measures no costs, and one in which this probe did not run.
    """
    (probe,) = for_.needs_probes
    do = "the judge measures costs of the shipped file"
    if not trial.costs:
        raise NotApplicable(for_.name, "no cost was measured", do=do)
    found = trial.costs.get(probe)
    if found is None or len(found.numbers) == 0:
        raise NotApplicable(for_.name, f"the probe {probe} measured nothing", do=do)
    return replace(found, numbers=numbers(np.asarray(found.numbers, np.float64), "measurements", for_=for_))
