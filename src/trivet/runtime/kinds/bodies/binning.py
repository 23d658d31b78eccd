"""Curves and tables over bins as decision trees: looking up a bin is walking a balanced tree of its cuts."""

from collections.abc import Sequence

import numpy as np

from trivet.runtime.part import Array

from .ensemble import Ensemble
from .preorder import shape_of

Nodes = tuple[Array, Array, Array]
"""A tree in preorder: feature (nodes,), -1 = leaf; threshold (nodes,) float32; bin (nodes,) of the leaves."""


def terms_as_ensemble(axes: Sequence[Sequence[tuple[int, Array]]], scores: Sequence[Array], base: Array) -> Ensemble:
    """One tree per term, whose leaves add the scores (bins, k) of their bin to all k columns.

    axes: for each term one or two (feature, cuts).
    """
    trees = [term_tree(term) for term in axes]
    sizes = [len(feature) for feature, _, _ in trees]
    roots = np.cumsum([0, *sizes])[: len(trees)]
    feature = one_array([feature for feature, _, _ in trees], np.int64)
    is_leaf = feature < 0
    values = [table[bins[feature < 0]] for (feature, _, bins), table in zip(trees, scores)]
    width = len(base)
    left, right = children(is_leaf, len(trees))
    return Ensemble(
        roots=roots, is_leaf=is_leaf, feature=feature[~is_leaf],
        threshold=one_array([threshold for _, threshold, _ in trees], np.float32)[~is_leaf],
        missing_left=np.zeros(int((~is_leaf).sum()), bool), left=left, right=right,
        target_node=np.repeat(np.flatnonzero(is_leaf), width),
        target_column=np.tile(np.arange(width), int(is_leaf.sum())),
        target_value=one_array([table.ravel() for table in values], np.float32), base=base,
    )  # fmt: skip


def children(is_leaf: Array, n_trees: int) -> tuple[Array, Array]:
    """(left, right) of the internal nodes; these trees are our own, so they are whole."""
    shape = shape_of(is_leaf, n_trees, deepest=len(is_leaf) + 1)
    if shape is None:
        raise RuntimeError("a binning tree is not whole")
    return shape.left, shape.right


def term_tree(axes: Sequence[tuple[int, Array]]) -> Nodes:
    """The tree that finds a term's bin; for a pair each leaf of the first axis holds the tree of the second."""
    first = axis_tree(*axes[0])
    if len(axes) == 1:
        return first
    second = axis_tree(*axes[1])
    n_bins = len(axes[1][1]) + 2
    pieces = []
    for feature, threshold, at in zip(*(column.tolist() for column in first)):
        if feature < 0:
            pieces.append((second[0], second[1], second[2] + at * n_bins))
        else:
            pieces.append((np.array([feature]), np.array([threshold], np.float32), np.array([0])))
    return tuple(np.concatenate(column) for column in zip(*pieces))  # type: ignore[return-value]


def axis_tree(feature: int, cuts: Array) -> Nodes:
    """The tree over one column: at the root missing goes right to bin 0, the rest is a balanced tree of cuts."""
    nodes: list[tuple[int, float, int]] = [(feature, float(np.finfo(np.float32).max), 0)]
    # x < cut, said as x <= the float32 before the cut.
    thresholds = np.nextafter(cuts, np.float32(-np.inf)).tolist()
    todo = [(0, len(thresholds))]  # bins between these cuts, as a stack: the left half is done first
    while todo:
        low, high = todo.pop()
        if low == high:
            nodes.append((-1, 0.0, low + 1))
            continue
        middle = (low + high) // 2
        nodes.append((feature, thresholds[middle], 0))
        todo += [(middle + 1, high), (low, middle)]
    nodes.append((-1, 0.0, 0))
    features, limits, bins = zip(*nodes)
    return np.array(features), np.array(limits, np.float32), np.array(bins)


def one_array(arrays: Sequence[Array], dtype: type) -> Array:
    """The arrays one after the other; empty when there are none."""
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.zeros(0, dtype)
