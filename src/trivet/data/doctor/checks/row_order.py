"""What the order of the rows in the source tells: a time that nobody named, drift, rows that resemble the next row."""

import re
import shlex
from collections.abc import Iterator

import numpy as np

from trivet.core.fieldtypes import is_plain
from trivet.core.iso_dates import iso_date
from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.drift import Drift, drift
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding
from trivet.data.doctor.mates import nearer
from trivet.data.doctor.ranks import jittered_ranks, rank_correlation
from trivet.runtime.part import Array

_ORDERS = 0.99  # rank correlation with the place in the source; a few corrections may come late
_LEVELS = 20
_COUNTER = 0.99
_NAMES = re.compile(
    r"(^|[\s_.-])(date|time|datetime|timestamp|year|month|week|day|hour|period|quarter|epoch|ts|at)s?($|[\s_.-])", re.I
)
_LEAST_ROWS = 200
_NEAR, _FAR = 30, 60  # rows on: farther than a group reaches, nearer than a slow drift shows
_PAIRS = 4_000
_ALIKE, _SURE = 0.6, 4.0


class RowOrder(DoctorCheck):
    """unnamed-time: a date or monotone column orders the rows.  time-drift: along the time that is named.

    row-order: rows resemble the next one of the source.
    """

    when = "after-split"
    order = 36
    codes = ("row-order", "time-drift", "unnamed-time")

    def check(self, exam: Exam) -> Iterator[Finding]:
        if len(exam.rows) < _LEAST_ROWS:
            return
        if exam.rows.time is not None:
            yield from drift_along(exam)
            return
        orders = tuple(ordering_columns(exam))
        for order in orders:
            yield unnamed_time(order, drift(exam.rows, exam.task, order.moments))
        if not orders and exam.rows.group is None:
            yield from row_order(exam)


def drift_along(exam: Exam) -> Iterator[Finding]:
    assert exam.rows.time is not None
    found = drift(exam.rows, exam.task, exam.rows.time)
    if found is not None and found.is_told:
        yield Finding(
            code="time-drift",
            severity="warn" if found.is_far else "note",
            evidence=f"along the time column, {found}",
            fix="the vault holds the latest rows, and the verdicts are about these; later ones may differ again, so "
            "watch the file in use, and build anew when it alarms",
        )


@value
class Order:
    """A column that orders the rows.  is_time: whether its type or its name says that it is a time.  span: in words."""

    column: str
    moments: Array
    is_time: bool
    span: str


def ordering_columns(exam: Exam) -> Iterator[Order]:
    """The columns, used or not, whose values follow the order of the source."""
    fields = {field.name: field for field in exam.rows.fields if is_plain(field) and field.type in ("date", "number")}
    for name, values in {**{name: exam.rows.columns[name] for name in fields}, **exam.aside}.items():
        if not orders_rows(values, exam.rows.ids):
            continue
        is_date = name in fields and fields[name].type == "date"
        ends = [float(np.nanmin(values)), float(np.nanmax(values))]
        shown = [iso_date(end) if is_date else f"{end:g}" for end in ends]
        yield Order(
            column=name,
            moments=np.nan_to_num(values, nan=ends[0]),
            is_time=is_date or bool(_NAMES.search(name)),
            span=f" ({shown[0]} to {shown[1]})" if name in fields else "",
        )


def orders_rows(values: Array, ids: Array) -> bool:
    """Whether values grow or fall with the place in the source, and do more than count the rows."""
    values = np.asarray(values, float)
    if np.isnan(values).mean() > 1 - _ORDERS or len(np.unique(values)) < _LEVELS:
        return False
    if (np.abs(np.diff(values[np.argsort(ids, kind="stable")])) == 1).mean() > _COUNTER:
        return False
    return abs(rank_correlation(values, ids)) >= _ORDERS


def unnamed_time(order: Order, found: Drift | None) -> Finding:
    is_grave = order.is_time and found is not None and found.is_far
    what = f"{order.column}{order.span} orders the rows"
    apart = f", and {found}" if found is not None and found.is_told else ""
    return Finding(
        code="unnamed-time",
        severity="warn" if is_grave else "note",
        column=order.column,
        evidence=what + apart,
        fix=f"if it says when a row was made, `--time-column {shlex.quote(order.column)}`: then the latest rows "
        "certify, as in use; now rows from before and after each vault row taught",
    )


def row_order(exam: Exam) -> Iterator[Finding]:
    """Rows that resemble the next one in the source more than one that stands 30 to 60 rows on."""
    rows = exam.rows.take(np.argsort(exam.rows.ids, kind="stable"))
    share, sure = next_alike(rows)
    if share >= _ALIKE and sure >= _SURE and not is_sorted_by_answer(rows):
        yield Finding(
            code="row-order",
            severity="note",
            evidence=f"in {share:.0%} of pairs a row is nearer to the next row of the source than to one {_NEAR} to "
            f"{_FAR} rows on; 50 % if the order meant nothing",
            fix="if rows that stand together are about one thing or one moment, name the column that says so with "
            "--group or --time-column; a table that was sorted by some column looks like this, too",
        )


def next_alike(rows: Rows) -> tuple[float, float]:
    """(share of rows that are nearer to the next row than to one farther on, standard errors above one half)."""
    rng = np.random.Generator(np.random.PCG64(7))
    n = len(rows)
    row = rng.permutation(n - 1)[:_PAIRS]
    step = rng.integers(_NEAR, _FAR, len(row))
    far = np.where(row + step < n, row + step, row - step)
    ranks = [jittered_ranks(rows.columns[field.name], rng) for field in rows.fields if is_plain(field)]
    return nearer(ranks, row, row + 1, far, row // _NEAR)


def is_sorted_by_answer(rows: Rows) -> bool:
    return rows.truth.ndim == 1 and abs(rank_correlation(rows.truth, rows.ids)) > _ORDERS - 0.1
