"""What share of given rows was in the build of a file, as far as the file's sketch of its rows can tell."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np

from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.data.split.row_sketch import group_hashes, row_hashes, sample_of
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.part import Array

_LEAST = 8  # of 8 sampled rows that were all in the build, the share could still be 63 %; of fewer, anything
_MARGIN = 0.02  # above what repeats by nature, so that the estimate of that share may be off


@value
class Overlap:
    """The share of given rows that the build had.

    share, low, high: estimate and 95 % interval (Clopper-Pearson on the effective number of sampled rows).
    sampled: rows of which the sketch can say it.  natural: share of fresh rows that repeat one of the build by nature.
    is_exact: whether every row could be looked up.  needed: rows that would be enough to tell.
    """

    share: float
    low: float
    high: float
    sampled: int
    natural: float
    is_exact: bool
    needed: int
    effective: float

    @property
    def can_tell(self) -> bool:
        """Whether enough rows fall into the sample."""
        return self.is_exact or self.effective >= _LEAST

    @property
    def is_seen(self) -> bool:
        """Whether more of the rows were in the build than repeat by nature."""
        return self.can_tell and self.low > self.natural + _MARGIN

    def __str__(self) -> str:
        if self.is_exact:
            return percent(self.share)
        return f"about {percent(self.share)} ({percent(self.low, '')} to {percent(self.high, '')})"

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "share": self.share if self.sampled else None,
            "low": self.low,
            "high": self.high,
            "sampled": self.sampled,
            "natural": self.natural,
            "exact": self.is_exact,
            "can_tell": self.can_tell,
            "seen": self.is_seen,
        }


def overlap(sketch: Mapping[str, Any], rows: Rows) -> Overlap:
    """The share of the rows whose inputs the build had; raises ValueError or KeyError for what is no sketch."""
    return overlap_of(sketch, row_hashes(rows))


def group_overlap(sketch: Mapping[str, Any], rows: Rows) -> Overlap:
    """The share of the rows whose group the build had; `sketch["groups"]` and rows with groups are needed."""
    return overlap_of(sketch["groups"], group_hashes(rows))


def overlap_of(sketch: Mapping[str, Any], hashes: Array) -> Overlap:
    found = sample_of(sketch, hashes)
    share = found.known / found.rows if found.rows else 0.0
    # Copies of a row are in the sample together, so they are no independent evidence: fewer rows, the same share.
    low, high = clopper_pearson(share * found.effective, found.effective, 0.95)
    kept = min(int(sketch["k"]), int(sketch["distinct"]))
    copies = len(hashes) / len(np.unique(hashes))
    return Overlap(
        share=share,
        low=low,
        high=high,
        sampled=found.rows,
        natural=float(sketch["natural"]),
        is_exact=found.is_all,
        needed=ceil(1.5 * _LEAST * copies * int(sketch["distinct"]) / kept),  # half as many more, to be rather safe
        effective=found.effective,
    )


def percent(share: float, unit: str = " %") -> str:
    """The share in percent, three digits."""
    return f"{100 * share:.3g}{unit}"
