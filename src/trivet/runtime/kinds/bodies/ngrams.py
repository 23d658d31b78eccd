"""`ngrams`: hashed n-grams of one text column and a weight for each bucket."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Flow, Host, largest
from ..inspector import FLOATS, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

MOST_CHARACTERS = 20_000
_WORD = re.compile(r"\w+")


class Ngrams(Host):
    """score = bias + sum over buckets of value * weights[bucket]; values 1 + log(count), of length 1 per row."""

    feeds = (("buckets", "int64"), ("rows", "int64"), ("values", "float32"))

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(config=("column", "analyser", "low", "high", "buckets"), arrays=("bias",), weights=("weights",))
        if flow.texts == 0:
            look.refuse("part-slot", "a reader with a text column", "none")
        self.column = look.whole("column", least=0, most=flow.texts - 1)
        self.is_word = look.choice("analyser", ("word", "char")) == "word"
        self.low = look.whole("low", least=1, most=16)
        self.high = look.whole("high", least=self.low, most=16)
        self.buckets = look.whole("buckets", least=1, most=2**24)
        self.weights = look.weights("weights", self.buckets, None)
        self.width = self.weights.shape[1]
        self.bias = look.array("bias", FLOATS, self.width)
        # Values have length 1 per row, so their sum of sizes is at most the root of their number.
        n_grams = MOST_CHARACTERS * (self.high - self.low + 1)
        self.bound = largest(self.weights) * n_grams**0.5 + largest(self.bias)
        self.operations, self.widest = n_grams * min(self.width + 2, 64), 64 * self.width

    def features(self, batch: Batch) -> tuple[Array, Array, Array]:
        """(bucket int64, row int64, value float32) of every bucket that occurs; rows may have none."""
        counted = [self._values(text) for text in batch.texts[self.column]]
        none: tuple[Array, Array] = (np.zeros(0, np.int64), np.zeros(0))
        buckets, values = zip(*counted, none)
        rows = np.repeat(np.arange(len(counted)), [len(found) for found, _ in counted])
        return np.concatenate(buckets), rows, np.concatenate(values).astype(np.float32)

    def _values(self, text: str) -> tuple[Array, Array]:
        counts = Counter(self._buckets(text))
        buckets = sorted(counts)
        values = 1 + np.log([counts[bucket] for bucket in buckets])
        return np.array(buckets, np.int64), values / max(1e-12, float(np.sqrt((values * values).sum())))

    def _buckets(self, text: str) -> Iterator[int]:
        for gram in grams(text, self.is_word, self.low, self.high):
            yield crc32(gram.encode("utf-8", "replace")) % self.buckets

    def run(self, batch: Batch) -> Array:
        buckets, rows, values = self.features(batch)
        scores = np.zeros((len(batch), self.width), np.float32)
        np.add.at(scores, rows, values[:, None] * self.weights[buckets])
        return scores + self.bias

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        buckets, rows, values = graph.host_inputs(self)
        picked = graph.node("Gather", graph.constant(self.weights), buckets, axis=0)
        weighed = graph.node("Mul", picked, graph.node("Unsqueeze", values, graph.constant(np.array([1]))))
        start = graph.same_for_all_rows(self.bias, numbers)
        where = graph.node("Unsqueeze", rows, graph.constant(np.array([1])))
        return graph.node("ScatterND", start, where, weighed, reduction="add")


def grams(text: str, is_word: bool, low: int, high: int) -> Iterator[str]:
    """The n-grams of a text: lower-cased, white space to single blanks, at most 20,000 characters used.

    >>> list(grams("An  Owl", True, 1, 2))
    ['an', 'owl', 'an owl']
    """
    clean = " ".join(text[:MOST_CHARACTERS].lower().split())
    if is_word:
        return windows(_WORD.findall(clean), " ", low, high)
    return windows(f" {clean} ", "", low, high)


def windows(tokens: Sequence[str], glue: str, low: int, high: int) -> Iterator[str]:
    """All runs of `low` to `high` tokens, the short ones first."""
    for length in range(low, high + 1):
        for start in range(len(tokens) - length + 1):
            yield glue.join(tokens[start : start + length])
