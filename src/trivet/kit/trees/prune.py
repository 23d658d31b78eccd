"""Weakest-link pruning of a whole forest, and new values for the leaves that are left.

Source: Breiman, Friedman, Olshen and Stone 1984, section 3.3 (there for one tree, with one penalty for all links);
Buja, Hastie and Tibshirani 1989 (backfitting); Friedman 2001, section 4.4, for p (1 - p) as a row's weight.
"""

import heapq
from dataclasses import replace

import numpy as np

from trivet.kit.target import shares_of
from trivet.runtime.part import Array

from .forest import Forest

SWEEPS = 4  # over all trees; more gained nothing on Adult (2026-11-24)


def with_fewer_leaves(forest: Forest, mass: Array, keep: float) -> Forest:
    """The forest with at most a share `keep` of its leaves: siblings that say almost the same become one leaf.

    mass: (nodes,) weight of the fit rows in each leaf.  The link that costs least squared change over the rows goes
    first, wherever it stands.  A merged leaf says the weighted mean.  A tree that is one leaf moves into the base.
    """
    leaf, mass, is_leaf = forest.leaf.copy(), mass.astype(np.float64), forest.is_leaf.copy()
    parent = parents(forest).tolist()
    twins = [node for node in np.flatnonzero(~is_leaf).tolist() if is_twin(forest, is_leaf, node)]
    links = [(link_cost(forest, leaf, mass, node), node) for node in twins]
    heapq.heapify(links)
    too_many = int(is_leaf.sum()) - max(1, round(keep * int(is_leaf.sum())))
    for _ in range(too_many):
        if not links:
            break
        _, node = heapq.heappop(links)
        left, right = forest.left[node], forest.right[node]
        leaf[node], mass[node] = leaf_of_both(leaf, mass, left, right)
        is_leaf[node] = True
        above = parent[node]
        if above >= 0 and is_twin(forest, is_leaf, above):
            heapq.heappush(links, (link_cost(forest, leaf, mass, above), above))
    return without_stumps(without_branches(forest, leaf, is_leaf))


def curvature(scores: Array, link: str) -> Array:
    """(rows, k) how much the loss of a row bends with each score: 1 for values, p (1 - p) for classes.

    A change of score hurts little where a row is sure; weighting by the bend makes squared change stand for loss.
    """
    if link == "identity":
        return np.ones(scores.shape)
    share = shares_of(scores, link)[:, -scores.shape[1] :]
    bend: Array = share * (1 - share)
    return bend


def refit_leaves(forest: Forest, x: Array, target: Array, weight: Array, sweeps: int = SWEEPS) -> Forest:
    """The forest with leaf values that bring its scores on the rows x nearer to `target`, tree by tree.

    target, weight: (rows, k).  Each step moves the leaves of one tree to the weighted mean of what is missing (held
    back as if a row's worth missed nothing), so the weighted squared distance never rises.
    """
    nodes, leaf = forest.leaves_of(x), forest.leaf.copy()
    missing = target - forest.base
    for tree, output in enumerate(forest.output):
        missing[:, output] -= leaf[nodes[:, tree]]
    for _ in range(sweeps):
        for tree, output in enumerate(forest.output):
            own, each = nodes[:, tree], weight[:, output]
            mass = np.bincount(own, each, minlength=len(leaf)) + weight[:, output].mean()
            step = np.bincount(own, each * missing[:, output], minlength=len(leaf)) / mass
            leaf += step
            missing[:, output] -= step[own]
    return replace(forest, leaf=leaf)


def parents(forest: Forest) -> Array:
    """(nodes,) the decision above each node, -1 for roots."""
    parent = np.full(len(forest.feature), -1)
    inner = np.flatnonzero(~forest.is_leaf)
    parent[forest.left[inner]] = inner
    parent[forest.right[inner]] = inner
    return parent


def is_twin(forest: Forest, is_leaf: Array, node: int) -> bool:
    """Whether both children of the decision are leaves now."""
    return bool(is_leaf[forest.left[node]] and is_leaf[forest.right[node]])


def link_cost(forest: Forest, leaf: Array, mass: Array, node: int) -> float:
    """How much squared error, against what the forest says now, one leaf in place of two adds over the rows."""
    left, right = forest.left[node], forest.right[node]
    total = mass[left] + mass[right]
    return float(mass[left] * mass[right] / total * (leaf[left] - leaf[right]) ** 2) if total > 0 else 0.0


def leaf_of_both(leaf: Array, mass: Array, left: int, right: int) -> tuple[float, float]:
    """(value, mass) of the leaf that replaces two."""
    total = mass[left] + mass[right]
    if total == 0:
        return (leaf[left] + leaf[right]) / 2, 0.0
    return (leaf[left] * mass[left] + leaf[right] * mass[right]) / total, total


def without_branches(forest: Forest, leaf: Array, is_leaf: Array) -> Forest:
    """The forest without the nodes below those that became leaves."""
    kept = np.ones(len(leaf), bool)
    parent = parents(forest)
    for node in range(len(leaf)):  # preorder: a parent stands before its children
        above = parent[node]
        kept[node] = above < 0 or (kept[above] and not is_leaf[above])
    return chosen_nodes(
        replace(forest, feature=np.where(is_leaf, -1, forest.feature), leaf=np.where(is_leaf, leaf, 0)), kept
    )


def without_stumps(forest: Forest) -> Forest:
    """The forest with the value of each one-leaf tree in the base."""
    is_stump = forest.is_leaf[forest.roots]
    base = forest.base.copy()
    np.add.at(base, forest.output[is_stump], forest.leaf[forest.roots[is_stump]])
    kept = ~is_stump[forest.tree_of]
    return replace(chosen_nodes(forest, kept), output=forest.output[~is_stump], base=base)


def chosen_nodes(forest: Forest, kept: Array) -> Forest:
    """The forest of the kept nodes, whose places are counted anew."""
    place = np.cumsum(kept) - 1
    own = np.arange(int(kept.sum()))
    is_leaf = forest.is_leaf[kept]
    return replace(
        forest,
        feature=forest.feature[kept],
        threshold=forest.threshold[kept],
        missing_left=forest.missing_left[kept],
        leaf=forest.leaf[kept],
        left=np.where(is_leaf, own, place[forest.left[kept]]),
        right=np.where(is_leaf, own, place[forest.right[kept]]),
        roots=place[forest.roots[kept[forest.roots]]],
    )
