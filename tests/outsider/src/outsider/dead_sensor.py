"""Recordings that do not move: a sensor that hung, or was never connected."""

from collections.abc import Iterator

import numpy as np

from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding

_MANY = 0.05  # share of rows from which on it is a warning


class DeadSensor(DoctorCheck):
    """dead-sensor: recordings in which every number is the same."""

    when = "before-split"
    codes = ("dead-sensor",)

    def check(self, exam: Exam) -> Iterator[Finding]:
        for field in exam.rows.fields:
            if field.type != "sequence":
                continue
            column = exam.rows.columns[field.name]
            flat = (column == column[:, :1]).all(axis=1)
            if flat.any():
                share = float(np.mean(flat))
                yield Finding(
                    code="dead-sensor",
                    severity="warn" if share >= _MANY else "note",
                    column=field.name,
                    evidence=f"{int(flat.sum())} of {len(flat)} recordings of {field.name} do not move at all",
                    fix="leave those rows out, or mark them as missing",
                )
