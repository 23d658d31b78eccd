"""The shape of trees that are stored as one preorder list: which node is whose child, and how deep it goes."""

from dataclasses import dataclass

import numpy as np

from trivet.runtime.part import Array


@dataclass(frozen=True, slots=True)
class Shape:
    """roots: (trees,) first node of each tree.  left, right: (internal,) children of the internal nodes, in order.
    depth: most decisions from a root to a leaf."""

    roots: Array
    left: Array
    right: Array
    depth: int


def shape_of(is_leaf: Array, n_trees: int, *, deepest: int) -> Shape | None:
    """The shape of `n_trees` trees, or None when the list does not hold exactly those, or one is too deep.

    is_leaf: (nodes,) bool in preorder: a node, its left subtree, its right subtree; tree after tree.

    >>> shape_of(np.array([False, True, True]), 1, deepest=64).right
    array([2])
    """
    if len(is_leaf) == 0 or n_trees == 0:
        return Shape(*(np.zeros(0, np.int64),) * 3, 0) if len(is_leaf) == n_trees == 0 else None
    # open_after[i]: subtrees begun minus subtrees finished after node i; tree t is finished at -(t + 1).
    open_after = np.cumsum(np.where(is_leaf, -1, 1))
    if open_after[-1] != -n_trees or (open_after[:-1] <= -n_trees).any():
        return None
    roots = first_after(open_after, np.full(n_trees - 1, -1), -1 - np.arange(n_trees - 1)) + 1
    internal = np.flatnonzero(~is_leaf)
    left_end = first_after(open_after, internal, open_after[internal] - 1)
    shape = Shape(np.concatenate([[0], roots]), internal + 1, left_end + 1, 0)
    depth = depth_of(shape, internal, len(is_leaf), deepest)
    return None if depth is None else Shape(shape.roots, shape.left, shape.right, depth)


def first_after(levels: Array, after: Array, level: Array) -> Array:
    """For each pair, the first position behind `after` where `levels` has the value `level`."""
    span, lowest = len(levels) + 1, int(levels.min())
    keys = np.sort((levels.astype(np.int64) - lowest) * span + np.arange(len(levels)))
    at = np.searchsorted(keys, (level.astype(np.int64) - lowest) * span + after, side="right")
    return keys[at] % span


def depth_of(shape: Shape, internal: Array, n_nodes: int, deepest: int) -> int | None:
    """Most decisions from a root to a leaf; None when that is more than `deepest`."""
    rank = np.full(n_nodes, -1)
    rank[internal] = np.arange(len(internal))
    level, depth = rank[shape.roots], 0
    while (level := level[level >= 0]).size:
        depth += 1
        if depth > deepest:
            return None
        level = rank[np.concatenate([shape.left[level], shape.right[level]])]
    return depth
