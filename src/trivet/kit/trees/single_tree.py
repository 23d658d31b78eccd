"""One decision tree that follows probabilities or values."""

from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.kit.target import Target
from trivet.kit.vote import scores_for
from trivet.runtime.part import Array, Part

from .lightgbm_text import Tree, floor_float32, trees_part

MOST_DEEP = 32


def grow_tree(x: Array, target: Target, *, leaves: int = 16, min_rows: int = 5, seed: int = 0) -> Part:
    """A part of kind `trees` with one tree (one per score, all with the same decisions, for three classes or more).

    x: (rows, d) float32, NaN = missing.  The squared error of class shares is Gini impurity, on soft labels too.
    Each leaf states the mean of its rows and one row's worth of the mean of all, so that no class is ruled out.
    Source: Breiman et al. 1984; Frosst and Hinton 2017, arXiv 1711.09784, for trees on soft targets.
    """
    trees = need("sklearn.tree", for_="fit-tree")
    model = trees.DecisionTreeRegressor(
        max_leaf_nodes=max(leaves, 2), max_depth=MOST_DEEP, min_samples_leaf=min_rows, random_state=seed
    )
    grown = model.fit(x, targets_of(target), sample_weight=target.weights()).tree_
    return trees_part(
        trees_of_grown(grown, leaf_scores(grown, target)), list(range(target.n_scores)), np.zeros(target.n_scores)
    )


def targets_of(target: Target) -> Array:
    """(rows, 1) values or (rows, classes) shares."""
    return target.values()[:, None] if target.link == "identity" else target.shares()


def leaf_scores(grown: Any, target: Target) -> Array:
    """(nodes, n_scores) float64 scores that the nodes of scikit-learn's tree state."""
    means = grown.value[:, :, 0]
    if target.link != "identity":
        mass = grown.weighted_n_node_samples[:, None] / target.weights().mean()
        means = (mass * means + means[0]) / (mass + 1)
    return scores_for(means, target.link).astype(np.float64)


def trees_of_grown(grown: Any, scores: Array) -> list[Tree]:
    """One tree for each score, all with the decisions of scikit-learn's tree.  scores: (nodes, n_scores)."""
    order = preorder(grown.children_left, grown.children_right)
    is_leaf = grown.children_left[order] < 0
    inner = order[~is_leaf]
    feature = np.where(is_leaf, -1, grown.feature[order])
    threshold, missing_left = floor_float32(grown.threshold[inner]), grown.missing_go_to_left[inner].astype(bool)
    return [
        Tree(feature=feature, threshold=threshold, missing_left=missing_left, leaf=scores[order[is_leaf], score])
        for score in range(scores.shape[1])
    ]


def preorder(left: Array, right: Array) -> Array:
    """The nodes of scikit-learn's tree, each before its left subtree before its right one."""
    order, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        order.append(node)
        if left[node] >= 0:
            waiting += [int(right[node]), int(left[node])]
    return np.array(order)
