"""Any sum of trees as one TreeEnsembleRegressor node."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.part import Array

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """Trees by node, tree after tree, the root of each first.

    roots: (trees,).  is_leaf: (nodes,).  feature, threshold, missing_left, left, right: (internal,), in node order;
    left and right are nodes.  target_node, target_column, target_value: (targets,) what the leaves add, and where.
    base: (columns,).
    """

    roots: Array
    is_leaf: Array
    feature: Array
    threshold: Array
    missing_left: Array
    left: Array
    right: Array
    target_node: Array
    target_column: Array
    target_value: Array
    base: Array

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        """Adds the node; returns the name of the (rows, columns) scores."""
        if len(self.feature) == 0:
            return graph.same_for_all_rows(self._constant(), numbers)
        tree = np.searchsorted(self.roots, np.arange(len(self.is_leaf)), side="right") - 1
        place = np.arange(len(self.is_leaf)) - self.roots[tree]
        sums = graph.node(
            "TreeEnsembleRegressor",
            numbers,
            domain="ai.onnx.ml",
            n_targets=len(self.base),
            aggregate_function="SUM",
            post_transform="NONE",
            nodes_treeids=tree,
            nodes_nodeids=place,
            nodes_modes=["LEAF" if leaf else "BRANCH_LEQ" for leaf in self.is_leaf.tolist()],
            nodes_featureids=self._by_node(self.feature),
            nodes_values=self._by_node(self.threshold),
            nodes_truenodeids=self._by_node(place[self.left]),
            nodes_falsenodeids=self._by_node(place[self.right]),
            nodes_missing_value_tracks_true=self._by_node(self.missing_left.astype(np.int64)),
            target_treeids=tree[self.target_node],
            target_nodeids=place[self.target_node],
            target_ids=self.target_column,
            target_weights=self.target_value,
        )
        # Not as base_values: ONNX Runtime leaves those out in columns to which no tree adds.
        return graph.node("Add", sums, graph.constant(self.base))

    def _by_node(self, of_internal: Array) -> Array:
        """The values of internal nodes spread over all nodes, 0 at leaves."""
        spread = np.zeros(len(self.is_leaf), of_internal.dtype)
        spread[~self.is_leaf] = of_internal
        return spread

    def _constant(self) -> Array:
        """The scores of trees without a decision."""
        sums = np.zeros(len(self.base), np.float32)
        np.add.at(sums, self.target_column, self.target_value)
        return sums + self.base
