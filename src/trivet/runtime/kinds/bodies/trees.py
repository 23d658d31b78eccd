"""`trees`: decision trees that are summed, exact on float32 inputs and with learned directions for missing values."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow, largest
from ..inspector import FLOATS, SHORT_FLOATS, WEIGHTS, Inspector
from .ensemble import Ensemble
from .preorder import Shape, shape_of

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

MOST_NODES = 10**7
DEEPEST = 64
CELLS_AT_ONCE = 1 << 18  # rows x trees walked together: a few MB


class Trees(Body):
    """Go left iff x <= threshold, or x is missing and missing_left; score = base + sum of leaves in tree order."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(arrays=("feature", "threshold", "missing_left", "output", "base"), weights=("leaf",))
        self.base = look.array("base", FLOATS, None)
        self.width, self.n_features = len(self.base), flow.width
        feature = look.array("feature", ("int16",), None)
        self.is_leaf = look.within("feature", feature, flow.width, least=-1) < 0
        if len(feature) > MOST_NODES:
            look.refuse("part-limit", f"at most {MOST_NODES} nodes", str(len(feature)), "feature")
        self.output = look.within("output", look.array("output", ("uint8",), None), self.width).astype(np.intp)
        self.shape = self._shape(look)
        self.feature = feature[~self.is_leaf].astype(np.intp)
        self.threshold = look.array("threshold", SHORT_FLOATS, len(self.feature)).astype(np.float32)
        self.missing_left = self._missing_left(look)
        self.leaf = self._leaf(look)
        self._prepare_walk()
        self.bound = largest(self.leaf) * len(self.output) + largest(self.base)
        self.operations, self.widest = len(self.output) * (4 * self.shape.depth + 1) + self.width, self.width

    def _shape(self, look: Inspector) -> Shape:
        shape = shape_of(self.is_leaf, len(self.output), deepest=DEEPEST)
        if shape is None:
            wanted = f"{len(self.output)} whole trees in preorder, each at most {DEEPEST} deep"
            look.refuse("part-index", wanted, f"{len(self.is_leaf)} nodes that are not", "feature")
        return shape

    def _missing_left(self, look: Inspector) -> Array:
        n_bits = len(self.feature)
        packed = look.array("missing_left", ("uint8",), (n_bits + 7) // 8)
        bits = np.unpackbits(packed, bitorder="little")
        if bits[n_bits:].any():
            look.refuse("part-array", "zero bits behind the last node", str(int(packed[-1])), "missing_left")
        return bits[:n_bits].astype(bool)

    def _leaf(self, look: Inspector) -> Array:
        raw = look.array("leaf", WEIGHTS, int(self.is_leaf.sum()))
        if raw.dtype != np.int8:
            return raw.astype(np.float32)
        scale = look.array("leaf_scale", FLOATS, self.width)
        tree_of_node = np.searchsorted(self.shape.roots, np.flatnonzero(self.is_leaf), side="right") - 1
        return look.scaled("leaf", raw, scale[self.output[tree_of_node]])

    def _prepare_walk(self) -> None:
        """Tables by node: a leaf is its own child, so that all trees can be walked to the deepest level together."""
        nodes, internal = len(self.is_leaf), np.flatnonzero(~self.is_leaf)
        self._feature = np.zeros(nodes, np.intp)
        # Columns stand twice: missing as +infinity, then as -infinity, which goes left at every threshold.
        self._feature[internal] = self.feature + self.n_features * self.missing_left
        self._threshold = np.full(nodes, np.inf, np.float32)
        self._threshold[internal] = self.threshold
        self._child = np.repeat(np.arange(nodes), 2)
        self._child[2 * internal], self._child[2 * internal + 1] = self.shape.left, self.shape.right
        self._value = np.zeros(nodes, np.float32)
        self._value[self.is_leaf] = self.leaf
        self._trees_of = [np.flatnonzero(self.output == column) for column in range(self.width)]

    def run(self, batch: Batch) -> Array:
        x, at_once = batch.numbers, max(1, CELLS_AT_ONCE // max(1, len(self.output)))
        if len(x) <= at_once:
            return self._scores(x)
        return np.concatenate([self._scores(x[start : start + at_once]) for start in range(0, len(x), at_once)])

    def _scores(self, x: Array) -> Array:
        values = self._value.take(self._leaves(x))
        if self.width == 1:
            return summed_in_order(values)[:, None] + self.base
        sums = [summed_in_order(values[:, trees]) for trees in self._trees_of]
        return np.stack(sums, axis=1) + self.base

    def _leaves(self, x: Array) -> Array:
        """(rows, trees) the leaf in which each row ends."""
        is_missing = np.isnan(x)
        twice = np.concatenate([np.where(is_missing, np.inf, x), np.where(is_missing, -np.inf, x)], axis=1)
        cells = twice.astype(np.float32, copy=False).ravel()
        node = np.broadcast_to(self.shape.roots, (len(x), len(self.output)))
        row_start = (np.arange(len(x)) * twice.shape[1])[:, None]
        for _ in range(self.shape.depth):
            goes_right = cells.take(row_start + self._feature.take(node)) > self._threshold.take(node)
            node = self._child.take(2 * node + goes_right)
        return node

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        leaves = np.flatnonzero(self.is_leaf)
        tree = np.searchsorted(self.shape.roots, leaves, side="right") - 1
        ensemble = Ensemble(
            roots=self.shape.roots, is_leaf=self.is_leaf, feature=self.feature, threshold=self.threshold,
            missing_left=self.missing_left, left=self.shape.left, right=self.shape.right,
            target_node=leaves, target_column=self.output[tree], target_value=self.leaf, base=self.base,
        )  # fmt: skip
        return ensemble.lower(graph, numbers)


def summed_in_order(values: Array) -> Array:
    """(rows,) float32 sums over the columns from first to last, the same for one row as for many."""
    # np.sum adds in pairs, in an order that depends on the number of rows; a running sum does not.
    if values.shape[1] == 0:
        return np.zeros(len(values), np.float32)
    return np.cumsum(values, axis=1)[:, -1]
