"""Where a pass sets a dial, seen from tune rows alone: so that candidates can be compared before the vault sets it."""

from collections.abc import Sequence

from trivet.core.candidate import Candidate
from trivet.core.limits import Limit
from trivet.core.passes import Size
from trivet.core.rows import Rows
from trivet.kit.scores import answers_on

from .control import margin, most_useful
from .decision import Decision, Rule

_SPARE = 1.0  # in distances to the bad end of the interval: kept on tune rows for sure
_TAIL = 0.025


def tuned_rule(candidate: Candidate, tune: Rows, limits: Sequence[Limit]) -> tuple[Decision, Rule, float]:
    """(the dial, the most useful rule that keeps the limits on these rows for sure, its use there).

    Where no rule keeps them for sure, it is the one that comes nearest.
    """
    trial = answers_on(candidate, tune)
    dial = Decision(candidate, limits)
    rungs = dial.rungs(trial)
    turned = [dial.turned(trial, rung) for rung in rungs]
    margins = [margin(one, limits, lambda _: _TAIL) for one in turned]
    use = [dial.use(one) for one in turned]
    best = most_useful(margins, use, _SPARE)
    return dial, rungs[best], use[best]


def tuning_units(size: Size) -> float:
    """Work units that `tuned_rule` takes."""
    return 0.1 + 1e-6 * size.rows * (size.columns + size.scores)
