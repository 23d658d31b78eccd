"""From interpret's terms to the runtime kind `additive`."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from trivet.runtime.part import Array, Part


def additive_part(model: Any) -> Part:
    """The part of kind `additive` that answers as the explainable boosting machine does on float32 inputs."""
    terms = [tuple(map(int, columns)) for columns in model.term_features_]
    cuts = [cuts_of(model, columns) for columns in terms]
    base = np.atleast_1d(np.asarray(model.intercept_, np.float64))
    tables = [table_of(np.asarray(scores, np.float64), own) for scores, own in zip(model.term_scores_, cuts)]
    every = [ceil_float32(axis) for term in cuts for axis in term]
    arrays: dict[str, Array] = {
        "feature": np.array([(*term, -1)[:2] for term in terms], np.int16).reshape(-1, 2),
        "cuts": np.concatenate([np.empty(0, np.float32), *every]),
        "cut_counts": np.array([(*map(len, term), 0)[:2] for term in cuts], np.uint16).reshape(-1, 2),
        "scores": np.concatenate([np.empty((0, len(base))), *tables]).astype(np.float32),
        "base": base.astype(np.float32),
    }
    return Part(kind="additive", arrays=arrays)


def cuts_of(model: Any, columns: Sequence[int]) -> list[Array]:
    """The float64 cuts of each column of a term; a column has coarser bins for pairs, where it has them at all."""
    levels = [model.bins_[column] for column in columns]
    return [np.asarray(own[min(len(columns), len(own)) - 1], np.float64) for own in levels]


def table_of(scores: Array, cuts: Sequence[Array]) -> Array:
    """(bins, n_scores): the scores of one term, without interpret's last bin per axis for unseen words."""
    known = scores.reshape(*scores.shape[: len(cuts)], -1)[tuple(slice(len(axis) + 2) for axis in cuts)]
    return known.reshape(-1, known.shape[-1])


def ceil_float32(cuts: Array) -> Array:
    """The smallest float32 >= each cut: cut <= x is then the same for every float32 x."""
    near = cuts.astype(np.float32)
    return np.where(near < cuts, np.nextafter(near, np.float32(np.inf)), near)
