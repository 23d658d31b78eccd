"""Prune boosted trees: merge the sibling leaves whose difference matters least, over all trees together.

Helps: size, and latency where whole trees go.  Costs: quality, the less the more leaves are kept.
Needs: a body with the kind `trees`, as fit-trees makes it, and the fit rows.
Source: Breiman, Friedman, Olshen and Stone 1984, section 3.3 (weakest link); Buja, Hastie and Tibshirani 1989
(backfitting, by which the leaves that stay take over from those that went).
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.numbers import inputs_of
from trivet.kit.trees.forest import Forest, expect_trees, forest_of, part_of, with_forests
from trivet.kit.trees.prune import curvature, refit_leaves, with_fewer_leaves
from trivet.runtime.part import Array, Part

MOST_ROWS = 20_000  # that are looked at


@value
class PruneTrees(Pass):
    """keep: share of all leaves that stays, in (0, 1]; 1 changes nothing.  Comes before round-trees."""

    helps: ClassVar[tuple[str, ...]] = ("size", "latency")
    costs: ClassVar[tuple[str, ...]] = ("quality",)

    keep: float = 0.5

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """Many trees, of which half the leaves stay; a search also tries a vote's large student."""
        vary = ("fit-trees", cls.pass_name(), "round-trees")
        many, large = "fit-trees(trees=400, leaves=31, rate=0.05)", "distil(into=trees, size=4.0)"
        return (
            Route(name="pruned-trees", steps=(many, cls.pass_name(), "round-trees"), vary=vary),
            Route(
                name="taught-pruned-trees", steps=("fit-vote", large, cls.pass_name(), "round-trees"),
                vary=("distil", *vary[1:]), is_starter=False,
            ),
        )  # fmt: skip

    def check(self, sketch: Sketch) -> Sketch:
        expect_trees(sketch, for_=self)
        if not 0 < self.keep <= 1:
            raise Refused(self.name, f"keep {self.keep}", do="keep a share above 0 and at most 1")
        return sketch.without("scale", "guard")

    def run(self, work: Work, ctx: Context) -> Work:
        rows, parts = work.data.fit.at_least(1, for_=self.name), work.candidate.parts
        some = rows.take(np.arange(0, len(rows), -(-len(rows) // MOST_ROWS)))

        def change(part: Part, x: Array) -> Part:
            before = forest_of(part)
            after = self.smaller(before, x, some.weight, work.candidate.task.link)
            ctx.say.note(f"{after.is_leaf.sum()} of {before.is_leaf.sum()} leaves kept, {len(after.roots)} trees")
            return part_of(after)

        body = parts["body"]
        if self.keep < 1:
            body = with_forests(body, inputs_of(some, parts, for_=self.name), change)
        return work.without("scale", "guard").with_(body=body)

    def smaller(self, forest: Forest, x: Array, weight: Array | None, link: str) -> Forest:
        """The forest with fewer leaves, whose scores on the rows x are as near to the old ones as they get."""
        scores = forest.scores_of(x)
        bend = curvature(scores, link)
        bend = bend if weight is None else bend * weight[:, None]
        return refit_leaves(with_fewer_leaves(forest, forest.mass_of(x, bend), self.keep), x, scores, bend)

    def ranges(self) -> Mapping[str, Range]:
        return {"keep": Range(low=0.1, high=1, log=True)}

    def units(self, size: Size) -> float:
        # 2.2 s on 12,500 rows, 1.2 s on 7,900, both with 400 trees of 31 leaves (2026-11)
        return 0.05 + 1.5e-4 * min(size.rows, MOST_ROWS) * size.scores
