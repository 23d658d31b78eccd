"""The examiner asks every registered check in order; one that crashes is told and does not end the build."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from trivet.core.errors import TrivetError
from trivet.core.registry import places, usable

from .check import DoctorCheck, When
from .exam import Exam
from .finding import Finding

CRASHED = "check-crashed"
"""The one finding that the examiner makes itself."""


def checks() -> tuple[DoctorCheck, ...]:
    """Every check that can be had, in the order in which they are asked."""
    made: list[DoctorCheck] = [kind() for kind in usable("check").values()]
    return tuple(sorted(made, key=lambda check: (check.order, check.name)))


def findings_of(when: When, exam: Exam) -> Iterator[Finding]:
    """What the checks of this moment find, check by check."""
    for check in checks():
        if check.when == when:
            yield from findings_by(check, exam)


def findings_by(check: DoctorCheck, exam: Exam) -> list[Finding]:
    """What one check finds; a note where it crashes, or makes a finding that it does not declare."""
    try:
        found = list(check.check(exam))
    except TrivetError:  # it says itself what to do, e.g. which library to install
        raise
    except Exception as error:  # noqa: BLE001  a check of somebody else may raise anything, and must not end a build
        return [note_of_crash(check, f"ended with {type(error).__name__}: {error}")]
    strange = sorted({one.code for one in found} - set(check.codes))
    kept = [one for one in found if one.code in check.codes]
    if strange:
        kept.append(note_of_crash(check, f"made findings that it does not declare: {', '.join(strange)}"))
    return kept


def note_of_crash(check: DoctorCheck, how: str) -> Finding:
    home = places("check").get(check.name)
    of = f" of {home.distribution}" if home is not None and home.distribution else ""
    return Finding(
        code=CRASHED,
        severity="note",
        evidence=f"the check {check.name}{of} {how}; what it would have found is not known",
        fix="report it to whoever wrote the check; the other checks are not touched by it",
    )


def known_codes() -> tuple[str, ...]:
    """Every code that a finding can have, in order."""
    return tuple(sorted({CRASHED, *(code for check in checks() for code in check.codes)}))


def dropped_codes() -> Mapping[str, str]:
    """code -> why, of the findings whose column no model sees."""
    return {code: why for check in checks() for code, why in check.drops.items()}


def finding_page(code: str) -> str:
    """The page of a finding in Markdown, from the check that makes it."""
    for check in checks():
        if code in check.codes:
            return check.page(code)
    return (files("trivet.data.doctor.checks") / "findings" / f"{code}.md").read_text(encoding="utf-8")
