"""An order of a category's words in which neighbours have alike answers, so that trees split them in few cuts."""

import numpy as np

from trivet.core.value import value
from trivet.runtime.part import Array

from .target import Target

PRIOR_ROWS = 10.0  # rows of the overall mean that are added to every word, so that rare words stay near it


@value
class Order:
    """kept: (m,) indices of words with a rank of their own.  rank: (m,) float32, 1..m+1.  rare: the other words' rank.

    The ranks of the kept words and `rare` are 1, 2, ... m+1, each once.
    """

    kept: Array
    rank: Array
    rare: float


def category_order(codes: Array, n_words: int, target: Target, *, most: int, least: int) -> Order:
    """The order of a column's words.

    codes: (rows,) index of a word, -1 = missing.  most: words that are kept, the most frequent first.
    least: rows with a word before it is kept; the others share one rank.
    Source: Fisher 1958, the best split of words is one of their order by mean answer (two classes, values);
    Coppersmith, Hong and Hosking 1999, the first principal component of class shares for more classes.
    """
    known = codes >= 0
    counts = np.bincount(codes[known], minlength=n_words)
    often = np.flatnonzero(counts >= max(least, 1))
    kept = np.sort(often[np.argsort(-counts[often], kind="stable")[:most]])
    slot = np.full(n_words, len(kept))  # words that are not kept share the last slot
    slot[kept] = np.arange(len(kept))
    place = one_axis(mean_answers(slot[codes[known]], len(kept) + 1, target.take(known)))
    rank = np.empty(len(place), np.float32)
    rank[np.argsort(place, kind="stable")] = np.arange(1, len(place) + 1)
    return Order(kept=kept, rank=rank[:-1], rare=float(rank[-1]))


def mean_answers(slot: Array, n_slots: int, target: Target) -> tuple[Array, Array]:
    """((slots, width) mean answer or class shares, shrunk to the overall mean; (slots,) weight of rows)."""
    answers = target.values()[:, None] if target.link == "identity" else target.shares()
    weights = target.weights()
    overall = np.average(answers, axis=0, weights=weights) if weights.sum() > 0 else np.zeros(answers.shape[1])
    count = np.bincount(slot, weights, minlength=n_slots)
    sums = np.stack([np.bincount(slot, weights * column, minlength=n_slots) for column in answers.T], axis=1)
    return (sums + PRIOR_ROWS * overall) / (count + PRIOR_ROWS)[:, None], count


def one_axis(means_and_counts: tuple[Array, Array]) -> Array:
    """(slots,) place of each slot: its mean; for several classes along the direction in which means differ most."""
    means, counts = means_and_counts
    if means.shape[1] <= 2:
        return means[:, -1]
    centred = means - np.average(means, axis=0, weights=counts + 1e-9)
    _, vectors = np.linalg.eigh((centred * counts[:, None]).T @ centred)
    direction = vectors[:, -1]
    # An eigenvector's sign is arbitrary: the largest entry points up on every machine.
    return centred @ (direction * np.sign(direction[np.abs(direction).argmax()]))
