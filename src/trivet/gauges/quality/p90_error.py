"""Ninetieth percentile of the absolute error, in the unit of the answer: nine rows in ten are off by no more.

Gross errors do not move it, however large, as long as they are rare; so its interval holds where those of mae and rmse
cannot.  Better: lower.  Interval: order statistics, exact for any law of errors; below 36 rows there is no high end at
95 %.  With weights, or rows of one unit, from the interval of the share of rows within.
Source: David and Nagaraja 2003, Order Statistics, section 7.1; Woodruff 1952.
"""

from trivet.core.value import value
from trivet.kit.stats.error_quantiles import ErrorQuantile


@value
class P90Error(ErrorQuantile):
    """0 for faultless answers.  Nine answers in ten are no further off."""

    def share(self) -> float:
        """Of the rows."""
        return 0.9
