"""Score the text columns of a table: what each text alone says of the answer becomes a number beside the others.

Helps: quality of tables with texts in them, whose words every learner can then use.
Costs: size, a byte or more for each bucket and score of each text column, and latency, since texts are hashed.
Needs: scikit-learn, and a reader with a text column beside others.
Source: Wolpert 1992 (stacking: the scores of fit rows come from models that did not see the row); Weinberger et al.
2009 (feature hashing).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from trivet.core.candidate import Kinds, Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.errors import BadData, Refused
from trivet.core.extras import need
from trivet.core.folds import folds_of
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.numbers import LEARNED
from trivet.kit.target import Target
from trivet.kit.text.ngrams import Grams, gram_weights
from trivet.runtime.part import Array, Part
from trivet.runtime.program import read_batch


@value
class ScoreTexts(Pass):
    """analyser: "char" or "word".  low, high: letters or words in a gram.  buckets: weights per score and column.

    strength: of the L2 penalty, smaller fits closer.  folds: parts of the fit rows, each scored by weights that were
    fitted on the others; at least 2.
    """

    needs: ClassVar[tuple[str, ...]] = ("sklearn.linear_model", "scipy.sparse")
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    analyser: str = "char"
    low: int = 2
    high: int = 4
    buckets: int = 16384
    strength: float = 0.3
    folds: int = 3

    @classmethod
    def begins(cls, task: Task) -> Route | None:
        """Where a text stands beside other columns; its weights are rounded to 8 bits, which texts do not notice."""
        if len(task.inputs) < 2 or not texts_of(task):
            return None
        return Route(name="texts", steps=(cls.pass_name(), "round-weights"), vary=(cls.pass_name(),))

    def texts_read(self, task: Task) -> tuple[str, ...]:
        return texts_of(task)

    def grams(self, column: int) -> Grams:
        """What is counted in a text column."""
        return Grams(column=column, analyser=self.analyser, low=self.low, high=self.high, buckets=self.buckets)

    def check(self, sketch: Sketch) -> Sketch:
        reader = sketch.expect(has="reader", for_=self).kinds["reader"]
        if "columns" not in reader:
            raise Refused(self.name, f"a reader of kind {reader}", do="put prepare-table first")
        if not texts_of(sketch.task):
            raise Refused(self.name, "no text column", do="leave this step out")
        if not self.grams(0).is_valid or self.folds < 2:
            raise Refused(self.name, str(self), do="take char or word, 1 <= low <= high <= 16, and 2 folds or more")
        ready = sketch.without("body", "scale", "guard").with_beside(LEARNED)
        return ready.with_kind(features=features_kinds(sketch.task))

    def run(self, work: Work, ctx: Context) -> Work:
        need("sklearn.linear_model", for_=self)
        task, rows = work.candidate.task, work.data.fit.at_least(2 * self.folds, for_=self.name)
        target, fold = Target.of(rows, task), folds_of(rows, self.folds, ctx.rng)
        if len(np.unique(fold)) < 2:
            raise BadData(
                "too-few-rows",
                wanted=f"rows for {self.name} of which some differ, or of more than one group",
                found=f"{len(rows)} rows that have to stay together",
                do="give rows that differ, or leave this step out",
            )
        batch = read_batch(work.candidate.parts["reader"], rows.raw())
        pieces, unseen = [], []
        for column, name in enumerate(ctx.say.each(texts_of(task), "text columns")):
            x = self.grams(column).features(batch)
            unseen.append(self.scores_out_of_fold(x, target, fold))
            pieces.append(self.grams(column).part(*gram_weights(x, target, strength=self.strength)))
            ctx.say.note(f"{name}: {x.getnnz(axis=0).astype(bool).sum()} of {self.buckets} buckets are in use")
        scored = rows.with_beside(**{LEARNED: np.concatenate(unseen, axis=1).astype(np.float32)})
        features = features_part(int(batch.numbers.shape[1]), pieces)
        return work.without("body", "scale", "guard").with_(features=features).with_splits(fit=scored)

    def scores_out_of_fold(self, x: Any, target: Target, fold: Array) -> Array:
        """(rows, n_scores) the score of each row by weights that were fitted on the other folds."""
        scores = np.zeros((len(fold), target.n_scores))
        for one in np.unique(fold):
            weights, bias = gram_weights(x[fold != one], target.take(fold != one), strength=self.strength)
            scores[fold == one] = x[fold == one] @ weights + bias
        return scores

    def ranges(self) -> Mapping[str, Range]:
        return {
            "analyser": Range(among=("char", "word")),
            "buckets": Range(among=(1024, 4096, 16384, 65536)),
            "strength": Range(low=1e-2, high=10.0, log=True),
        }

    def units(self, size: Size) -> float:
        return 0.1 + (3e-4 + 3e-4 * self.folds) * size.rows * size.scores


def texts_of(task: Task) -> tuple[str, ...]:
    """The text columns, in the order in which a reader hands them on."""
    return tuple(field.name for field in task.inputs if field.type == "text")


def features_kinds(task: Task) -> Kinds:
    """The kinds of `features_part`."""
    n_texts = len(texts_of(task))
    has_numbers = n_texts < len(task.inputs)
    return kinds("beside", *(("pick",) if has_numbers else ()), *("ngrams",) * n_texts)


def features_part(n_numbers: int, pieces: list[Part]) -> Part:
    """The reader's numbers as they are, then the scores of each text."""
    picked = Part(kind="pick", arrays={"column": np.arange(n_numbers, dtype=np.uint16)})
    children = (picked, *pieces) if n_numbers else tuple(pieces)
    return Part(kind="beside", children=children, gives={"scores": "features"})
