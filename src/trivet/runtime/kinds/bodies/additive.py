"""`additive`: a sum of one curve per column and one table per pair of columns (a glass box)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow, largest
from ..inspector import FLOATS, SHORT_FLOATS, Inspector
from .binning import terms_as_ensemble

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


@dataclass(frozen=True, slots=True)
class Axis:
    """One column cut into bins: bin 0 = missing, bin 1 + j for j = number of cuts <= x."""

    feature: int
    cuts: Array

    @property
    def n_bins(self) -> int:
        return len(self.cuts) + 2

    def bins(self, x: Array) -> Array:
        """(rows,) the bin of each value in the column."""
        column = x[:, self.feature]
        return np.where(np.isnan(column), 0, np.searchsorted(self.cuts, column, side="right") + 1)


@dataclass(frozen=True, slots=True)
class Term:
    """A curve (one axis) or a table (two axes): scores (bins of the first * bins of the second, k) float32."""

    axes: tuple[Axis, ...]
    scores: Array

    def run(self, x: Array) -> Array:
        """(rows, k) what this term adds."""
        at = self.axes[0].bins(x)
        for axis in self.axes[1:]:
            at = at * axis.n_bins + axis.bins(x)
        return self.scores[at]


class Additive(Body):
    """score = base + sum over terms of the bin's scores, in term order."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(arrays=("feature", "cuts", "cut_counts", "scores", "base"))
        self.base = look.array("base", FLOATS, None)
        self.width = len(self.base)
        feature = look.within("feature", look.array("feature", ("int16",), None, 2), flow.width, least=-1)
        look.within("feature", feature[:, 0], flow.width)
        axes = self._axes(look, feature)
        self.terms = self._terms(look, axes)
        self.bound = sum(largest(term.scores) for term in self.terms) + largest(self.base)
        self.operations = sum(34 * len(term.axes) + self.width for term in self.terms)
        self.widest = max(flow.width, self.width)

    def _axes(self, look: Inspector, feature: Array) -> list[tuple[Axis, ...]]:
        counts = look.array("cut_counts", ("uint16",), len(feature), 2)
        if counts[feature < 0].any():
            look.refuse("part-array", "no cuts for an absent second column", str(int(counts.max())), "cut_counts")
        cuts = look.array("cuts", FLOATS, int(counts.sum()))
        pieces = np.split(cuts, np.cumsum(counts.ravel(), dtype=np.int64)[:-1]) if counts.size else []
        if any((np.diff(piece) <= 0).any() for piece in pieces):
            look.refuse("part-array", "strictly ascending cuts", "cuts that are not", "cuts")
        return [
            tuple(Axis(int(f), pieces[2 * term + side]) for side, f in enumerate(pair) if f >= 0)
            for term, pair in enumerate(feature)
        ]

    def _terms(self, look: Inspector, axes: list[tuple[Axis, ...]]) -> list[Term]:
        sizes = [int(np.prod([axis.n_bins for axis in term], dtype=np.int64)) for term in axes]
        scores = look.array("scores", SHORT_FLOATS, sum(sizes), self.width).astype(np.float32)
        starts = np.cumsum([0, *sizes])
        return [Term(term, scores[start : start + size]) for term, start, size in zip(axes, starts, sizes)]

    def run(self, batch: Batch) -> Array:
        scores = np.broadcast_to(self.base, (len(batch), self.width)).copy()
        for term in self.terms:
            scores += term.run(batch.numbers)
        return scores

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        axes = [[(axis.feature, axis.cuts) for axis in term.axes] for term in self.terms]
        ensemble = terms_as_ensemble(axes, [term.scores for term in self.terms], self.base)
        return ensemble.lower(graph, numbers)
