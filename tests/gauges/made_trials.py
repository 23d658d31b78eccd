"""Trials of made models whose true readings are known or can be had from very many rows."""

import numpy as np

from trivet.core.gauges import PLAIN, Samples, Trial, plain_trial
from trivet.core.reading import Machine
from trivet.runtime.batch import Answers
from trivet.testing.tasks import made_task
from trivet.testing.trials import bare_rows

CPU = Machine(cpu="made", cores=2, system="none", python="3")


def class_task(n_classes):
    names = tuple("abcdefghij"[:n_classes])
    return made_task("classify", names)


NUMBER_TASK = made_task("regress")


def classes(truth, probabilities, weight=None, sets=None):
    """A trial with these probabilities, the most probable class chosen."""
    given = np.asarray(probabilities, float)
    if given.ndim == 1:
        given = np.stack([1 - given, given], axis=1)
    guard = {} if sets is None else {"sets": sets}
    answers = Answers(probabilities=given, chosen=given.argmax(axis=1), **guard)
    return plain_trial(class_task(given.shape[1]), bare_rows(truth, weight), answers)


def chosen(truth, said, n_classes=2, weight=None):
    """A trial with these answered classes."""
    said = np.asarray(said)
    return classes(truth, np.eye(n_classes)[said], weight=weight)


def values(truth, said, weight=None, low=None, high=None):
    """A trial with these answered numbers."""
    ends = {} if low is None else {"low": low, "high": high}
    answers = Answers(values=np.asarray(said, float), **ends)
    return plain_trial(NUMBER_TASK, bare_rows(np.asarray(truth, float), weight), answers)


def costs(**measured):
    """A trial of which only these costs were measured, by the names of the probes; (processes, calls) or (calls,)."""
    units = {"latency": "ms", "cold_start": "ms", "throughput": "rows/s", "memory": "B"}
    found = {"size": Samples(numbers=np.array([float(measured.pop("size", 1))]), unit="B")}
    for name, numbers in measured.items():
        each = np.asarray(numbers, float)
        process = np.repeat(np.arange(len(each)), each.shape[1]) if each.ndim == 2 else None
        found[name.replace("_", "-")] = Samples(numbers=each.ravel(), unit=units[name], where=CPU, process=process)
    return Trial(task=class_task(2), rows=bare_rows(np.zeros(0, int)), answers={PLAIN: Answers()}, costs=found)


def two_normals(rng, rows, *, apart, positives, trust=1.0):
    """Two classes whose scores are normal; probabilities are calibrated for trust = 1, overconfident above."""
    truth = (rng.random(rows) < positives).astype(int)
    score = rng.normal(size=rows) + apart * truth
    log_odds = apart * score - apart**2 / 2 + np.log(positives / (1 - positives))
    return classes(truth, 1 / (1 + np.exp(-trust * log_odds)))


def many_normals(rng, rows, *, n_classes, apart, trust=1.0):
    """Several classes of unequal size, each with its own normal score."""
    share = np.arange(1, n_classes + 1) / np.arange(1, n_classes + 1).sum()
    truth = rng.choice(n_classes, rows, p=share)
    score = rng.normal(size=(rows, n_classes))
    score[np.arange(rows), truth] += apart
    odds = np.exp(trust * (apart * score + np.log(share)))
    return classes(truth, odds / odds.sum(axis=1, keepdims=True))


def noisy_values(rng, rows, *, noise, heavy=False):
    """Answers off by normal noise, or by Student's with 5 degrees of freedom."""
    said = rng.normal(size=rows)
    return values(said + noise * (rng.standard_t(5, rows) if heavy else rng.normal(size=rows)), said)
