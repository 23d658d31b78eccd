"""Calibration on arrays: scores of a body become probabilities that come true.

Source: temperature, Guo et al. 2017, arXiv 1706.04599, section 4.2; smoothed answers, Platt 1999, section 2.2;
isotonic regression by pool-adjacent-violators, Ayer et al. 1955, Zadrozny and Elkan 2002.
"""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from trivet.core.scores import log_losses
from trivet.kit.target import shares_of
from trivet.runtime.part import Array

COLDEST, HOTTEST = 0.05, 20.0
RIDGE = 0.1  # of a row's worth of curvature
_GOLDEN = (math.sqrt(5) - 1) / 2


def probabilities_of(scores: Array, temperature: float = 1.0, bias: Array | float = 0.0) -> Array:
    """(rows, classes) float64 of scores (rows, k): sigmoid for k = 1, else softmax of (scores + bias) / temperature."""
    scaled = (np.asarray(scores, np.float64) + bias) / temperature
    return shares_of(scaled, "sigmoid" if scaled.shape[1] == 1 else "softmax")


def smooth_targets(answer: Array, classes: int) -> Array:
    """(rows, classes) targets that leave one row's worth of doubt, spread evenly; rows sum to 1.

    Without it, rows that a body separates perfectly would ask for certainty: the temperature would fall to its bound.
    """
    doubt = 1 / (len(answer) + 2)
    targets = np.full((len(answer), classes), doubt / max(classes - 1, 1))
    targets[np.arange(len(answer)), answer] = 1 - doubt
    return targets


def mean_log_loss(probabilities: Array, targets: Array, weight: Array | None = None) -> float:
    """Cross-entropy of targets (rows, classes) under probabilities, in nats per row; never infinite."""
    losses = (targets * log_losses(probabilities, least=1e-300)).sum(axis=1)
    return float(np.average(losses, weights=weight))


def best_temperature(scores: Array, targets: Array, weight: Array | None = None) -> float:
    """The temperature in [0.05, 20] with the least log loss, to 1e-7 of itself.

    scores: (rows, k).  targets: (rows, classes).  The loss is convex in 1/temperature, so it has one valley in its
    logarithm too, and golden-section search finds the bottom.
    """

    def loss(log_temperature: float) -> float:
        return mean_log_loss(probabilities_of(scores, math.exp(log_temperature)), targets, weight)

    return math.exp(valley(loss, math.log(COLDEST), math.log(HOTTEST)))


def valley(loss: Callable[[float], float], low: float, high: float, within: float = 1e-7) -> float:
    """Where a function with one valley between low and high is least, by golden-section search."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    while high - low > within:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = loss(right)
    return (low + high) / 2


def best_temperature_and_bias(
    scores: Array, targets: Array, weight: Array | None = None, rounds: int = 20
) -> tuple[float, Array]:
    """(temperature, bias (k,)) with the least log loss, of softmax or sigmoid((scores + bias) / temperature).

    Alternates a golden-section step on the temperature with one Newton step on the biases, until nothing moves.
    A slight ridge keeps the bias of a class without rows finite.
    """
    temperature, bias = 1.0, np.zeros(scores.shape[1])
    for _ in range(rounds):
        temperature = best_temperature(scores + bias, targets, weight)
        shift = bias_step(scores, temperature, bias, targets, weight)
        bias = bias + shift
        if np.abs(shift).max() < 1e-6 * temperature:
            break
    return temperature, bias


def bias_step(scores: Array, temperature: float, bias: Array, targets: Array, weight: Array | None) -> Array:
    """One Newton step on the biases, (k,)."""
    k = scores.shape[1]
    each = np.ones(len(scores)) if weight is None else weight
    p = probabilities_of(scores, temperature, bias)[:, -k:]
    slope = (each[:, None] * (targets[:, -k:] - p)).sum(axis=0) - RIDGE * bias / temperature
    weighted = each[:, None] * p
    curve = np.diag(weighted.sum(axis=0)) - weighted.T @ p + RIDGE * np.eye(k)
    step: Array = temperature * np.linalg.solve(curve, slope)
    return np.clip(step, -5 * temperature, 5 * temperature)


def isotonic_knots(scores: Array, answer: Array, weight: Array | None = None, most: int = 64) -> tuple[Array, Array]:
    """(x strictly ascending, y ascending in [1/2n, 1 - 1/2n]): the knots of the best rising probability.

    scores: (rows,).  answer: (rows,) 0 or 1.  Equals scikit-learn's IsotonicRegression before the clip, as long as
    `most` knots suffice; beyond that, the neighbouring steps that differ least are merged.
    """
    x, first = np.unique(scores, return_inverse=True)
    each = np.ones(len(scores)) if weight is None else np.asarray(weight, np.float64)
    mass = np.bincount(first, each)
    steps = fewer(rising_steps(np.bincount(first, each * answer) / mass, mass), most // 2)
    knots = sorted({(x[at], level) for start, stop, level, _ in steps for at in (start, stop - 1)})
    least = 1 / (2 * len(scores))
    xs, ys = (np.array(column) for column in zip(*knots))
    return xs, np.clip(ys, least, 1 - least)


Step = tuple[int, int, float, float]
"""(start, stop, level, mass): the values start to stop - 1 share one level."""


def rising_steps(level: Array, mass: Array) -> list[Step]:
    """The rising steps that are nearest to `level` in squared error, by pooling neighbours that fall."""
    steps: list[Step] = []
    for at, (one, m) in enumerate(zip(level.tolist(), mass.tolist())):
        step: Step = (at, at + 1, one, m)
        while steps and steps[-1][2] >= step[2]:
            step = step_of_both(steps.pop(), step)
        steps.append(step)
    return steps


def fewer(steps: list[Step], most: int) -> list[Step]:
    """At most `most` steps, by merging the neighbours whose merger costs least squared error."""
    steps = list(steps)
    while len(steps) > most:
        costs = [a[3] * b[3] / (a[3] + b[3]) * (a[2] - b[2]) ** 2 for a, b in pairwise(steps)]
        at = int(np.argmin(costs))
        steps[at : at + 2] = [step_of_both(steps[at], steps[at + 1])]
    return steps


def step_of_both(left: Step, right: Step) -> Step:
    mass = left[3] + right[3]
    return left[0], right[1], (left[2] * left[3] + right[2] * right[3]) / mass, mass
