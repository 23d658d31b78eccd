"""False alarms: the share of the rows of other classes that are answered with this class.

A row whose answer is withheld is neither missed nor a false alarm.
Better: lower.  Interval: Clopper-Pearson, exact given how many such rows there are; with weights, or rows of
one unit, its extension by Gaffke.  Without any such row it opens from 0 to 1.
Parameters: positive, the class; left out, the second of two.
Source: Clopper and Pearson 1934.
"""

from typing import ClassVar

from trivet.core.value import value
from trivet.kit.stats.mistakes_gauge import MistakesGauge


@value
class FalseAlarms(MistakesGauge):
    """0 to 1; 0 for a file that never answers the class without need."""

    of_positives: ClassVar[bool] = False
    examples = ("false-alarms(positive=yes)",)
