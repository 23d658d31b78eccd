"""Findings of the doctor that keep limits from holding: where vault rows are copies of rows that taught, no interval on
them is known to cover, however narrow it is."""

from collections.abc import Sequence
from dataclasses import replace

from trivet.core.reading import Reading
from trivet.core.registry import find_gauge


def capped(readings: Sequence[Reading], findings: Sequence[str]) -> tuple[Reading, ...]:
    """The readings; with such findings those of quality and trust are approximate, and say why.  Costs need no rows.

    findings: labels, e.g. "near-copies" or "missing-group(patient)".
    """
    if not findings:
        return tuple(readings)
    why = f"the doctor found {', '.join(findings)}: rows of the vault are no independent evidence"
    return tuple(
        reading
        if find_gauge(reading.gauge).family == "cost"
        else replace(reading, approximate=True, notes=(*reading.notes, why))
        for reading in readings
    )
