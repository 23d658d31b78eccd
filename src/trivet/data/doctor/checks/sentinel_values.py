"""Codes that stand for "unknown" and are read as values: -999, 9999, a zero nobody can have, the word unknown."""

from collections.abc import Iterator

import numpy as np

from trivet.core.task import Field
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, Severity, shown
from trivet.runtime.part import Array

_NINES = tuple(float("9" * digits) for digits in range(2, 9))
_CODES = (-1.0, -9.0, *(-nines for nines in _NINES), *_NINES)
_WORDS = frozenset({
    "unknown", "missing", "not available", "not applicable", "n.a.", "undefined", "unspecified", "-", "--", ".", "#n/a",
})  # fmt: skip
_LEAST = 3  # times a number must occur to be a code
_LEAST_DISTINCT = 10


class SentinelValues(DoctorCheck):
    """sentinel-value for numbers, sentinel-word for categories, suspicious-zero for zeros far from all else."""

    when = "before-split"
    order = 40
    codes = ("sentinel-value", "sentinel-word", "suspicious-zero")

    def check(self, exam: Exam) -> Iterator[Finding]:
        for field in exam.fields:
            if field.type == "number":
                yield from number_codes(field, exam)
            elif field.type == "category":
                yield from word_codes(field, exam)


def number_codes(field: Field, exam: Exam) -> Iterator[Finding]:
    column = exam.rows.columns[field.name]
    known = np.sort(column[~np.isnan(column)])
    for code in ends(known):
        rest = known[known != code]
        times = len(known) - len(rest)
        if times < _LEAST or len(np.unique(rest)) < _LEAST_DISTINCT:
            continue
        low, high = np.quantile(rest, [0.01, 0.99])
        gap = float(np.abs(rest - code).min())
        text = (
            f"{field.name} is {code:g} in {times} rows; the nearest other value is {gap:g} away, and 98 % lie between"
        )
        where = exam.rows.ids[column == code]
        if code == 0 and gap >= 0.25 * (high - low):
            yield sentinel("suspicious-zero", "note", field.name, f"{text} {low:g} and {high:g}", where)
        elif code in _CODES and (gap >= 0.5 * (high - low) or (code < 0 <= rest[0] and times >= 0.01 * len(known))):
            yield sentinel("sentinel-value", "warn", field.name, f"{text} {low:g} and {high:g}", where)


def ends(known: Array) -> list[float]:
    """The smallest and the largest number: a code for "unknown" lies outside of what can be measured."""
    return [float(known[0]), float(known[-1])] if len(known) and known[0] < known[-1] else []


def word_codes(field: Field, exam: Exam) -> Iterator[Finding]:
    for code, word in enumerate(exam.rows.words[field.name]):
        where = exam.rows.ids[exam.rows.columns[field.name] == code]
        if word.strip().lower() in _WORDS and len(where):
            text = f"{field.name} is {word!r} in {len(where)} rows"
            yield sentinel("sentinel-word", "note", field.name, text, where)


def sentinel(code: str, severity: Severity, name: str, evidence: str, where: Array) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        column=name,
        evidence=evidence,
        fix="if it stands for unknown, leave those cells empty in the source",
        **shown(where),
    )
