"""One number per row that says what the row's inputs are."""

from hashlib import blake2b

import numpy as np

from trivet.runtime.part import Array

from .rows import Rows

_MISSING_WORD = np.uint64(0x9E3779B97F4A7C15)


def row_keys(rows: Rows) -> Array:
    """(rows,) uint64, equal for equal inputs; answer, group, time and the numbering of words play no part.

    Two different rows share a key by accident with odds of 2**-64 per pair: 3e-6 in a table of ten million rows.
    """
    keys = np.zeros(len(rows), np.uint64)
    for field in rows.fields:
        keys = spread_bits(keys * np.uint64(31) + column_bits(rows.columns[field.name], rows.words.get(field.name)))
    return keys


def column_bits(column: Array, words: tuple[str, ...] | None) -> Array:
    """(rows,) uint64: the bits of a number (one zero, one NaN), or the hash of a word."""
    if words is not None:
        hashes = [int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") for word in words]
        return np.array([*hashes, _MISSING_WORD], np.uint64)[column]  # code -1 is the last entry
    numbers = np.asarray(column, np.float64) + 0.0  # -0.0 + 0.0 is 0.0
    bits = np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)
    if bits.ndim == 1:
        return bits
    keys = np.zeros(len(bits), np.uint64)
    for at in bits.reshape(len(bits), -1).T:
        keys = spread_bits(keys * np.uint64(31) + at)
    return keys


def spread_bits(bits: Array) -> Array:
    """The finaliser of splitmix64 (Steele et al. 2014): spreads every input bit over all output bits."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
