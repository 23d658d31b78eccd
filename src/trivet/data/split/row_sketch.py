"""A small sketch of the rows of a build, by which a file can tell later whether given rows were among them.

Every row's inputs are hashed and the k smallest distinct hashes are kept (a bottom-k sketch, also called KMV).  Hashes
are spread evenly, so of any other rows those whose hash is at most the largest kept one are a fair sample: they are in
the sketch exactly when the build had them.  Hashes of 48 bits are kept, 6 bytes each, 2 kB of text for 256 rows.  They
cannot be turned back into rows, but whoever guesses a whole row can ask whether it was there: `sketch = false` in a
recipe leaves the sketch out.
Source: Bar-Yossef et al. 2002 (RANDOM, LNCS 2483), Beyer et al. 2007 (SIGMOD) for the sketch; Good 1953
(Biometrika 40) for the share of rows that repeat by nature.
"""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from trivet.core.row_keys import row_keys, spread_bits
from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.runtime.part import Array

KEPT = 256  # a share of one half is then known to 6 points either way
KEPT_GROUPS = 64  # names of groups are fewer, and a file is to stay small
_BYTES = 6  # two of ten million rows share a hash by accident with odds of one in six; a share does not notice


def row_sketch(*parts: Rows, k: int = KEPT) -> dict[str, Any]:
    """The sketch, as JSON, of all these rows together; which part holds a row, and in which order, does not matter.

    Keys: k; rows and distinct, how many there were; natural, the chance that one more row of the same source repeats
    one of them; hashes, the kept ones in ascending order.  Rows of groups add the same over group names as `groups`.
    """
    made = bottom_k(np.concatenate([row_hashes(part) for part in parts]), k)
    groups = [group_hashes(part) for part in parts if part.group is not None]
    return {**made, "groups": bottom_k(np.concatenate(groups), min(k, KEPT_GROUPS))} if groups else made


def bottom_k(hashes: Array, k: int) -> dict[str, Any]:
    """The sketch of (rows,) hashes; rows of one hash are repetitions."""
    distinct, times = np.unique(hashes, return_counts=True)
    natural = 1 - int((times == 1).sum()) / len(hashes)  # Good-Turing: the mass of what was seen
    return {
        "k": k,
        "rows": len(hashes),
        "distinct": len(distinct),
        "natural": float(f"{natural:.6g}"),
        "hashes": hashes_as_text(distinct[:k]),
    }


def row_hashes(rows: Rows) -> Array:
    """(rows,) uint64 below 2**48, equal for equal inputs."""
    return short_hashes(row_keys(rows))


def group_hashes(rows: Rows) -> Array:
    """(rows,) uint64 below 2**48, equal for equal names of groups; the rows must have groups."""
    return short_hashes(np.asarray(rows.group, np.int64).view(np.uint64))


def short_hashes(keys: Array) -> Array:
    # Mixed once more: the last step of a key need not spread a single column evenly.
    short: Array = spread_bits(keys) >> np.uint64(64 - 8 * _BYTES)
    return short


def hashes_as_text(hashes: Array) -> str:
    """The hashes as base64 of 6 bytes each, the highest first."""
    octets = np.ascontiguousarray(hashes, ">u8").view(np.uint8).reshape(-1, 8)[:, 8 - _BYTES :]
    return base64.b64encode(octets.tobytes()).decode("ascii")


def kept_hashes(sketch: Mapping[str, Any]) -> Array:
    """(kept,) uint64 in ascending order; raises ValueError for a text that `spelled` did not write."""
    octets = np.frombuffer(base64.b64decode(sketch["hashes"], validate=True), np.uint8)
    if not len(octets) or len(octets) % _BYTES:
        raise ValueError(f"{len(octets)} bytes of hashes, not a multiple of {_BYTES}")
    wide = np.zeros((len(octets) // _BYTES, 8), np.uint8)
    wide[:, 8 - _BYTES :] = octets.reshape(-1, _BYTES)
    return wide.view(">u8")[:, 0].astype(np.uint64)


@value
class Sampled:
    """Those of some rows of which a sketch can say whether the build had them.

    rows: how many.  known: how many of them the build had.  effective: as how many independent rows they count, since
    copies of one row are in the sample together or not at all (Kish 1965).  is_all: whether they are all of the rows.
    """

    rows: int
    known: int
    effective: float
    is_all: bool


def sample_of(sketch: Mapping[str, Any], hashes: Array) -> Sampled:
    """What a sketch says of rows with these hashes; raises ValueError or KeyError for what is no sketch."""
    kept = kept_hashes(sketch)
    distinct, times = np.unique(hashes, return_counts=True)
    is_all = int(sketch["distinct"]) <= len(kept)
    times = times.astype(float) * (is_all | (distinct <= kept[-1]))
    squares = float(times @ times)
    return Sampled(
        rows=int(times.sum()),
        known=int(times[np.isin(distinct, kept)].sum()),
        effective=float(times.sum()) ** 2 / squares if squares else 0.0,
        is_all=is_all,
    )
