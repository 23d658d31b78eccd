"""Columns whose equal values make rows alike: what a group looks like that nobody named.

Rows with an equal value (mates) are compared with rows of the value next to it (strangers), in all other columns.  Of a
quantity, such as an age, mates are as near as those one step on.  Of a patient's number they are nearer, for the number
next to it is somebody else.
"""

from collections.abc import Iterator

import numpy as np

from trivet.core.fieldtypes import is_plain
from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.core.value import value
from trivet.runtime.part import Array

from .crowding import first_distinct
from .ranks import jittered_ranks

_MOST = 10_000  # rows
_PAIRS = 4_000
_LEVELS = 20
_LARGEST, _TOGETHER = 0.2, 0.5  # share of the rows with one value at most; with a value that is not alone at least
_SAME = 0.95  # a column that mates share is a fact about the group, as a city's latitude is: no evidence
# Least shares.  60 columns of public tables that name no group stay below 0.57 and 0.53, or within 2 errors of 0.5.
_INPUTS, _ANSWERS = 0.6, 0.57
_SURE = 4.0


@value
class Likeness:
    """How often a mate is nearer than a stranger; 0.5 where the column says nothing.

    column: its name.  inputs: by the other inputs.  answers: by the answer.  each: rows with one value on average.
    sure_inputs, sure_answers: their distances from 0.5 in standard errors, values drawn as wholes.  is_input: whether
    a model sees the column.
    """

    column: str
    inputs: float
    answers: float
    sure_inputs: float
    sure_answers: float
    each: float
    is_input: bool

    @property
    def is_group(self) -> bool:
        """Whether equal values make rows alike; of an input its predicting the answer is what inputs are for."""
        by_inputs = self.inputs >= _INPUTS and self.sure_inputs >= _SURE
        return by_inputs or (not self.is_input and self.answers >= _ANSWERS and self.sure_answers >= _SURE)


def likenesses(rows: Rows, aside: dict[str, Array]) -> Iterator[Likeness]:
    """Of each column that may name a group.  aside: (rows,) codes of columns that no model sees, in order of value."""
    some = first_distinct(rows, _MOST)  # copies are alike by whatever they are copied
    sample = rows.take(some)
    for name, codes in candidates(rows, aside):
        if is_candidate(codes[some]):
            yield likeness(sample, name, codes[some], is_input=name not in aside)


def candidates(rows: Rows, aside: dict[str, Array]) -> Iterator[tuple[str, Array]]:
    """(name, (rows,) values) of whole numbers and words."""
    for field in rows.fields:
        column = rows.columns[field.name]
        if is_plain(field) and (field.type in ("category", "text") or is_whole(field, column)):
            yield field.name, column
    yield from aside.items()


def is_whole(field: Field, column: Array) -> bool:
    known = column[~np.isnan(column)]
    return field.type == "number" and bool((known == np.floor(known)).all())


def is_candidate(codes: Array) -> bool:
    """Whether there are many values, none with many rows, most rows not alone."""
    _, which, times = np.unique(codes, return_inverse=True, return_counts=True)
    is_many = len(times) >= _LEVELS and times.max() <= _LARGEST * len(codes)
    return bool(is_many and (times[which] > 1).mean() >= _TOGETHER)


def likeness(rows: Rows, name: str, codes: Array, *, is_input: bool) -> Likeness:
    """How alike the rows with one value of the column are."""
    rng = np.random.Generator(np.random.PCG64(7))  # not the seed of the build: a finding must not depend on it
    row, mate, stranger = pairs(codes, rng)
    columns = [rows.columns[field.name] for field in rows.fields if is_plain(field) and field.name != name]
    columns = [column for column in columns if not is_shared(column[row], column[mate])]
    ranks = [jittered_ranks(column, rng) for column in columns]
    answer = rows.truth.reshape(len(rows), -1).astype(float).T
    value_of = np.unique(codes[row], return_inverse=True)[1]
    inputs, sure_inputs = nearer(ranks, row, mate, stranger, value_of)
    answers, sure_answers = nearer(list(answer), row, mate, stranger, value_of)
    return Likeness(
        column=name,
        inputs=inputs,
        answers=answers,
        sure_inputs=sure_inputs,
        sure_answers=sure_answers,
        each=len(codes) / len(np.unique(codes)),
        is_input=is_input,
    )


def pairs(codes: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """((pairs,) rows that are not alone, another with the value of each, one with the value before or after)."""
    values, which, times = np.unique(codes, return_inverse=True, return_counts=True)
    order = np.argsort(which, kind="stable")
    place = np.empty(len(codes), np.int64)
    place[order] = np.arange(len(codes))
    start = np.cumsum(times) - times
    row = rng.permutation(np.flatnonzero(times[which] > 1))[:_PAIRS]
    own = which[row]
    step = 1 + rng.integers(0, times[own] - 1)
    mate = order[start[own] + (place[row] - start[own] + step) % times[own]]
    side = np.where(own == 0, 1, np.where(own == len(values) - 1, -1, rng.choice([-1, 1], len(row))))
    stranger = order[start[own + side] + rng.integers(0, times[own + side])]
    return row, mate, stranger


def is_shared(one: Array, other: Array) -> bool:
    """Whether nearly all mates have the same value of a column."""
    return bool(((one == other) | ((one != one) & (other != other))).mean() >= _SAME)


def nearer(columns: list[Array], row: Array, mate: Array, stranger: Array, unit: Array) -> tuple[float, float]:
    """(share of rows whose mate is nearer than the stranger, ties half; its distance from 0.5 in standard errors).

    unit: (pairs,) pairs of one unit are no independent evidence.
    """
    to_mate, to_stranger = (distance(columns, row, other) for other in (mate, stranger))
    wins = np.where(to_mate == to_stranger, 0.5, to_mate < to_stranger) - 0.5
    by_unit = np.bincount(unit, wins)
    error = float(np.sqrt(np.square(by_unit).sum()))
    return 0.5 + float(wins.mean()), float(by_unit.sum()) / error if error else 0.0


def distance(columns: list[Array], row: Array, other: Array) -> Array:
    """(pairs,) squared distances; a value that is missing is at no distance from anything."""
    total = np.zeros(len(row))
    for column in columns:
        total += np.nan_to_num(np.square(column[row] - column[other]))
    return total
