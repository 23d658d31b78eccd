"""Occlusion: how the score of a row changes when a column is taken for missing.

Source: Zeiler and Fergus 2014, arXiv 1311.2901, section 4.2.
"""

from typing import Any

import numpy as np

from trivet.core.explainers import Explainer, Explanation, outputs_of
from trivet.runtime.batch import Batch
from trivet.runtime.frames import batch_of
from trivet.runtime.kinds.readers.columns import width_of
from trivet.runtime.specialist import Specialist


class Occlusion(Explainer):
    """For models that recordings go into.  Not exact: what columns do together is counted for each, or for none."""

    def explains(self, specialist: Specialist) -> int:
        return 10 if any(type_ == "sequence" for _, type_ in specialist.task.get("inputs", ())) else 0

    def explain(self, specialist: Specialist, rows: Any) -> Explanation:
        batch = batch_of(specialist.program, rows)
        scores = specialist.program.scores(batch).astype(np.float64)
        names, moved, start = [], [], 0
        config = specialist.contents.parts["reader"].config
        for name, type_ in config["fields"]:
            end = start + width_of(type_, config.get("spellings", {}).get(name, ""))
            names.append(name)
            moved.append(scores - specialist.program.scores(without(batch, start, end)))
            start = end
        nothing = specialist.program.scores(without(batch, 0, start)).astype(np.float64)
        return Explanation(
            explainer=self.name,
            unit="logarithm of the rate",
            outputs=outputs_of(specialist.task, scores.shape[1]),
            base=nothing.mean(axis=0),
            terms=tuple(names),
            contributions=np.stack(moved, axis=1),
            scores=scores,
            is_exact=False,
        )


def without(batch: Batch, start: int, end: int) -> Batch:
    """The batch with some numbers missing."""
    numbers = np.array(batch.numbers, np.float32)
    numbers[:, start:end] = np.nan
    return Batch(numbers=numbers, texts=batch.texts)
