"""Tables: rows of numbers, categories, dates, yes-or-no columns and texts beside them, one answer per row."""

from collections.abc import Sequence

import numpy as np

from trivet.core.domains import Domain
from trivet.core.task import Field

SAMPLE_ROWS = 200


class Table(Domain):
    """Takes every task that has a column which is not free text; texts beside it are read as well."""

    def recognises(self, inputs: Sequence[Field]) -> int:
        return int(any(field.type != "text" for field in inputs))

    def sample(self) -> tuple[list[dict[str, object]], str]:
        """Made-up loans: the larger for the income, the likelier late; some incomes and regions are missing."""
        rng = np.random.default_rng(7)
        income = np.round(rng.lognormal(3.4, 0.4, SAMPLE_ROWS), 1)
        amount = np.round(rng.lognormal(2.0, 0.6, SAMPLE_ROWS), 1)
        region = rng.choice(["north", "south", "east"], SAMPLE_ROWS)
        owner = rng.random(SAMPLE_ROWS) < 0.5
        risk = 6 * amount / income + (region == "south") - owner + rng.normal(0, 0.5, SAMPLE_ROWS)
        late = risk > np.quantile(risk, 0.6)
        unknown = rng.random((2, SAMPLE_ROWS)) < 0.08
        rows: list[dict[str, object]] = [
            {
                "income": None if unknown[0, i] else float(income[i]),
                "amount": float(amount[i]),
                "region": None if unknown[1, i] else str(region[i]),
                "owner": bool(owner[i]),
                "late": "yes" if late[i] else "no",
            }
            for i in range(SAMPLE_ROWS)
        ]
        return rows, "late"
