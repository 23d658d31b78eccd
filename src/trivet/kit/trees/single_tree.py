"""One decision tree that follows probabilities or values."""

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
    targets = target.values()[:, None] if target.link == "identity" else target.shares()
    weights = target.weights()
    model = trees.DecisionTreeRegressor(
        max_leaf_nodes=max(leaves, 2), max_depth=MOST_DEEP, min_samples_leaf=min_rows, random_state=seed
    )
    grown = model.fit(x, targets, sample_weight=weights).tree_
    means = grown.value[:, :, 0]
    if target.link != "identity":
        mass = grown.weighted_n_node_samples[:, None] / weights.mean()
        means = (mass * means + means[0]) / (mass + 1)
    scores = scores_for(means, target.link).astype(np.float64)
    order = preorder(grown.children_left, grown.children_right)
    is_leaf = grown.children_left[order] < 0
    inner = order[~is_leaf]
    shape = {
        "feature": np.where(is_leaf, -1, grown.feature[order]),
        "threshold": floor_float32(grown.threshold[inner]),
        "missing_left": grown.missing_go_to_left[inner].astype(bool),
    }
    one_per_score = [Tree(**shape, leaf=scores[order[is_leaf], k]) for k in range(target.n_scores)]
    return trees_part(one_per_score, list(range(target.n_scores)), np.zeros(target.n_scores))


def preorder(left: Array, right: Array) -> Array:
    """The nodes of scikit-learn's tree, each before its left subtree before its right one."""
    order, waiting = [], [0]
    while waiting:
        node = waiting.pop()
        order.append(node)
        if left[node] >= 0:
            waiting += [int(right[node]), int(left[node])]
    return np.array(order)
