"""By what a vault is known again: its rows, its groups, and pairs of its columns.

With other columns than before a table has another vault, for what a row holds decides; but many rows of it are in the
old one too, with the values that both tables hold.  So each pair of neighbouring columns, in the order of their names,
gives keys as well, together with the answer: whoever tries twenty sets of columns has looked twenty times.
"""

from hashlib import blake2b

import numpy as np

from trivet.core.row_keys import column_bits, row_keys, spread_bits
from trivet.core.rows import Rows
from trivet.runtime.part import Array
from trivet.storage.register import VaultKeys

MOST_COLUMNS = 64  # of which pairs are made: enough of them are left when others are dropped
_DISTINCT = 0.98  # of the rows differ in a pair, else rows of unrelated tables would agree by chance


def vault_keys(vault: Rows, target: str, group: str | None) -> VaultKeys:
    """Keys of the rows' inputs, of the names of their groups where a column names them, and of pairs of columns.

    Names of groups, such as 1, 2, 3, may be those of another table too, so that of the answer and the column join them.
    """
    groups: Array = np.zeros(0, np.uint64)
    if vault.group is not None:
        of = int.from_bytes(blake2b(f"{target}\n{group}".encode(), digest_size=8).digest(), "little")
        groups = np.unique(vault.group).astype(np.int64).view(np.uint64) ^ np.uint64(of)
    return VaultKeys(rows=np.unique(row_keys(vault)), groups=groups, pairs=pair_keys(vault), n_rows=len(vault))


def pair_keys(rows: Rows) -> Array:
    """(any,) uint64, distinct: for each pair of neighbouring columns that tells rows apart, a key of each row."""
    names = sorted(field.name for field in rows.fields)[:MOST_COLUMNS]
    columns = [bits for bits in (telling_bits(rows, name) for name in names) if bits is not None]
    answer = column_bits(rows.truth, None)
    found = [np.zeros(0, np.uint64)]
    for one, other in zip(columns, columns[1:] + columns[:1]):
        keys = np.unique(spread_bits(spread_bits(one * np.uint64(31) + other) * np.uint64(31) + answer))
        found += [keys] if len(keys) >= _DISTINCT * len(rows) else []
    return np.unique(np.concatenate(found))


def telling_bits(rows: Rows, name: str) -> Array | None:
    """(rows,) uint64 of a column; None of one that only numbers the rows, as those of any table may be numbered."""
    column, words = rows.columns[name], rows.words.get(name)
    bits = column_bits(column, words)
    if words is not None or column.ndim > 1:
        return bits
    numbers = np.asarray(column, np.float64)
    is_whole = bool(np.all(numbers == np.rint(numbers)))
    return None if is_whole and len(np.unique(bits)) >= _DISTINCT * len(bits) else bits
