"""Calibration gap: how far stated probabilities lie from what happens, as the expected calibration error (ECE) over
15 bins of equally many rows.

Two classes: on the probability of class 1.  Several: on the probability of the most probable class, against how often
that class is the true one.  On few rows even a faultless model shows a gap: about 0.02 on 2,000 rows.
Better: lower.  Interval: simulated noise of the bins, of independent units.  It bounds the gap of these bins on very
many rows, free of the upward bias that noise gives to the value; inside a bin, gaps of either sign may still cancel,
so the gap of single probabilities, which no finite sample bounds, may be larger.  The low end takes off all noise, so
that 0 stays possible; the high end keeps the upward bias, hence errs on the safe side for a limit `<=`.
Source: Naeini, Cooper and Hauskrecht 2015; Nguyen and O'Connor 2015 (equal mass); Roelofs et al. 2022 (bias).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate
from trivet.kit.stats.trials import equal_or_given, expect_answers, rows_of, units_of, weights_of
from trivet.kit.stats.units import effective_rows, unit_sums
from trivet.runtime.part import Array

BINS = 15
DRAWS = 4000  # the 97.5 % quantile of the noise then moves by about 1 % of its width from seed to seed


@value
class CalibrationGap(Gauge):
    """0 for probabilities that come true."""

    family = "trust"
    better = "<="
    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """Answers with a probability for each class; without a scale the plain sigmoid or softmax is measured."""
        expect_answers(sketch, "probabilities", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Rows with the same probability share a bin."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        top = probabilities.argmax(axis=1)
        two = probabilities.shape[1] == 2
        stated = probabilities[:, 1] if two else probabilities.max(axis=1)
        happened = truth == (1 if two else top)
        weight = equal_or_given(weights_of(trial), len(truth))
        bins = bins_of(stated, happened.astype(np.float64), weight, units_of(trial))
        return gap_estimate(bins, sure).reading(self, n=len(truth), sure=sure)


@value
class Bins:
    """share: (bins,) of all weight.  gap: (bins,) mean of stated minus happened.  error: (bins,) its standard error.
    freedom: (bins,) effective rows less one, 1 at least.  together: (bins, bins) covariance of the gaps where units
    reach over several bins, else None."""

    share: Array
    gap: Array
    error: Array
    freedom: Array
    together: Array | None = None

    def noise(self, rng: np.random.Generator) -> Array:
        """(draws, bins) by how much the gaps may err."""
        if self.together is None:
            return self.error * rng.standard_t(np.maximum(self.freedom, 3.0), (DRAWS, len(self.gap)))
        size, turned = np.linalg.eigh(self.together)
        normal = rng.normal(size=(DRAWS, len(self.gap))) * np.sqrt(np.maximum(size, 0))
        freedom = max(float(self.freedom.min()), 3.0)
        return normal @ turned.T / np.sqrt(rng.chisquare(freedom, (DRAWS, 1)) / freedom)


def bins_of(stated: Array, happened: Array, weight: Array, units: Array | None = None) -> Bins:
    """The rows in bins with equally many rows, ties together."""
    edges = np.quantile(stated, np.linspace(0, 1, BINS + 1))
    which = np.searchsorted(edges[1:-1], stated)
    members = [which == b for b in range(BINS) if (which == b).any()]
    found = [bin_of((stated - happened)[rows], happened[rows], weight[rows]) for rows in members]
    mass, gap, error, freedom = (np.array(column) for column in zip(*found))
    share = mass / math.fsum(mass.tolist())
    if units is None:
        return Bins(share=share, gap=gap, error=error, freedom=freedom)
    excess = stated - happened
    moves = [unit_sums(weight * rows * (excess - one), units) / total for rows, one, total in zip(members, gap, mass)]
    worth = effective_rows(unit_sums(weight, units))
    spread = np.array(moves) @ np.array(moves).T * worth / max(worth - 1, 1)
    # A bin in which all rows agree still errs, as it does where rows stand alone.
    spread += np.diag(np.maximum(error**2 - np.diag(spread), 0))
    return Bins(share=share, gap=gap, error=error, freedom=np.full(len(gap), max(worth - 1, 1)), together=spread)


def bin_of(excess: Array, happened: Array, weight: Array) -> tuple[float, float, float, float]:
    """(weight, gap, standard error of the gap, degrees of freedom) of one bin.

    A bin in which all rows agree still errs: one more row of each kind is added before its spread is taken.
    """
    mass, rows = math.fsum(weight.tolist()), effective_rows(weight)
    gap = math.fsum((weight * excess).tolist()) / mass
    spread = math.fsum((weight * (excess - gap) ** 2).tolist()) / mass * rows / max(rows - 1, 1)
    rate = (math.fsum((weight * happened).tolist()) / mass * rows + 1) / (rows + 2)
    return mass, gap, math.sqrt(max(spread, rate * (1 - rate)) / rows), max(rows - 1, 1.0)


def gap_estimate(bins: Bins, sure: float) -> Estimate:
    """The gap over all bins.  By the triangle inequality it is at most the bins' joint noise above the truth."""
    rng = np.random.default_rng(0)  # fixed: a reading repeats exactly
    noise = bins.noise(rng)
    total = float(np.abs(bins.gap) @ bins.share)
    drawn = np.sort(np.abs(bins.gap + noise) @ bins.share)
    joint = np.abs(noise) @ bins.share
    high = total + float(np.quantile(drawn, (1 + sure) / 2)) - float(drawn.mean())
    low = total - float(np.quantile(joint, (1 + sure) / 2))
    return Estimate(value=total, low=low, high=high, how="simulated noise of 15 bins, whose own gap it bounds")
