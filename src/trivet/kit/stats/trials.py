"""What a gauge takes from a trial, checked: the right goal, a guard where one is read, rows and numbers in them."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Costs, Gauge, Trial
from trivet.runtime.part import Array


def expect_goal(sketch: Sketch, goal: Literal["classify", "regress"], *, for_: Gauge) -> None:
    """Refuses a task with another goal."""
    if sketch.task.goal != goal:
        wanted = {"classify": "class answers", "regress": "number answers"}[goal]
        raise NotApplicable(for_.name, f"it measures {wanted}; this task asks to {sketch.task.goal}")


def expect_guard(sketch: Sketch, *, for_: Gauge) -> None:
    """Refuses a candidate that states neither sets nor intervals."""
    if sketch.kind("guard") is None:
        make = "guard-sets" if sketch.task.goal == "classify" else "guard-interval"
        raise NotApplicable(for_.name, "the candidate has no guard", do=f"put {make} into the steps")


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


def answer(trial: Trial, name: str, *, for_: Gauge) -> Array:
    array = trial.answers.get(name)
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


def costs_of(trial: Trial, *, for_: Gauge) -> Costs:
    """The measured costs; refuses a trial of the search, which measures none."""
    if trial.costs is None:
        raise NotApplicable(for_.name, "no cost was measured", do="the judge measures costs of the shipped file")
    return trial.costs


def repeats(sample: Array, *, for_: Gauge) -> Array:
    """The measured repeats; refuses when nothing was measured."""
    if len(sample) == 0:
        raise NotApplicable(for_.name, "nothing was timed", do="the judge measures costs of the shipped file")
    return numbers(np.asarray(sample, np.float64), "measurements", for_=for_)
