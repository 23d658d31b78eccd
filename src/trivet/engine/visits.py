"""Visits the routes that a search asks for, against the clock, and tells how far it came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trivet.core.routes import Route
from trivet.core.units import show_amount

from .chance import Point
from .failure import JobCut
from .pool import Pool
from .progress import Progress
from .search import Search
from .steps import Steps


@dataclass(kw_only=True)
class Visits:
    """What a search of one build visits its routes with.

    overhead: bytes of a file besides its parts.  began: when the build began, by the monotonic clock.
    """

    steps: Steps
    pool: Pool
    progress: Progress
    overhead: int
    began: float
    has_begun: bool = False

    def evaluate(self, batch: Sequence[Route]) -> Iterator[Point | None]:
        """A point for each route, None where a pass failed; ends early, between two routes, when the time is over."""
        is_first, self.has_begun = not self.has_begun, True  # something has to be there to judge
        numbered = [(route, is_first and at == 0) for at, route in enumerate(batch)]
        for point in self.pool.map(self.visited, numbered):
            if isinstance(point, JobCut):
                return  # what came after it in this batch does not count, so that the lock can say where it ended
            yield point

    def visited(self, numbered: tuple[Route, bool]) -> Point | JobCut | None:
        """The route's point; JobCut as an answer, so that those before it in the batch are kept."""
        route, is_first = numbered
        if self.steps.deadline.is_over() and not is_first:
            return JobCut()
        try:
            return self.steps.visit(route, self.overhead, whatever_the_clock=is_first)
        except JobCut as cut:
            return cut

    def tell(self, search: Search) -> None:
        """Shows how much of the budget is spent, and the best so far."""
        by_work = search.spent / max(search.units, 1e-9)
        share = max(by_work, self.steps.deadline.share_passed(self.began))
        self.progress.done(min(max(share, 0.0), 1.0), best_so_far(search))


def best_so_far(search: Search) -> str:
    """E.g. "12 candidates, best auroc 0.927 in 34 kB"; the nearest one while none is likely to be proven."""
    if not search.points:
        return "no candidate yet"
    likely = search.odds.likely(search.points)
    best = search.aim.best(likely) if likely else max(search.points, key=search.odds.chance)
    size = show_amount(best.costs["size"], "B")
    number = len(search.points)
    return (
        f"{number} candidate{'' if number == 1 else 's'}, "
        f"{'best' if likely else 'nearest to the limits'} {search.aim.shown(best)} in {size}"
    )
