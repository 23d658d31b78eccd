"""Words stored as one run of UTF-8 bytes and the offset at which each ends."""

import itertools

import numpy as np

from .inspector import Inspector


def words_of(look: Inspector) -> list[str]:
    """The words in the arrays `blob` and `ends`; refuses empty words, loose bytes and broken UTF-8."""
    blob = look.array("blob", ("uint8",), None).tobytes()
    ends = look.array("ends", ("uint32",), None).astype(np.int64)
    last = int(ends[-1]) if len(ends) else 0
    if (np.diff(ends, prepend=0) <= 0).any() or last != len(blob):
        look.refuse("part-index", f"ascending ends up to {len(blob)}", f"{ends.tolist()[:8]}...", "ends")
    edges = [0, *ends.tolist()]
    try:
        return [blob[start:end].decode("utf-8") for start, end in itertools.pairwise(edges)]
    except UnicodeDecodeError as error:
        look.refuse("part-array", "UTF-8 words", repr(error.object[:40]), "blob")
