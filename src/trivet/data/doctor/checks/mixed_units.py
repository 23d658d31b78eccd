"""Number columns in which some rows were written in another unit: metres among centimetres, euros among thousands."""

from collections.abc import Iterator

import numpy as np

from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, shown
from trivet.runtime.part import Array

# cm per inch and feet per metre; kg against lb (2.2) is left out: many a column has two humps at that distance
_FACTORS = (2.54, 3.281, 10.0, 100.0, 1000.0, 1e6)
_LEAST_ROWS = 100
_LEAST_SHARE = 0.02
_NEAR = 0.05  # of log10: the medians of 20 rows of one unit differ by this much


class MixedUnits(DoctorCheck):
    """mixed-units: two humps of one shape, a gap between them, and a unit's factor between their medians."""

    when = "before-split"
    order = 50
    codes = ("mixed-units",)

    def check(self, exam: Exam) -> Iterator[Finding]:
        for field in exam.fields:
            column = exam.rows.columns[field.name]
            known = column[~np.isnan(column)]
            if field.type != "number" or len(known) < _LEAST_ROWS or known.min() <= 0:
                continue
            found = humps(np.sort(np.log10(known)))
            if found is not None:
                factor, border = found
                small = column < border
                odd = small if small.sum() < len(known) / 2 else column >= border
                yield Finding(
                    code="mixed-units",
                    severity="warn",
                    column=field.name,
                    evidence=f"{int(odd.sum())} rows of {field.name} lie a factor of about {factor:g} from the others, "
                    f"with nothing between, and are spread alike",
                    fix="write all rows in one unit",
                    **shown(exam.rows.ids[odd]),
                )


def humps(logs: Array) -> tuple[float, float] | None:
    """The factor between two humps of sorted logarithms and a number that parts them; None for anything else."""
    cut = int(np.diff(logs).argmax()) + 1
    low, high = logs[:cut], logs[cut:]
    if min(len(low), len(high)) < max(20, _LEAST_SHARE * len(logs)):
        return None
    apart = float(np.median(high) - np.median(low))
    factor = min(_FACTORS, key=lambda f: abs(np.log10(f) - apart))
    one, other = (float(np.subtract(*np.quantile(hump, [0.9, 0.1]))) for hump in (low, high))
    alike = 0 < max(one, other) <= 1.5 * min(one, other)
    gap = float(high[0] - low[-1])
    if abs(np.log10(factor) - apart) > _NEAR or not alike or gap < 0.1 * apart:
        return None
    return factor, float(10 ** ((low[-1] + high[0]) / 2))
