"""Fit a weight for every bucket of hashed n-grams of one text column: small, fast and hard to beat on short texts.

Helps: quality on texts, and size and latency.  Costs: order and meaning of words beyond a few letters or words.
Needs: scikit-learn, and a reader with a text column.
Source: Weinberger et al. 2009 (feature hashing); Wang and Manning 2012 (linear models on n-grams).
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.extras import need
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.target import Target
from trivet.kit.text.ngrams import Grams, gram_weights
from trivet.runtime.program import read_batch

_LINES = {
    "letters": "fit-ngrams",
    "words": "fit-ngrams(analyser=word, low=1, high=2)",
    "long-letters": "fit-ngrams(low=3, high=5, buckets=65536)",
    "few-letters": "fit-ngrams(buckets=8192, high=3)",
}


@value
class FitNgrams(Pass):
    """column: which of the text columns, from 0.  analyser: "char" or "word".  low, high: letters or words in a gram.

    buckets: weights per score; two grams may share one.  strength: of the L2 penalty, smaller fits closer.
    """

    needs: ClassVar[tuple[str, ...]] = ("sklearn.linear_model", "scipy.sparse")
    helps: ClassVar[tuple[str, ...]] = ("quality", "size", "latency")

    column: int = 0
    analyser: str = "char"
    low: int = 2
    high: int = 4
    buckets: int = 32768
    strength: float = 0.1

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """Letters first: they forgive spelling; every line is rounded to 8 bits, which texts do not notice."""
        if [field.type for field in task.inputs] != ["text"]:
            return ()
        vary = (cls.pass_name(), "round-weights")
        return tuple(Route(name=name, steps=(step, "round-weights"), vary=vary) for name, step in _LINES.items())

    @property
    def grams(self) -> Grams:
        """What is counted."""
        return Grams(column=self.column, analyser=self.analyser, low=self.low, high=self.high, buckets=self.buckets)

    def texts_read(self, task: Task) -> tuple[str, ...]:
        return tuple(field.name for field in task.inputs if field.type == "text")[self.column : self.column + 1]

    def check(self, sketch: Sketch) -> Sketch:
        reader = sketch.expect(has="reader", for_=self).kinds["reader"]
        if "columns" not in reader:
            raise Refused(self.name, f"a reader of kind {reader}", do="put prepare-table first")
        n_texts = sum(field.type == "text" for field in sketch.task.inputs)
        if self.column >= n_texts:
            raise Refused(self.name, f"{n_texts} text columns, no number {self.column}", do="use a route for tables")
        if not self.grams.is_valid:
            raise Refused(self.name, str(self), do="take analyser char or word, and 1 <= low <= high <= 16")
        return sketch.without("scale", "guard").with_kind(body="ngrams")

    def run(self, work: Work, ctx: Context) -> Work:
        need("sklearn.linear_model", for_=self)
        rows = work.data.fit.at_least(1, for_=self.name)
        batch = read_batch(work.candidate.parts["reader"], rows.raw())
        target = Target.of(rows, work.candidate.task)
        weights, bias = gram_weights(self.grams.features(batch), target, strength=self.strength)
        return work.without("scale", "guard").with_(body=self.grams.part(weights, bias))

    def ranges(self) -> Mapping[str, Range]:
        return {
            "analyser": Range(among=("char", "word")),
            "high": Range(low=2, high=5, whole=True),
            "buckets": Range(among=(4096, 8192, 16384, 32768, 65536)),
            "strength": Range(low=1e-3, high=10.0, log=True),
        }

    def units(self, size: Size) -> float:
        return 0.1 + 6e-4 * size.rows * size.scores  # 1.8 s for 3,000 messages (2026-11)
