"""Findings that a recipe accepts: `id-column` wherever it is made, `missing-values(age)` of one column."""

import dataclasses
import shlex
from collections.abc import Iterable, Sequence

from trivet.core.errors import BadData, BadUse, TrivetError, nearest_names, raise_all
from trivet.core.toml_text import toml
from trivet.core.value import value

from .doctor.examiner import known_codes
from .doctor.finding import Finding, label_of
from .sources.raw import Raw, unknown_column


@value
class Acceptance:
    """One entry of `accept`.  column: None accepts the finding wherever it is made."""

    code: str
    column: str | None = None

    def __str__(self) -> str:
        return label_of(self.code, self.column)

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one that is accepted."""
        return finding.code == self.code and self.column in (None, finding.column)

    def has_met(self, finding: Finding) -> bool:
        """Whether the finding shows that the entry is not idle; one note about many columns names only some of them."""
        is_folded = finding.code == self.code and finding.severity == "note" and finding.column is None
        return self.covers(finding) or is_folded


def acceptances(texts: Iterable[str]) -> tuple[Acceptance, ...]:
    """The entries of `accept`; refuses codes that no check of the doctor makes, all at once."""
    found, errors, known = [], list[TrivetError](), known_codes()
    for text in dict.fromkeys(texts):
        code, bracket, rest = text.strip().partition("(")
        if code not in known or (bracket and not rest.removesuffix(")")) or rest.endswith(")") != bool(bracket):
            errors.append(unknown_finding(text, code))
        else:
            found.append(Acceptance(code=code, column=rest[:-1] if bracket else None))
    raise_all(errors)
    return tuple(found)


def unknown_finding(text: str, code: str) -> BadUse:
    """The error about an entry that can never match."""
    is_known = code in known_codes()
    return BadUse(
        "unknown-finding",
        wanted="a finding of the data doctor to accept, CODE or CODE(COLUMN)",
        found=repr(text),
        do=f"write  {code}  or  {code}(COLUMN)" if is_known else nearest_names(code, known_codes()),
    )


def refuse_absent(entries: Iterable[Acceptance], raw: Raw) -> None:
    """Refuses entries about columns that are not in the table, all at once."""
    raise_all([unknown_column(e.column, raw) for e in entries if e.column is not None and e.column not in raw.names])


def marked(findings: Iterable[Finding], entries: Sequence[Acceptance]) -> tuple[Finding, ...]:
    """The findings, those that are accepted marked so."""
    return tuple(
        dataclasses.replace(finding, accepted=any(entry.covers(finding) for entry in entries)) for finding in findings
    )


def idle(entries: Iterable[Acceptance], findings: Sequence[Finding]) -> tuple[Acceptance, ...]:
    """The entries that no finding met."""
    return tuple(entry for entry in entries if not any(map(entry.has_met, findings)))


def refuse_findings(findings: Iterable[Finding], entries: Sequence[Acceptance]) -> None:
    """Ends a strict build on anything worse than a note that is not accepted; says how to accept all of it."""
    bad = [finding for finding in findings if finding.severity != "note" and not finding.accepted]
    if not bad:
        return
    labels = list(dict.fromkeys(finding.label for finding in bad))
    lines = "".join(f"\n    {f.severity:<5} {f.label}: {f.evidence}\n          {f.fix}" for f in bad)
    flags = " ".join(f"--accept {shlex.quote(label)}" for label in labels)
    raise BadData(
        "doctor-findings",
        wanted="data without findings worse than a note (the build is strict)",
        found=f"{len(bad)}:{lines}",
        do="mend the data, or let stand what you know, in the recipe under [build]:\n"
        f"    accept = {toml([*map(str, entries), *labels])}\n  or with flags:\n    {flags}",
    )
