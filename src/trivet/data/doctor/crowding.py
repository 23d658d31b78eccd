"""How much nearer rows have neighbours than rows drawn one by one: the mark of copies, visits and bursts.

Take the distances r_1 <= r_2 <= ... from one row to its nearest others.  Of independent rows with a density that is
about even over that small ball, the spacings k log(r_(k+1) / r_k) are independent exponentials of one mean (Renyi 1953
on order statistics; the mean is 1 / dimension, as in Facco et al. 2017, Scientific Reports 7, TWO-NN).  Where a row has
a few near copies, the ball is even inside the copies and even again beyond them, and one spacing, that between the last
copy and the first stranger, is many times the others.

That rows are crowded does not say that a split tore crowds apart: whose group was named lies whole on one side.  So the
distance to the nearest row across the border is compared with that between rows of one side.  Where rows were dealt at
random the two are alike, with copies and without, so this comparison alone sees nothing, and the spacings alone too
much.

Groups whose rows differ as much as the groups do leave no such gap, and are not seen here (see `mates`).
"""

from dataclasses import replace
from typing import cast

import numpy as np

from trivet.core.fieldtypes import is_plain
from trivet.core.row_keys import row_keys
from trivet.core.rows import Rows
from trivet.core.scores import share_below
from trivet.core.task import Field
from trivet.core.value import value
from trivet.runtime.part import Array

from .ranks import jittered_ranks

_ASKED, _AMONG = 2_000, 10_000  # rows: 20 million distances take about a second
_NEIGHBOURS = 40
_LEAST_ASKED = 50
_LEVELS, _LARGEST_TIE = 20, 0.2  # with fewer values, or a fifth of the rows at one, closeness says little
_AT_ONCE = 256  # rows: 10,000 distances each are 20 MB
_TINY = 1e-9  # of a distance between ranks: equal but for rounding


@value
class Crowding:
    """What the distances from rows to others say.

    jump: the largest mean spacing over the usual one; 1 for independent rows.  sure: its distance from 1 in standard
    errors.  mates: how many nearest others lie before the jump.  alone: (asked,) p-value of each row's own largest
    spacing.  asked: (asked,) which rows, as positions in what was given.
    across: how often the nearest row across the border is nearer than the nearest of two on one side; 0.5 for rows
    dealt at random, near 0 where every crowd lies on one side.
    """

    jump: float
    sure: float
    mates: int
    alone: Array
    asked: Array
    across: float = 0.5

    @property
    def share(self) -> float:
        """Share of the rows with a gap of their own, at 1 %."""
        return float((self.alone < 0.01).mean())


