"""The aim: the gauge by which candidates that are likely to keep every limit are compared."""

from collections.abc import Sequence
from math import inf, isfinite

from trivet.core.registry import find_gauge
from trivet.core.units import show_amount
from trivet.core.value import value

from .chance import Point

_INTERVAL = 2 * 1.96  # standard errors that an interval at 95 % is wide
# Candidates answer the same rows, so their errors go together: the difference of two good ones errs by 0.25 to 0.41 of
# what each of them errs by (bench/choosing.py).
_OF_DIFFERENCE = 1 / 3
_COIN_TOSS = 1 / 3  # of the noise: with a lead of less, the odds of being better indeed are below 63 to 37
_OF_COST = 0.01  # of a size or a forecast time: less is no reason to prefer a file


@value
class Aim:
    """One gauge, as heights: whichever way the gauge is better, a greater height is."""

    gauge: str

    def height(self, point: Point) -> float:
        """The gauge's value or forecast, its sign turned where less is better; -inf where it is not known."""
        number = point.number(self.gauge)
        if not isfinite(number):
            return -inf
        return number if find_gauge(self.gauge).better == ">=" else -number

    def noise(self, point: Point) -> float:
        """About the standard error of the difference between this candidate and another that is nearly as good."""
        reading = point.readings.get(self.gauge)
        if reading is None:
            return _OF_COST * abs(point.number(self.gauge))
        width = reading.high - reading.low
        return _OF_DIFFERENCE * width / _INTERVAL if isfinite(width) else 0.0

    def best(self, points: Sequence[Point]) -> Point:
        """The highest of them, of equals the smallest; at least one is wanted."""
        return max(points, key=lambda point: (self.height(point), -point.costs["size"]))

    def pick(self, points: Sequence[Point]) -> Point:
        """The smallest of those that are as good as the highest: the highest of many owes some of it to luck."""
        best = self.best(points)
        near = [point for point in points if self.is_as_good(point, best)]
        return min(near, key=lambda point: (point.costs["size"], -self.height(point)))

    def is_as_good(self, point: Point, best: Point) -> bool:
        """Whether the best one's lead is so small that it hardly says which of the two is better."""
        return self.height(point) >= self.height(best) - _COIN_TOSS * self.noise(best)

    def shown(self, point: Point) -> str:
        """E.g. "auroc 0.927"."""
        return f"{self.gauge} {show_amount(point.number(self.gauge), find_gauge(self.gauge).unit)}"
