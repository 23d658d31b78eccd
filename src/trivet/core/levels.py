"""How much of the allowed error each look at a vault may spend.

A limit allows alpha = 1 - sure over all builds on one vault.  Build j of them gets alpha * 6 / (pi^2 j^2), which sums
to alpha over all j (Basel's sum), and its finalists get fixed shares of that, in the order in which the vault is opened
for them.  The first gets nearly all: finalists err together (correlation .95), so later ones are rarely needed.
Whatever the builds have in common, the chance that any file is wrongly said to hold stays below alpha, by the union
bound (weighted Bonferroni), for files that do not depend on what earlier builds told of the vault.
"""

from math import floor, log10, pi

from .value import value

SHARES = (0.90, 0.05, 0.05)
"""Of a build's error, for the files that it shows the vault, in order."""


@value
class Look:
    """One look at a vault.  build: its number on this vault, from 1.  finalist: its place within the build, from 0."""

    build: int = 1
    finalist: int = 0

    def alpha(self, sure: float) -> float:
        """The chance that a limit with this `sure` may be wrongly said to hold in this look."""
        return (1 - sure) * share_of_build(self.build) * SHARES[self.finalist]

    def confidence(self, sure: float) -> float:
        """With which a verdict is given: one-sided."""
        return 1 - self.alpha(sure)

    def two_sided(self, sure: float) -> float:
        """The level of the two-sided interval whose sides each miss with `alpha`: what a gauge is asked for."""
        return 1 - 2 * self.alpha(sure)


def share_of_build(build: int) -> float:
    """Of alpha, for the build with this number, from 1: they sum up to 1 over all builds that there can ever be."""
    return 6 / (pi * build) ** 2


def confidence_of(two_sided: float) -> float:
    """The one-sided confidence of one end of a two-sided interval.

    >>> confidence_of(0.95)
    0.975
    """
    return (1 + two_sided) / 2


def show_confidence(confidence: float) -> str:
    """With as many digits as tell it from 100 %, rounded down.

    >>> show_confidence(0.972647), show_confidence(0.998906), show_confidence(0.95)
    ('97.2 %', '99.89 %', '95 %')
    """
    left = 100 * (1 - confidence)
    if left <= 0:
        return "100 %"
    digits = max(0, 1 - floor(log10(left)))
    scale = 10.0**digits
    return f"{floor(100 * confidence * scale + 1e-6) / scale:.{digits}f}".removesuffix(".0") + " %"