def crowding(rows: Rows, among: Rows) -> Crowding | None:
    """How the nearest of `among` lie around each of `rows`; at most 2,000 rows are asked about at most 10,000.

    Exact twins count once.  Columns of numbers with over 20 values are axes, in ranks; rows are only compared within
    equal values of the other columns, as far as 200 rows are left to compare with.
    The order of the rows plays no part.  None where this cannot be told: no such column, or too few rows.
    """
    asked, other = first_distinct(rows, _ASKED), first_distinct(among, _AMONG)
    near = min(_NEIGHBOURS, len(other) // 5)
    both = [rows.take(asked), among.take(other)]
    axes = [field for field in rows.fields if is_axis(field, both)]
    if not axes or near < 10 or len(asked) < _LEAST_ASKED:
        return None
    is_asked = np.arange(len(asked) + len(other)) < len(asked)
    cells = cells_of(both, [f for f in rows.fields if is_plain(f) and f not in axes], least=5 * near)
    points = ranks_of(both, axes)
    distances, told = distances_within(points, cells, is_asked, near)
    if len(told) < _LEAST_ASKED:
        return None
    return replace(judged(distances, asked[told]), across=across(distances[:, 0], points, cells, is_asked, near))


def across(first: Array, points: Array, cells: Array, is_asked: Array, near: int) -> float:
    """How often `first`, the distances from asked points to the nearest other one, are below those among the others.

    At most 2,000 of the others are asked for their second nearest, for each is nearest to itself.
    """
    some = np.flatnonzero(~is_asked)[:_ASKED]
    places = np.concatenate([some, np.flatnonzero(~is_asked)])
    again, _ = distances_within(points[places], cells[places], np.arange(len(places)) < len(some), near)
    return float(np.mean(share_below(-first, -again[:, 1], np.ones(len(again))))) if len(again) else 0.5


def first_distinct(rows: Rows, most: int) -> Array:
    """(n,) positions of at most so many different rows, chosen by content alone."""
    return cast(Array, np.unique(row_keys(rows), return_index=True)[1][:most])  # keys are hashes: any order is random


def joined(parts: list[Rows], field: Field) -> Array:
    return np.concatenate([part.columns[field.name] for part in parts])


def is_axis(field: Field, parts: list[Rows]) -> bool:
    """Whether closeness in this column says something: a number or a date of many values."""
    if field.type not in ("number", "date"):
        return False
    values, times = np.unique(joined(parts, field), return_counts=True)
    return len(values) >= _LEVELS and times.max() <= _LARGEST_TIE * times.sum()


def ranks_of(parts: list[Rows], axes: list[Field]) -> Array:
    """(rows of all parts, axes) in 0..1."""
    rng = np.random.Generator(np.random.PCG64(7))  # not the seed of the build: a finding must not depend on it
    return np.column_stack([jittered_ranks(joined(parts, field), rng) for field in axes])


def cells_of(parts: list[Rows], coarse: list[Field], *, least: int) -> Array:
    """(rows of all parts,) int: rows that agree in as many coarse columns as leave most rows in a cell of `least`.

    Copies agree in such columns; within a cell there are fewer strangers, and they are farther off.
    """
    codes = [np.unique(joined(parts, field), return_inverse=True)[1] for field in coarse]
    cell = np.zeros(sum(map(len, parts)), np.int64)
    for code in sorted(codes, key=spread, reverse=True):
        finer = np.unique(cell * (int(code.max()) + 1) + code, return_inverse=True)[1]
        if np.median(np.bincount(finer)[finer]) >= least * len(cell) / len(parts[1]):
            cell = finer
    return cell


def spread(code: Array) -> float:
    """Entropy of the codes."""
    share = np.bincount(code) / len(code)
    return float(-(share[share > 0] * np.log(share[share > 0])).sum())


def distances_within(points: Array, cells: Array, is_asked: Array, near: int) -> tuple[Array, Array]:
    """((told, near) sorted distances from asked points to others of their cell, (told,) which of the asked)."""
    found, told = [np.zeros((0, near))], [np.zeros(0, np.int64)]
    for cell in np.unique(cells[is_asked]):
        mine, others = np.flatnonzero(is_asked & (cells == cell)), points[~is_asked & (cells == cell)]
        if len(others) >= 5 * near:
            found.append(nearest(points[mine], others, near))
            told.append(mine)
    return np.concatenate(found), np.concatenate(told)


def nearest(points: Array, others: Array, near: int) -> Array:
    """(points, near) Euclidean distances to the nearest others, in ascending order."""
    found = np.empty((len(points), near))
    squares = np.square(others).sum(axis=1)
    for start in range(0, len(points), _AT_ONCE):
        some = points[start : start + _AT_ONCE]
        which = np.argpartition(squares - 2 * some @ others.T, near, axis=1)[:, :near]
        # Anew from the differences: the expanded square loses the digits of a small distance.
        exact = np.square(some[:, None] - others[which]).sum(axis=2)
        found[start : start + _AT_ONCE] = np.sqrt(np.sort(exact, axis=1))
    return found


def judged(distances: Array, asked: Array) -> Crowding:
    """What (asked, near) sorted distances say."""
    logs = np.log(np.maximum(distances, _TINY))
    spacing = np.arange(1, distances.shape[1]) * np.diff(logs, axis=1)
    spacing /= np.maximum(spacing.mean(axis=1, keepdims=True), _TINY)  # the dimension may differ from place to place
    profile = spacing.mean(axis=0)
    usual, at = float(np.median(profile)), int(profile.argmax())
    error = float(spacing[:, at].std() / np.sqrt(len(spacing)))
    return Crowding(
        jump=float(profile[at]) / usual,
        sure=(float(profile[at]) - usual) / max(error, _TINY),
        mates=at + 1,
        alone=gap_p_values(spacing),
        asked=asked,
    )


def gap_p_values(spacing: Array) -> Array:
    """(rows,) upper bound of the chance of so large a largest share among exponentials of one mean.

    Source: Fisher 1929 (Proc. Royal Society A 125), first term of the exact sum, which bounds it.
    """
    n = spacing.shape[1]
    largest = spacing.max(axis=1) / spacing.sum(axis=1)
    return np.minimum(1, n * (1 - largest) ** (n - 1))
