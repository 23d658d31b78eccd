"""Which rows of a source are new, and as which units they count.

A row must not be multiplied in twice, and which rows are repeats must not be guessed: in a table of few distinct rows
equal rows come by nature, and leaving them out would change what is measured.  So, with a column of ids, a row counts
when its id is new.  Without one, a source that begins with all rows of an earlier source, in their order (the same file
again, or one that grew), goes on behind them; any other row that equals an earlier one is refused, unless the user says
that all are new.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from trivet.core.errors import BadData, BadUse
from trivet.core.row_keys import column_bits, spread_bits
from trivet.core.value import value
from trivet.data.sources.columns import RawColumn, TextColumn, as_text
from trivet.data.sources.raw import Raw
from trivet.data.split.row_sketch import short_hashes
from trivet.runtime.part import Array

REMEMBERED = 1_000_000
"""Rows back to which repeats are looked for, and sources a thousandth of it."""

Source = tuple[int, str]
"""(rows, digest of their keys) of a source that was multiplied in."""


@value
class Memory:
    """What was multiplied in before.  keys, groups: (rows,) and (groups,) uint64 below 2**48, oldest first."""

    keys: Array
    groups: Array
    sources: tuple[Source, ...] = ()


@value
class Arrivals:
    """which: (rows,) positions among the usable rows of a source that are new, in their order.  skipped: why -> rows.

    keys: (rows,) of the new rows.  source: to remember, None where ids tell.
    """

    which: Array
    keys: Array
    source: Source | None
    skipped: dict[str, int]


def keys_of(raw: Raw, rows: Array, salt: str, id_column: str | None) -> Array:
    """(rows,) uint64 below 2**48: what the row is, by its id, else by all its cells, also those that no model reads.

    rows: positions in the table.  salt: the digest of the file, so that keys of two files cannot be compared.
    """
    names = [id_column] if id_column else sorted(raw.names)
    start = np.uint64(int(hashlib.sha256(salt.encode()).hexdigest()[:16], 16))
    keys = np.full(raw.n_rows, start, np.uint64)
    for name in names:
        keys = spread_bits(keys * np.uint64(31) + bits_of(raw.column(name), is_id=bool(id_column)))
    if id_column and (blank := int((bits_of(raw.column(id_column), is_id=True)[rows] == _NO_ID).sum())):
        raise BadData(
            "id-missing",
            wanted=f"an id in every row of {id_column!r}",
            found=f"{blank:,} rows without one",
            do="give each row its id, or name no --id",
            where=raw.origin,
        )
    return short_hashes(keys)[rows]


def bits_of(column: RawColumn, *, is_id: bool) -> Array:
    """(rows,) uint64 of a column; ids are spelled out first, so that 7 and "7" are one."""
    if is_id:
        column = as_text(column)
    if isinstance(column, TextColumn):
        return column_bits(column.codes, column.words)
    return column_bits(column.values, None)


_NO_ID = column_bits(np.array([-1]), ())[0]


def arrivals(keys: Array, memory: Memory, *, has_ids: bool, all_new: bool) -> Arrivals:
    """The rows that were not multiplied in before.

    Refuses repeats of single rows of which nobody has said whether they are the same rows.
    """
    if has_ids:
        first = np.sort(np.unique(keys, return_index=True)[1])
        which = first[~np.isin(keys[first], memory.keys)]
        again = len(keys) - len(which)
        skipped = {"ids that were counted before": again} if again else {}
        return Arrivals(which=which, keys=keys[which], source=None, skipped=skipped)
    past = known_prefix(keys, memory.sources)
    which = np.arange(past, len(keys))
    again = int(np.isin(keys[which], memory.keys).sum())
    if again and not all_new:
        raise BadUse(
            "rows-repeat",
            wanted="rows that were not counted before",
            found=f"{again:,} of {len(which):,} rows that equal, in every column, one that was",
            do="name the column of ids with --id, or say --all-new if they are other rows that merely look alike",
        )
    skipped = {"rows of sources that were counted before": past} if past else {}
    return Arrivals(which=which, keys=keys[which], source=source_of(keys), skipped=skipped)


def known_prefix(keys: Array, sources: Sequence[Source]) -> int:
    """How many rows at the beginning are those of earlier sources, whole and one after the other."""
    past = 0
    while True:
        left = len(keys) - past
        fit = [rows for rows, digest in sources if rows <= left and source_of(keys[past : past + rows])[1] == digest]
        if not fit:
            return past
        past += max(fit)


def source_of(keys: Array) -> Source:
    """What to remember of a source."""
    return len(keys), hashlib.sha256(keys.astype("<u8").tobytes()).hexdigest()


def in_units(
    losses: Array, weight: Array | None, group: Array | None, most_weight: float | None
) -> tuple[Array, Array]:
    """((units, strands) losses, (units, strands) stakes in [0, 1]), units in the order of their first rows.

    losses: (rows, strands), NaN where a row does not count.  A unit is a row, or the rows of a group: its loss is their
    (weighted) mean.  most_weight: the most that the rows of a unit may weigh together; a unit stakes its share of that,
    and one that weighs more counts as if it weighed that.  None: units count alike.
    """
    unit, n_units = unit_of_rows(group, len(losses))
    counts = ~np.isnan(losses)
    plain = np.ones(len(losses)) if weight is None else weight
    mass, lost = np.zeros((n_units, losses.shape[1])), np.zeros((n_units, losses.shape[1]))
    np.add.at(mass, unit, plain[:, None] * counts)
    np.add.at(lost, unit, plain[:, None] * np.where(counts, losses, 0.0))
    mean = np.divide(lost, mass, out=np.full_like(lost, np.nan), where=mass > 0)
    if group is None:
        mean = np.where(mass > 0, losses, np.nan)  # weight times loss over weight would round
    return mean, np.where(mass > 0, 1.0, 0.0) if most_weight is None else np.minimum(mass / most_weight, 1.0)


def unit_of_rows(group: Array | None, n_rows: int) -> tuple[Array, int]:
    """((rows,) unit of each row in the order of first rows, how many units)."""
    if group is None:
        return np.arange(n_rows), n_rows
    _, first, which = np.unique(group, return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    return place[which], len(first)
