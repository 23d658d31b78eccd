"""What a learner is asked to reproduce: labels, values, or a teacher's answers."""

import numpy as np

from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.part import Array

LEAST_SHARE = 0.01  # a teacher's smaller shares are left out of weighted rows: they cost rows and teach nothing
ABSENT_WEIGHT = 1e-3  # a class without any row gets a thousandth of one, so that every class has a score


@value
class Target:
    """The target of a learner on some rows.

    n_scores: width of the scores to learn.  hard: (rows,) class index or value.  soft: (rows, n_scores) float32
    scores of a teacher; when they are there, learners follow them and not `hard`.  weight: (rows,) float64 or None.
    """

    link: str
    n_scores: int
    hard: Array | None = None
    soft: Array | None = None
    weight: Array | None = None

    @classmethod
    def of(cls, rows: Rows, task: Task) -> "Target":
        """The target that the answers of the rows state."""
        return cls(link=task.link, n_scores=task.n_scores, hard=rows.truth, weight=rows.weight)

    def __len__(self) -> int:
        given = self.hard if self.soft is None else self.soft
        return 0 if given is None else len(given)

    @property
    def n_classes(self) -> int:
        """The number of classes; 0 for regression."""
        return {"identity": 0, "sigmoid": 2, "softmax": self.n_scores}[self.link]

    def take(self, which: Array) -> "Target":
        """The target on the chosen rows (indices or a mask)."""
        chosen = {name: getattr(self, name) for name in ("hard", "soft", "weight")}
        some = {name: None if array is None else array[which] for name, array in chosen.items()}
        return Target(link=self.link, n_scores=self.n_scores, **some)

    def and_(self, other: "Target") -> "Target":
        """The target on these rows, then on others that state as much."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in ("hard", "soft", "weight")}
        both = {name: None if one is None else np.concatenate([one, two]) for name, (one, two) in pairs.items()}
        return Target(link=self.link, n_scores=self.n_scores, **both)

    def weights(self) -> Array:
        """(rows,) float64; ones where none are given."""
        return np.ones(len(self)) if self.weight is None else np.asarray(self.weight, np.float64)

    def values(self) -> Array:
        """(rows,) float64 target of a regression."""
        return np.asarray(self.hard if self.soft is None else self.soft[:, 0], np.float64)

    def shares(self) -> Array:
        """(rows, classes) float64 probabilities to learn; one-hot for labels."""
        if self.soft is not None:
            return shares_of(self.soft, self.link)
        return np.eye(self.n_classes)[np.asarray(self.hard, np.int64)]


def shares_of(scores: Array, link: str) -> Array:
    """(rows, classes) float64 probabilities of the scores (rows, n_scores) of a classifier."""
    wide = np.asarray(scores, np.float64)
    if link == "sigmoid":
        wide = np.concatenate([np.zeros_like(wide), wide], axis=1)
    # Subtract the row maximum first: exp overflows, and softmax does not notice the shift.
    grown = np.exp(wide - wide.max(axis=1, keepdims=True))
    shares: Array = grown / grown.sum(axis=1, keepdims=True)
    return shares


def mean_loss(scores: Array, target: Target) -> float:
    """The weighted mean squared error (identity) or cross-entropy (sigmoid, softmax) of scores (rows, n_scores)."""
    if target.link == "identity":
        each = np.square(np.asarray(scores[:, 0], np.float64) - target.values())
    else:
        each = -(target.shares() * np.log(np.clip(shares_of(scores, target.link), 1e-12, 1))).sum(axis=1)
    return float(np.average(each, weights=target.weights()))


def labelled_rows(target: Target) -> tuple[Array, Array, Array]:
    """(rows, labels, weights): the target of a classifier as weighted labelled rows; every class occurs.

    A teacher's row comes once per class, weighted by its share: the cross-entropy of the copies is that of the row.
    """
    weights = target.weights()
    if target.soft is None:
        rows, labels = np.arange(len(target)), np.asarray(target.hard, np.int64)
    else:
        shares = target.shares()
        rows, labels = np.nonzero(shares >= LEAST_SHARE)
        kept = np.where(shares >= LEAST_SHARE, shares, 0)
        weights = weights[rows] * (kept / kept.sum(axis=1, keepdims=True))[rows, labels]
    absent = np.setdiff1d(np.arange(target.n_classes), labels)
    rows = np.concatenate([rows, np.zeros(len(absent), np.int64)])
    return rows, np.concatenate([labels, absent]), np.concatenate([weights, np.full(len(absent), ABSENT_WEIGHT)])
