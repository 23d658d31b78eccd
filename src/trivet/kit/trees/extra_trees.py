"""Extremely randomised trees: many deep trees with cuts drawn at random, averaged."""

import numpy as np

from trivet.core.extras import need
from trivet.kit.target import Target
from trivet.runtime.part import Array, Part

from .lightgbm_text import Tree, trees_part
from .single_tree import MOST_DEEP, leaf_scores, targets_of, trees_of_grown


def grow_extra_trees(
    x: Array,
    target: Target,
    *,
    trees: int = 100,
    min_rows: int = 1,
    column_share: float = 0.5,
    seed: int = 0,
) -> Part:
    """A part of kind `trees` with `trees` trees per score whose scores are averaged.

    x: (rows, d) float32, NaN = missing.  min_rows: in a leaf, at least.  column_share: of columns that each split looks
    at, in (0, 1].  Leaves of a classifier hold the log odds (log shares) of their rows and one row's worth of the mean
    of all: where leaves hold a row each, their mean ranks as the mean of shares does.
    Source: Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees", table 1.
    """
    forest = need("sklearn.ensemble", for_="fit-extra-trees")
    model = forest.ExtraTreesRegressor(
        trees, min_samples_leaf=min_rows, max_features=column_share, max_depth=MOST_DEEP, random_state=seed, n_jobs=1
    )
    targets = targets_of(target)
    model.fit(x, targets if targets.shape[1] > 1 else targets[:, 0], sample_weight=target.weights())
    found: list[Tree] = []
    outputs: list[int] = []
    for one in model.estimators_:
        grown = one.tree_
        found += trees_of_grown(grown, leaf_scores(grown, target) / trees)
        outputs += range(target.n_scores)
    return trees_part(found, outputs, np.zeros(target.n_scores))
