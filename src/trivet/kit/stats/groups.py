"""The worst of several groups of rows: what `among=sex` in a limit asks for.

The reading is that of the worst group.  The bad end is the worst of the groups' bad ends, each at the level itself: it
is too good only if that of the group that is truly worst is, whichever that is (an intersection-union test).  The good
end is the worst of good ends at a level raised for the number of groups (Bonferroni): any may look worst by chance.
Groups of fewer than 30 rows are left out, with a note: a share among 29 rows is known to 18 points at best.
Source: Berger 1982; Bonferroni; Ding et al. 2023, arXiv 2306.09335 (the same over classes).
"""

from collections.abc import Callable, Sequence

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.roles import ROLES
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.part import Array

from .intervals import Estimate

LEAST_ROWS = 30
_WORDS = ("category", "text", "boolean")  # types of input columns whose values name groups

Measure = Callable[[Trial, float], Reading]


@value
class Group:
    """Some of the rows.  name: as a note calls them.  rows: (n,) their places."""

    name: str
    rows: Array


def expect_groups(sketch: Sketch, among: str, *, for_: Gauge) -> None:
    """Refuses what is neither a role that names groups nor an input column of words; "" asks for no groups."""
    if not among or role_among(sketch.task, among) is not None:
        return
    types = {field.name: field.type for field in sketch.task.inputs}
    if types.get(among) in _WORDS:
        return
    roles = " or ".join(role.name for role in ROLES.values() if role.holds == "names")
    why = f"{among!r} is a column of the type {types[among]}" if among in types else f"no column or role {among!r}"
    do = f"name an input column of words, or give a column the role {roles}, as in  --role site=clinic"
    raise NotApplicable(for_.name, f"{why}, which names no groups of rows", do=do)


def role_among(task: Task, among: str) -> str | None:
    """The role that is called so, or whose column is, if it names groups."""
    for role, column in task.roles.items():
        if among in (role, column) and role in ROLES and ROLES[role].holds == "names":
            return role
    return None


def worst_group(gauge: Gauge, among: str, trial: Trial, sure: float, measure: Measure) -> Reading:
    """The reading of all rows where `among` is "", else that of the worst group with an interval over all groups.

    measure: reads some rows at some level.  A group that cannot tell, e.g. because all its rows are of one class, may
    be the worst: it opens the interval on the bad side.  Where no group of 30 rows can be read, as on the rows that the
    search compares, the value is that of all rows and the interval says nothing.
    """
    if not among:
        return measure(trial, sure)
    groups = groups_in(trial, among, for_=gauge)
    counted = [group for group in groups if len(group.rows) >= LEAST_ROWS]
    told: dict[str, Reading] = {}
    surer: list[Reading] = []
    for group in counted:
        try:
            some = trial.take(group.rows)
            told[group.name] = measure(some, sure)
            surer.append(measure(some, 1 - (1 - sure) / len(counted)))
        except BadData:
            continue
    if not told:
        return no_group(gauge, measure(trial, sure), groups)
    up = gauge.better == ">="
    worst_of = min if up else max
    worst = worst_of(told, key=lambda name: told[name].value)
    lows, highs = (told.values(), surer) if up else (surer, told.values())
    low, high = worst_of(one.low for one in lows), worst_of(one.high for one in highs)
    if len(told) < len(counted):
        low, high = (gauge.least, high) if up else (low, gauge.most)
    how = f"{told[worst].how.partition(',')[0]}, worst of {len(counted)} groups"
    doubt = next((one.notes[-1] for one in told.values() if one.approximate), "")  # the last note says why
    return Estimate(value=told[worst].value, low=low, high=high, how=how, doubt=doubt).reading(
        gauge, n=sum(len(group.rows) for group in counted), sure=sure, notes=notes_on(groups, told, worst)
    )


def groups_in(trial: Trial, among: str, *, for_: Gauge) -> list[Group]:
    """The groups, in an order that does not depend on that of the rows; rows of weight 0 are in none."""
    role = role_among(trial.task, among)
    column = trial.rows.columns.get(among) if role is None else trial.rows.roles.get(role)
    if column is None:
        raise NotApplicable(for_.name, f"these rows have no {among!r}", do="give rows with that column")
    known, which = np.unique(column, return_inverse=True)
    if trial.weight is not None:
        which = np.where(trial.weight > 0, which, -1)
    names = [f"{at + 1} of {len(known)}" for at in range(len(known))]
    if role is None:
        names = [name_of(cell, trial.rows.words.get(among)) for cell in known.tolist()]
    found = [Group(name=name, rows=np.flatnonzero(which == at)) for at, name in enumerate(names)]
    return [group for group in found if len(group.rows)]


def name_of(cell: float, words: Sequence[str] | None) -> str:
    """The group of one value of an input column, as the data spells it."""
    if words is not None:
        return "missing" if cell < 0 else repr(words[int(cell)])
    return "missing" if cell != cell else str(bool(cell)).lower()


def notes_on(groups: Sequence[Group], told: dict[str, Reading], worst: str) -> list[str]:
    """Which group is the worst, which ones cannot tell, and what is too small to count."""
    size = {group.name: len(group.rows) for group in groups}
    notes = [f"worst is group {worst} ({size[worst]:,} rows)"]
    notes += [f"group {name} cannot tell" for name in size if size[name] >= LEAST_ROWS and name not in told]
    small = [rows for rows in size.values() if rows < LEAST_ROWS]
    if small:
        groups_are = "1 group is" if len(small) == 1 else f"{len(small)} groups are"
        notes.append(f"{groups_are} left out, smaller than {LEAST_ROWS} rows: {sum(small)} rows in all")
    return notes


def no_group(gauge: Gauge, everyone: Reading, groups: Sequence[Group]) -> Reading:
    """The reading of all rows with an interval that says nothing: so a limit on it is UNPROVEN, never HOLDS."""
    largest = max((len(group.rows) for group in groups), default=0)
    note = f"no group of {LEAST_ROWS} rows can be read, the largest has {largest}: this is the value of all rows"
    how = f"no group of {LEAST_ROWS} rows"
    estimate = Estimate(value=everyone.value, low=gauge.least, high=gauge.most, how=how)
    return estimate.reading(gauge, n=everyone.n, sure=everyone.sure, notes=[note])
