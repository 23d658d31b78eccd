"""Additive: what each curve and each table of a glass box adds, exactly.

Suits: bodies of kind `additive`, as fit-glass-box makes them.  Source: Lou et al. 2013; the terms themselves.
"""

from typing import Any

import numpy as np

from trivet.core.explainers import Explainer, Explanation, body_of, outputs_of, unit_of
from trivet.runtime.frames import batch_of
from trivet.runtime.kinds.bodies.additive import Additive as AdditiveBody
from trivet.runtime.specialist import Specialist


class Additive(Explainer):
    """A contribution is what a term's bin says; the base is the glass box's own constant."""

    def explains(self, specialist: Specialist) -> int:
        return 100 if isinstance(body_of(specialist), AdditiveBody) else 0

    def explain(self, specialist: Specialist, rows: Any) -> Explanation:
        body = body_of(specialist)
        if not isinstance(body, AdditiveBody):
            raise ValueError("explains() is 0 for this model")
        batch = batch_of(specialist.program, rows)
        names = specialist.program.reader.number_names
        labels = [" x ".join(names[axis.feature] for axis in term.axes) for term in body.terms]
        terms = tuple(dict.fromkeys(labels))  # a date has three numbers, whose curves are one column's
        moved = np.zeros((len(batch), len(terms), body.width))
        for label, term in zip(labels, body.terms):
            moved[:, terms.index(label)] += term.run(batch.numbers)
        return Explanation(
            explainer=self.name,
            unit=unit_of(specialist.task),
            outputs=outputs_of(specialist.task, body.width),
            base=body.base.astype(np.float64),
            terms=terms,
            contributions=moved,
            scores=specialist.program.scores(batch).astype(np.float64),
        )
