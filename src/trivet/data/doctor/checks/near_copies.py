"""Rows of the vault that are near copies of rows that taught, and columns that look like the group nobody named."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trivet.core.row_keys import row_keys, spread_bits
from trivet.core.rows import Rows
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.crowding import Crowding, crowding
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, shown
from trivet.data.doctor.mates import Likeness, likenesses
from trivet.runtime.part import Array

_FINE = 1e-3  # rows that agree but for rounding agree in every number to a thousandth of its spread
_LEAST_NUMBERS = 4  # with fewer fine-grained columns, rows come this close by chance
_MANY = 0.01
_TOO_MANY = 0.05  # of 25 public tables one passes 1 %, with 2.6 %
# Independent rows have 1 and 0.01.  27 public tables, whole and in parts of 400 rows and more, reach 1.72 and 0.11.
_JUMP, _SHARE = 2.0, 0.2
_SURE = 5.0
_ACROSS = 0.15  # some 30 % of the rows have a copy across the border; named groups stay below 0.02
_LIKE = 0.7  # of an input: a place or a brand makes rows a little alike, and may well be known in use
_MOST_NAMED = 3


class NearCopies(DoctorCheck):
    """near-copies: rows of the vault lie among copies of rows that taught.  missing-group: a column that tells them."""

    when = "after-split"
    order = 35
    codes = ("missing-group", "near-copies")

    def check(self, exam: Exam) -> Iterator[Finding]:
        if not exam.rows.fields:
            return
        groups = [] if exam.rows.group is not None else groups_in(exam)
        yield from map(missing_group, groups)
        yield from near_copies(exam, groups)


def groups_in(exam: Exam) -> list[Likeness]:
    """The columns that look like a group, the likest first."""
    found = [one for one in likenesses(exam.rows, dict(exam.aside)) if one.is_group]
    return sorted(found, key=lambda one: (-one.inputs, one.column))


def missing_group(like: Likeness) -> Finding:
    by_inputs = f"in {like.inputs:.0%} of pairs by the other columns, in {like.answers:.0%} by the answer"
    return Finding(
        code="missing-group",
        severity="warn",
        column=like.column,
        caps=not like.is_input or like.inputs >= _LIKE,
        evidence=f"rows with the same {like.column} ({like.each:.1f} rows each) are more alike than rows of the value "
        f"next to it: {by_inputs}; 50 % if it were no group",
        fix=f"{flag(like)} would keep them together; without it the vault holds rows of groups that taught",
    )


def flag(like: Likeness) -> str:
    return f"`--group {shlex.quote(like.column)}`"


def near_copies(exam: Exam, groups: list[Likeness]) -> Iterator[Finding]:
    fit, vault = exam.parts[0], exam.parts[3]
    crowded = crowding(vault, everything_else(exam))
    if crowded is not None and is_crowded(crowded):
        yield Finding(
            code="near-copies",
            severity="warn",
            caps=True,
            evidence=f"rows of the vault lie in clumps with rows that taught: {clumps(crowded)}",
            fix=f"{naming(groups)}; until then no limit on quality or trust can hold",
            **shown(vault.ids[crowded.asked[crowded.alone < 0.01]]),
        )
        return
    near = agreeing(exam.rows, vault, fit)
    if near.any():
        yield Finding(
            code="near-copies",
            severity="warn" if near.mean() > _MANY else "note",
            caps=bool(near.mean() > _TOO_MANY),
            evidence=f"{int(near.sum())} of {len(vault)} vault rows agree with a fit row in every column, numbers to "
            f"a thousandth of their spread",
            fix=naming(groups),
            **shown(vault.ids[near]),
        )


def everything_else(exam: Exam) -> Rows:
    """All rows but those of the vault: which of them are fit, tune and choose is chance, and all of them teach."""
    fit, tune, choose, vault = exam.parts
    rest = fit.and_(tune).and_(choose)
    return rest.take(~np.isin(row_keys(rest), row_keys(vault)))  # equal rows are told by split-overlap


def is_crowded(found: Crowding) -> bool:
    """Whether there are far more near neighbours than independent rows have, and across the border."""
    crowds = (found.jump >= _JUMP and found.sure >= _SURE) or found.share >= _SHARE
    return crowds and found.across >= _ACROSS


def clumps(found: Crowding) -> str:
    """What the distances show, in words."""
    rows = "one such row is" if found.mates == 1 else f"about {found.mates} such rows are"
    return (
        f"{rows} near each, and the gap to the next is {found.jump:.1f} times what independent rows leave "
        f"({found.sure:.0f} standard errors); {found.share:.0%} of the rows have a gap that 1 % should have"
    )


def naming(groups: list[Likeness]) -> str:
    if not groups:
        return "if they are repeated measurements of one thing, name what they share as the group column"
    return " or ".join(map(flag, groups[:_MOST_NAMED])) + " would keep them together"


def agreeing(rows: Rows, vault: Rows, fit: Rows) -> Array:
    """(vault rows,) bool: which equal a row of fit but for rounding or noise; exact copies never get here."""
    fine = [f.name for f in rows.fields if f.type == "number" and is_fine(rows.columns[f.name])]
    near = np.zeros(len(vault), bool)
    if len(fine) < _LEAST_NUMBERS:
        return near
    spread = {name: np.nanquantile(rows.columns[name], [0.1, 0.9]) for name in fine}
    for shift in (0.0, 0.5):  # two grids: a pair that one cuts apart falls into one cell of the other, mostly
        near |= np.isin(rounded_keys(vault, spread, shift), rounded_keys(fit, spread, shift))
    return near


def is_fine(column: Array) -> bool:
    """Whether a number column has so many values that rows seldom agree in it by chance."""
    known = column[~np.isnan(column)]
    return bool(len(known)) and len(np.unique(known)) > max(50, 0.05 * len(known))


def rounded_keys(rows: Rows, spread: dict[str, Array], shift: float) -> Array:
    """(rows,) uint64, equal when all fine numbers fall into one cell of the grid and all else is equal."""
    keys = row_keys(replace(rows, fields=tuple(f for f in rows.fields if f.name not in spread)))
    for name, (low, high) in spread.items():
        cell = np.floor((rows.columns[name] - low) / max(float(high - low) * _FINE, 1e-300) + shift)
        keys = spread_bits(keys * np.uint64(31) + np.where(np.isnan(cell), np.nan, cell + 0.0).view(np.uint64))
    return keys
