"""`codes`: which number stands for which word, for each category column."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..inspector import FLOATS, Inspector
from ..words import words_of


@dataclass(frozen=True, slots=True)
class Codebook:
    """The words of one column and their numbers; `unknown` for any other word."""

    words: dict[str, float]
    unknown: float


def codebooks(look: Inspector, n_fields: int) -> list[Codebook]:
    """One codebook per category field, in field order; the words of a field ascend bytewise."""
    if look.part.kind != "codes":
        look.refuse("part-kind", "codes, for the category columns", repr(look.part.kind))
    look.only(arrays=("blob", "ends", "counts", "code", "unknown"))
    counts = look.array("counts", ("uint32",), n_fields).astype(np.int64)
    words = words_of(look)
    if int(counts.sum()) != len(words):
        look.refuse("part-index", f"counts that sum to {len(words)} words", str(int(counts.sum())), "counts")
    code = look.array("code", FLOATS, len(words)).tolist()
    unknown = look.array("unknown", FLOATS, n_fields, may_be_nan=True).tolist()
    edges = np.cumsum([0, *counts.tolist()]).tolist()
    books = []
    for start, end, other in zip(edges, edges[1:], unknown):
        check_order(look, words[start:end])
        books.append(Codebook(dict(zip(words[start:end], code[start:end])), other))
    return books


def check_order(look: Inspector, words: list[str]) -> None:
    """Refuses words that do not strictly ascend; code point order is the order of UTF-8 bytes."""
    for before, after in pairwise(words):
        if before >= after:
            look.refuse("part-array", "words in strictly ascending order", f"{before!r} before {after!r}", "blob")
