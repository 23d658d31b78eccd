"""The runtime kind `trees` taken apart: where rows end, which leaves are siblings, and how to write it back."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import Refused
from trivet.core.passes import Pass
from trivet.core.value import value
from trivet.runtime.batch import Batch
from trivet.runtime.kinds.bodies.preorder import shape_of
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

DEEPEST = 64
CELLS_AT_ONCE = 1 << 20  # rows x trees walked together: some 10 MB


@value
class Forest:
    """All nodes of all trees in preorder.

    feature: (nodes,) column, -1 = leaf.  threshold, missing_left: (nodes,), unused at leaves.  leaf: (nodes,) float64
    value, 0 at decisions.  left, right: (nodes,) children, a leaf is its own.  roots, output: (trees,).  base: (k,).
    """

    feature: Array
    threshold: Array
    missing_left: Array
    leaf: Array
    left: Array
    right: Array
    roots: Array
    output: Array
    base: Array

    @property
    def is_leaf(self) -> Array:
        """(nodes,) bool."""
        return self.feature < 0

    @property
    def tree_of(self) -> Array:
        """(nodes,) the tree in which each node stands."""
        return np.searchsorted(self.roots, np.arange(len(self.feature)), side="right") - 1

    def leaves_of(self, x: Array) -> Array:
        """(rows, trees) node of the leaf in which each row of x (rows, d) float32 ends, by the runtime's rule."""
        at_once = max(1, CELLS_AT_ONCE // max(1, len(self.roots)))
        starts = range(0, max(1, len(x)), at_once)
        return np.concatenate([self._walked(x[start : start + at_once]) for start in starts])

    def _walked(self, x: Array) -> Array:
        node = np.broadcast_to(self.roots, (len(x), len(self.roots)))
        row = np.arange(len(x))[:, None]
        for _ in range(DEEPEST):
            if self.is_leaf[node].all():
                break
            cell = x[row, self.feature[node]]
            goes_left = (cell <= self.threshold[node]) | (np.isnan(cell) & self.missing_left[node])
            node = np.where(goes_left, self.left[node], self.right[node])
        return node.astype(np.int32)

    def scores_of(self, x: Array) -> Array:
        """(rows, k) float64 scores."""
        values = self.leaf[self.leaves_of(x)]
        columns = [values[:, self.output == column].sum(axis=1) for column in range(len(self.base))]
        return np.stack(columns, axis=1) + self.base

    def mass_of(self, x: Array, weight: Array) -> Array:
        """(nodes,) weight (rows, k) of the rows of x that end in each leaf, by its output; 0 at decisions."""
        each = weight[:, self.output].ravel()
        return np.bincount(self.leaves_of(x).ravel(), each, minlength=len(self.feature))


def forest_of(part: Part) -> Forest:
    """The forest in a valid part of kind `trees`, its leaves widened to float64."""
    feature = part.arrays["feature"].astype(np.int64)
    is_leaf, output = feature < 0, part.arrays["output"].astype(np.int64)
    shape = shape_of(is_leaf, len(output), deepest=DEEPEST)
    if shape is None:
        raise ValueError("not whole trees in preorder")
    own = np.arange(len(feature))
    tree = np.searchsorted(shape.roots, own[is_leaf], side="right") - 1
    leaf = part.arrays["leaf"].astype(np.float64)
    if "leaf_scale" in part.arrays:
        leaf = leaf * part.arrays["leaf_scale"][output[tree]]
    bits = np.unpackbits(part.arrays["missing_left"], bitorder="little")[: int((~is_leaf).sum())]
    return Forest(
        feature=feature,
        threshold=spread(part.arrays["threshold"].astype(np.float32), ~is_leaf, 0.0),
        missing_left=spread(bits.astype(bool), ~is_leaf, False),
        leaf=spread(leaf, is_leaf, 0.0),
        left=np.where(is_leaf, own, spread(shape.left, ~is_leaf, 0)),
        right=np.where(is_leaf, own, spread(shape.right, ~is_leaf, 0)),
        roots=shape.roots,
        output=output,
        base=part.arrays["base"].astype(np.float64),
    )


def joined(forests: Sequence[Forest], *, share: float) -> Forest:
    """One forest whose scores are the sum of those of the others, times `share`."""
    starts = np.cumsum([0, *(len(one.feature) for one in forests)])[:-1]

    def side_by_side(name: str) -> Array:
        return np.concatenate([getattr(one, name) for one in forests])

    def moved(name: str) -> Array:
        return np.concatenate([getattr(one, name) + start for one, start in zip(forests, starts)])

    same = {name: side_by_side(name) for name in ("feature", "threshold", "missing_left", "output")}
    nodes = {name: moved(name) for name in ("left", "right", "roots")}
    base = np.sum([one.base for one in forests], axis=0) * share
    return Forest(**same, **nodes, leaf=side_by_side("leaf") * share, base=base)


def spread(some: Array, where: Array, fill: float) -> Array:
    """(nodes,) the values at the marked nodes, `fill` elsewhere."""
    full = np.full(len(where), fill, some.dtype)
    full[where] = some
    return full


def part_of(forest: Forest) -> Part:
    """The forest as a part of kind `trees`, leaves in float32."""
    inner = ~forest.is_leaf
    arrays: dict[str, Array] = {
        "feature": forest.feature.astype(np.int16),
        "threshold": forest.threshold[inner].astype(np.float32),
        "missing_left": np.packbits(forest.missing_left[inner], bitorder="little"),
        "leaf": forest.leaf[~inner].astype(np.float32),
        "output": forest.output.astype(np.uint8),
        "base": forest.base.astype(np.float32),
    }
    return Part(kind="trees", arrays=arrays)


def expect_trees(sketch: Sketch, *, for_: Pass) -> None:
    """Refuses a sketch without a reader, or whose body has no trees in it."""
    body = sketch.expect(has=("reader", "body"), for_=for_).kinds["body"]
    if "trees" not in body:
        raise Refused(for_.name, f"a body of {body}, with no trees in it", do="leave this step out")


def with_forests(part: Part, batch: Batch, change: Callable[[Part, Array], Part]) -> Part:
    """The body with each part of kind `trees` changed; `change` is given the part and its inputs (rows, d) float32."""
    if part.kind == "trees":
        return replace(change(part, batch.numbers), reads=part.reads, gives=part.gives)
    children = []
    for position, child in enumerate(part.children):
        if has_forest(child):
            is_later = part.kind == "chain" and position > 0
            child = with_forests(child, outputs_of(part.children[:position], batch) if is_later else batch, change)
        children.append(child)
    return replace(part, children=tuple(children))


def has_forest(part: Part) -> bool:
    """Whether the kind `trees` stands somewhere in the part."""
    return part.kind == "trees" or any(has_forest(child) for child in part.children)


def outputs_of(pieces: tuple[Part, ...], batch: Batch) -> Batch:
    """What the first pieces of a chain hand to the next one."""
    return Batch(numbers=body_scores(Part(kind="chain", children=pieces), batch), texts=batch.texts)
