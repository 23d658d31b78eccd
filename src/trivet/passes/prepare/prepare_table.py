"""Learn to read the columns of a table as numbers: categories get ranks in the order of their mean answer.

Helps: every learner on tables, which then sees numbers with gaps.  Costs: bytes for each word that is kept.
Needs: nothing beyond numpy.  Source: Fisher 1958; Coppersmith, Hong and Hosking 1999; Micci-Barreca 2001 (smoothing).
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds, kinds_of
from trivet.core.context import Context
from trivet.core.fieldtypes import reader_of
from trivet.core.passes import Pass, Range, Size
from trivet.core.registry import find_goal
from trivet.core.routes import Route
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.core.words import packed_words
from trivet.kit.category_order import Order, category_order
from trivet.kit.target import Target
from trivet.runtime.part import Part


@value
class PrepareTable(Pass):
    """words: kept per category, the most frequent first.  rare: rows with a word before it is kept."""

    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size",)

    words: int = 1000
    rare: int = 10

    @classmethod
    def begins(cls, task: Task) -> Route | None:
        """Every task whose columns it can read."""
        return Route(name="table", steps=(cls.pass_name(),)) if task.inputs else None

    def check(self, sketch: Sketch) -> Sketch:
        has_codes = any(field.type == "category" for field in sketch.task.inputs)
        reader = kinds("columns", "codes") if has_codes else kinds("columns")
        decoder = kinds_of(find_goal(sketch.task.goal).decoder(sketch.task))
        return sketch.without(*sketch.kinds).with_kind(reader=reader, decoder=decoder)

    def run(self, work: Work, ctx: Context) -> Work:
        task, rows = work.candidate.task, work.data.fit.at_least(1, for_=self.name)
        read = {field.name: reader_of(field) for field in task.inputs}
        fields = [[name, type_] for name, (type_, _) in read.items()]
        spellings = {name: spelling for name, (_, spelling) in read.items() if spelling}
        config = {"fields": fields, **({"spellings": spellings} if spellings else {})}
        columns = Part(kind="columns", config=config, children=self.codes(rows, task))
        decoder = find_goal(task.goal).decoder(task)
        return work.without(*work.candidate.parts).with_(reader=columns, decoder=decoder)

    def codes(self, rows: Rows, task: Task) -> tuple[Part, ...]:
        """The part that turns words into ranks, if there is any category."""
        target = Target.of(rows, task)
        names = [field.name for field in task.inputs if field.type == "category"]
        words = [rows.words[name] for name in names]
        orders = [
            category_order(rows.columns[name], len(own), target, most=self.words, least=self.rare)
            for name, own in zip(names, words)
        ]
        return (codes_part(words, orders),) if names else ()

    def ranges(self) -> Mapping[str, Range]:
        return {"rare": Range(among=(5, 10, 30, 100))}

    def units(self, size: Size) -> float:
        return 0.01 + 4e-8 * size.rows * size.columns  # 0.02 s for 26,000 x 14 with 8 categories (2026-11)


def codes_part(words: Sequence[Sequence[str]], orders: Sequence[Order]) -> Part:
    """One part for all categories; within each, words ascend bytewise, as the runtime's search wants."""
    blobs, values = [], []
    for own, order in zip(words, orders):
        pairs = sorted((own[word].encode(), rank) for word, rank in zip(order.kept, order.rank))
        blobs += [word for word, _ in pairs]
        values += [rank for _, rank in pairs]
    arrays = {
        **packed_words(blobs),
        "counts": np.array([len(order.kept) for order in orders], np.uint32),
        "code": np.array(values, np.float32),
        "unknown": np.array([order.rare for order in orders], np.float32),
    }
    return Part(kind="codes", arrays=arrays)
