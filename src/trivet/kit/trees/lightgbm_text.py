"""From LightGBM's text model to the runtime kind `trees`."""

from collections.abc import Iterator, Sequence

import numpy as np

from trivet.core.value import value
from trivet.runtime.part import Array, Part

CATEGORICAL, DEFAULT_LEFT = 1, 2  # bits of LightGBM's decision_type; the next two bits are the missing type
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2


@value
class Tree:
    """One tree in preorder: the left child of node i is i + 1.

    feature: (nodes,) column, -1 for a leaf.  threshold, missing_left: (nodes - leaves,).  leaf: (leaves,) float64.
    """

    feature: Array
    threshold: Array
    missing_left: Array
    leaf: Array


def trees_of_models(texts: Sequence[str], base: Array) -> Part:
    """The part of kind `trees` that decides as LightGBM does on float32 inputs; leaves become float32.

    texts: models; one gives all scores, several give one each.  base: (scores,) what is added to them.
    """
    trees, outputs = [], []
    for which, text in enumerate(texts):
        own = trees_in(text)
        each = 1 if len(texts) > 1 else len(base)
        trees += own
        outputs += [which + i % each for i in range(len(own))]
    return trees_part(trees, outputs, np.asarray(base, np.float32).astype(np.float64))


def trees_part(trees: list[Tree], outputs: list[int], base: Array) -> Part:
    """The trees in one part.  The mean leaf of each score's first tree moves into the base: leaves get small."""
    base, leaves, seen = base.copy(), [], set()
    for tree, output in zip(trees, outputs):
        shift = 0.0 if output in seen else float(tree.leaf.mean())
        seen.add(output)
        base[output] += shift
        leaves.append(tree.leaf - shift)
    missing_left = np.concatenate([tree.missing_left for tree in trees] or [np.empty(0, bool)])
    arrays = {
        "feature": one_array([tree.feature for tree in trees], np.int16),
        "threshold": one_array([tree.threshold for tree in trees], np.float32),
        "missing_left": np.packbits(missing_left.astype(bool), bitorder="little"),
        "leaf": one_array(leaves, np.float32),
        "output": np.array(outputs, np.uint8),
        "base": base.astype(np.float32),
    }
    return Part(kind="trees", arrays=arrays)


def one_array(arrays: list[Array], dtype: type) -> Array:
    return np.concatenate([np.empty(0), *arrays]).astype(dtype)


def trees_in(text: str) -> list[Tree]:
    """The trees of a LightGBM text model, in order.

    Source: LightGBM's src/io/tree.cpp, Tree::ToString and Tree::NumericalDecision.
    """
    blocks = text.partition("end of trees")[0].split("\nTree=")[1:]
    return [tree_of(dict(line.split("=", 1) for line in block.split("\n") if "=" in line)) for block in blocks]


def tree_of(fields: dict[str, str]) -> Tree:
    """One tree of the text, its nodes in preorder."""

    def numbers(name: str, kind: type) -> Array:
        return np.array(fields.get(name, "").split(), kind)

    leaf, left, right = numbers("leaf_value", float), numbers("left_child", int), numbers("right_child", int)
    split, kinds = numbers("split_feature", int), numbers("decision_type", int)
    threshold = numbers("threshold", float)
    if (kinds & CATEGORICAL).any() or ((kinds >> 2 & 3) == MISSING_ZERO).any():
        raise ValueError("trees that split by category or take zero for missing have no runtime kind")
    missing_left = goes_left_if_missing(kinds, threshold)
    order = np.array(list(walk(left, right)), int)
    inner = order[order >= 0]
    feature = np.full(len(order), -1)
    feature[order >= 0] = split[inner]
    return Tree(
        feature=feature,
        threshold=floor_float32(threshold[inner]),
        missing_left=missing_left[inner],
        leaf=leaf[~order[order < 0]],
    )


def walk(left: Array, right: Array) -> Iterator[int]:
    """Nodes in preorder; a leaf is the complement ~i of its index, as in LightGBM."""
    waiting = [0 if len(left) else -1]
    while waiting:
        node = waiting.pop()
        yield node
        if node >= 0:
            waiting += [int(right[node]), int(left[node])]


def goes_left_if_missing(kinds: Array, threshold: Array) -> Array:
    """Where a column had no missing value, LightGBM reads a missing one as 0."""
    as_zero = (kinds >> 2 & 3) == MISSING_NONE
    return np.where(as_zero, threshold >= 0, (kinds & DEFAULT_LEFT) > 0)


def floor_float32(threshold: Array) -> Array:
    """The largest float32 <= each threshold: x <= t is then the same for every float32 x."""
    with np.errstate(over="ignore"):
        near = threshold.astype(np.float32)
    down = np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)
    return np.clip(down, np.finfo(np.float32).min, np.finfo(np.float32).max)
