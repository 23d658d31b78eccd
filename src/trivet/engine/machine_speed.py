"""How fast this machine is right now, beside the one that work units were measured on."""

import time

import numpy as np

from trivet.runtime.part import Array

_REFERENCE_MS = 3.5  # of one round on one core of the server that `Pass.units` were measured on, quiet (2026-11)
_ROUNDS = 21


def machine_speed() -> float:
    """1 for the reference machine, 0.5 for one that takes twice as long; a busy machine counts as slow.

    Takes about a tenth of a second: the median of rounds of what fits do, sorting, arithmetic and plain Python.
    """
    numbers = np.random.default_rng(0).random(60_000)
    taken = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        one_round(numbers)
        taken.append(1000 * (time.perf_counter() - start))
    return _REFERENCE_MS / float(np.median(taken))


def one_round(numbers: Array) -> float:
    """A little of everything, on one thread."""
    total = float(np.sort(numbers)[100] + np.exp(numbers).sum())
    for number in range(40_000):
        total += number * 0.5
    return total + float(np.bincount((numbers * 255).astype(np.int64), numbers).sum())
