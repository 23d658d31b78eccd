"""Whatever crosses the border between the parts of a split: equal rows, groups, times, near-copies."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trivet.core.row_keys import row_keys, spread_bits
from trivet.core.rows import Rows
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, shown
from trivet.data.split.splits import PARTS
from trivet.runtime.part import Array

_FINE = 1e-3  # near-copies agree in every number to a thousandth of its spread
_LEAST_NUMBERS = 4  # with fewer fine-grained columns, rows come this close by chance
_MANY = 0.01


class SplitBorders(DoctorCheck):
    """split-overlap, torn-group, time-overlap (of a split that trivet did not make itself), near-copies."""

    when = "after-split"
    order = 30
    codes = ("near-copies", "split-overlap", "time-overlap", "torn-group")

    def check(self, exam: Exam) -> Iterator[Finding]:
        if exam.rows.fields:
            yield from crossing(exam, [row_keys(part) for part in exam.parts], "split-overlap", "the inputs of a row")
        groups = [part.group for part in exam.parts if part.group is not None]
        if len(groups) == len(exam.parts):
            yield from crossing(exam, groups, "torn-group", "the group of a row")
        yield from time_overlap(exam)
        yield from near_copies(exam)


def crossing(exam: Exam, keys: list[Array], code: str, what: str) -> Iterator[Finding]:
    for number in range(1, len(keys)):
        shared = np.isin(keys[number], np.concatenate(keys[:number]))
        if shared.any():
            yield Finding(
                code=code,
                severity="block",
                evidence=f"{int(shared.sum())} of {len(shared)} rows of {PARTS[number]} have {what} of an earlier part",
                fix="let trivet split the rows, and name the group column if there is one",
                **shown(exam.parts[number].ids[shared]),
            )


def time_overlap(exam: Exam) -> Iterator[Finding]:
    fit, vault = exam.parts[0], exam.parts[3]
    if fit.time is None or vault.time is None or not len(fit) or not len(vault):
        return
    early = vault.time < fit.time.max()
    if early.any():
        yield Finding(
            code="time-overlap",
            severity="note" if early.mean() < 0.5 else "warn",
            evidence=f"{int(early.sum())} of {len(vault)} vault rows are older than the last row of fit, "
            f"because a copy or their group reaches past the cut",
            fix="name a group column only if its rows must stay together, or split by time alone",
            **shown(vault.ids[early]),
        )


def near_copies(exam: Exam) -> Iterator[Finding]:
    """Rows of the vault that equal a row of fit but for rounding or noise; exact copies never get here."""
    fine = [f.name for f in exam.rows.fields if f.type == "number" and is_fine(exam.rows.columns[f.name])]
    if len(fine) < _LEAST_NUMBERS:
        return
    spread = {name: np.nanquantile(exam.rows.columns[name], [0.1, 0.9]) for name in fine}
    fit, vault = exam.parts[0], exam.parts[3]
    near = np.zeros(len(vault), bool)
    for shift in (0.0, 0.5):  # two grids: a pair that one cuts apart falls into one cell of the other, mostly
        near |= np.isin(rounded_keys(vault, spread, shift), rounded_keys(fit, spread, shift))
    if near.any():
        yield Finding(
            code="near-copies",
            severity="warn" if near.mean() > _MANY else "note",
            evidence=f"{int(near.sum())} of {len(vault)} vault rows agree with a fit row in every column, numbers to "
            f"a thousandth of their spread",
            fix="if they are repeated measurements of one thing, name what they share as the group column",
            **shown(vault.ids[near]),
        )


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
