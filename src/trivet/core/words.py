"""Words as one run of UTF-8 bytes and the offset at which each ends, as files and the store hold them."""

from collections.abc import Sequence

import numpy as np

from trivet.runtime.part import Array


def packed_words(words: Sequence[bytes]) -> dict[str, Array]:
    """{"blob": (bytes,) uint8, "ends": (words,) uint32} of words in UTF-8, in this order."""
    ends = np.cumsum([len(word) for word in words]).astype(np.uint32)
    return {"blob": np.frombuffer(b"".join(words), np.uint8), "ends": ends}
