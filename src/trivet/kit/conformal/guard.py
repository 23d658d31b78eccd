"""What the two conformal guards share: a promise, a margin for the judge, and how both may be searched."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from trivet.core.errors import Refused
from trivet.core.limits import Limit
from trivet.core.passes import Pass, Range
from trivet.core.value import value

MOST_COVERAGE = 0.999
MOST_MARGIN = 3.0


@value
class ConformalGuard(Pass):
    """Base of the guards that promise a coverage.

    coverage: share of rows for which the guard shall be right, in (0, 1).
    margin: standard deviations to aim above what the judge must see to find its whole interval above; 0 = textbook.
    """

    reads: ClassVar[tuple[str, ...]] = ("tune",)

    coverage: float = 0.9
    margin: float = 1.5

    def expect_promise(self) -> None:
        """Refuses a coverage or a margin that cannot be."""
        if not 0 < self.coverage < 1 or self.margin < 0:
            raise Refused(
                self.name, f"coverage {self.coverage}, margin {self.margin}", do="0 < coverage < 1, margin >= 0"
            )

    @classmethod
    def highest_coverage(cls, limits: Iterable[Limit]) -> float:
        """As much as the highest of the limits asks; what it is by itself where there are none."""
        return min(max((limit.bound for limit in limits), default=cls.coverage), MOST_COVERAGE)

    def ranges(self) -> Mapping[str, Range]:
        return {"margin": Range(low=0.5, high=MOST_MARGIN)}
