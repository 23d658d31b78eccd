"""Bets against a bound on a mean: evidence that may be looked at after every row, for ever.

A gambler starts with 1 and bets on every row that the mean loss is above the bound (or, mirrored, below it).  While the
claim that he bets against is true, no bet wins on average, so his capital is a non-negative supermartingale: that it
EVER reaches 1 / alpha has probability alpha at most (Ville 1939).  No number of rows has to be fixed beforehand, and
looking does not cost.  Losses need not be independent or alike: that the mean of the next one, given those before, is
within the bound is all that the claim says.

Whoever has bet through 10,000 good rows has almost nothing left when they turn bad.  So of bets that watch, a tenth is
kept back, and a little of it is staked anew before every row: a change is then seen about as soon late as early, and
the sum is still a supermartingale, since what each row gets was fixed beforehand.
Source: Waudby-Smith and Ramdas 2024, arXiv 2010.09686, sections 4 and 5 (betting; here five fixed bets, averaged);
Podkopaev and Ramdas 2022, arXiv 2110.06177 (the same to watch a model); Shiryaev 1963 (a prior on when it changes).
"""

import math
from typing import Literal

import numpy as np

from trivet.core.value import value
from trivet.runtime.part import Array

BETS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""What is staked, per unit by which a loss exceeds the bound; nobody knows the best one beforehand, so all are made."""
KEPT_BACK = 0.1  # costs 0.1 of the 4.6 that the logarithm has to climb at alpha = 1 %

Side = Literal["above", "below"]


@value
class Capital:
    """Where a wager stands.  units: bet on so far.

    logs: (strands, bets) natural logarithms of the capitals that were there from the first unit.
    anew: (strands, bets) logarithm of what was kept back and staked since, before any growth, in terms of `logs`.
    top: (ways,) the most that the evidence has ever been, as a logarithm: what is reached once stays reached.
    """

    logs: Array
    anew: Array
    top: Array
    units: int = 0

    @property
    def highest(self) -> float:
        """The logarithm that every way has reached at some moment."""
        return float(self.top.min())


@value
class Wager:
    """A bet on the mean of losses in [0, 1].

    bound: in [0, 1].  side: "above" collects evidence that the mean is above the bound (a limit is missed), "below"
    that it is below (a limit is kept).  strands: means that are bet on at once, each by rows of its own.  The limit is
    missed when any strand is: "above" averages their capitals (evidence against all of them being kept), "below" wants
    every single one to get there.  kept_back: the share that is staked anew over time; None: a tenth above, none below.
    """

    bound: float
    side: Side
    strands: int = 1
    kept_back: float | None = None

    @property
    def back(self) -> float:
        """The share that is kept back."""
        usual = KEPT_BACK if self.side == "above" else 0.0
        return usual if self.kept_back is None else self.kept_back

    @property
    def bets(self) -> Array:
        """(bets,) those that cannot lose everything: the worst row has to leave a positive capital."""
        worst = self.bound if self.side == "above" else 1 - self.bound
        return np.array([bet for bet in BETS if 1 - bet * worst > 0])

    def start(self) -> Capital:
        """Before the first unit: every bet has 1."""
        shape = (self.strands, len(self.bets))
        ways = self.strands if self.side == "below" else 1
        return Capital(logs=np.zeros(shape), anew=np.full(shape, -np.inf), top=np.zeros(ways))

    def path(self, capital: Capital, losses: Array, stakes: Array) -> tuple[Capital, Array]:
        """(the capital after these units, (units, ways) log evidence after each).

        losses: (units, strands) in [0, 1]; NaN moves nothing.  stakes: (units, strands) in [0, 1], what the unit's
        weight is of the most that one may have; 1 where units count alike.  The path does not depend, to the last bit,
        on how units are cut into calls.
        """
        if not len(losses):
            return capital, np.zeros((0, len(capital.top)))
        excess = np.where(np.isnan(losses), 0.0, stakes * (losses - self.bound))
        steps = np.log1p((1.0 if self.side == "above" else -1.0) * excess[:, :, None] * self.bets)
        # Added up one by one from where it stood, so that a resumed path has the same roundings.
        logs = np.cumsum(np.concatenate([capital.logs[None], steps]), axis=0)
        unit = capital.units + np.arange(1, len(losses) + 1)
        staked = np.log(share_at(unit))[:, None, None] - logs[:-1]
        anew = np.logaddexp.accumulate(np.concatenate([capital.anew[None], staked]), axis=0)[1:]
        evidence = self.combined(self.evidence(logs[1:], anew, unit))
        top = np.maximum(capital.top, evidence.max(axis=0))
        return Capital(logs=logs[-1], anew=anew[-1], top=top, units=int(unit[-1])), evidence

    def evidence(self, logs: Array, anew: Array, unit: Array) -> Array:
        """(units, strands) log evidence of each strand after each unit, counted from 1."""
        first = log_mean(logs, axis=-1)
        if not self.back:
            return first
        later = log_mean(logs + anew, axis=-1)
        in_hand = np.broadcast_to(np.log(in_hand_after(unit))[:, None], later.shape)
        held: Array = np.logaddexp(math.log1p(-self.back) + first, math.log(self.back) + np.logaddexp(later, in_hand))
        return held

    def combined(self, evidence: Array) -> Array:
        """(units, ways): the strands' mean where one of them is enough, each where all are needed."""
        return log_mean(evidence, axis=1)[:, None] if self.side == "above" else evidence

    def now(self, capital: Capital) -> float:
        """The logarithm of the evidence at this moment; of the weakest strand where all have to get there."""
        unit = np.array([capital.units])
        return float(self.combined(self.evidence(capital.logs[None], capital.anew[None], unit)).min())


def share_at(unit: Array) -> Array:
    """What of the kept-back share is staked before a unit, counted from 1; sums up to 1 over all there can ever be."""
    return in_hand_after(unit - 1) - in_hand_after(unit)


def in_hand_after(unit: Array) -> Array:
    """What of it is left after that many units: it falls so slowly that late changes still find some."""
    left: Array = 1 / np.log2(unit + 2.0)
    return left


def first_reach(before: Array, evidence: Array, threshold: float) -> int | None:
    """After which unit, counted from 0, every way has been at the threshold (a logarithm) once; None for none of these.

    before: (ways,) the tops so far.  evidence: (units, ways).
    """
    tops = np.maximum(np.maximum.accumulate(evidence, axis=0), before).min(axis=1)
    there = np.flatnonzero(tops >= threshold)
    return int(there[0]) if len(there) else None


def log_mean(logs: Array, axis: int) -> Array:
    """The logarithm of the mean of numbers given by logarithms; large ones do not overflow."""
    most = logs.max(axis=axis, keepdims=True)
    total = np.log(np.exp(logs - most).sum(axis=axis)) + most.squeeze(axis) - math.log(logs.shape[axis])
    found: Array = total
    return found
