"""Linear: what each column adds to a weighted sum, exactly.

Suits: bodies of `expand` and `affine`, as fit-linear makes them.  Source: the sum itself; nothing is estimated.
"""

from typing import Any, NoReturn

import numpy as np

from trivet.core.explainers import Explainer, Explanation, body_of, outputs_of, unit_of
from trivet.runtime.batch import Batch
from trivet.runtime.frames import batch_of
from trivet.runtime.kinds.bodies.affine import Affine
from trivet.runtime.kinds.bodies.expand import Expand
from trivet.runtime.kinds.combine.chain import Chain
from trivet.runtime.specialist import Specialist


class Linear(Explainer):
    """A contribution is a column's share of the sum; the base is the score where every number stands at its centre."""

    def explains(self, specialist: Specialist) -> int:
        return 100 if sum_of(specialist) else 0

    def explain(self, specialist: Specialist, rows: Any) -> Explanation:
        expand, affine = sum_of(specialist) or refuse_model()
        batch = batch_of(specialist.program, rows)
        wide = expand.run(Batch(numbers=batch.numbers)).astype(np.float64)  # (rows, inputs of the sum)
        columns = np.concatenate([expand.number, expand.missing, expand.hot]).tolist()
        names = specialist.program.reader.number_names
        terms = tuple(dict.fromkeys(names))
        moved = np.zeros((len(batch), len(terms), affine.width))
        for at, column in enumerate(columns):
            moved[:, terms.index(names[column])] += wide[:, at, None] * affine.weights[at].astype(np.float64)
        return Explanation(
            explainer=self.name,
            unit=unit_of(specialist.task),
            outputs=outputs_of(specialist.task, affine.width),
            base=affine.bias.astype(np.float64),
            terms=terms,
            contributions=moved,
            scores=specialist.program.scores(batch).astype(np.float64),
        )


def sum_of(specialist: Specialist) -> tuple[Expand, Affine] | None:
    """The two pieces of the sum; None for any other body."""
    body = body_of(specialist)
    pieces = body.children if isinstance(body, Chain) else []
    if len(pieces) == 2 and isinstance(pieces[0], Expand) and isinstance(pieces[1], Affine):
        return pieces[0], pieces[1]
    return None


def refuse_model() -> NoReturn:
    raise ValueError("explains() is 0 for this model")
