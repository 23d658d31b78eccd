"""What stands first in a report: the verdict beside a constant answer, findings, and why one should not believe it."""

import re
from pathlib import Path
from typing import Any

import pytest
from test_report import EVIDENCE, MANIFEST, Seen, report

from trivet.documents.findings import findings_of
from trivet.ship.report import render
from trivet.ship.specialist import load

pytest.importorskip("matplotlib", reason="the report needs matplotlib")

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("*/loans.trivet"))  # the others are no whole builds


def finding(code: str, severity: str, column: str | None = None, *, accepted: bool = False) -> dict[str, Any]:
    return {
        "code": code,
        "severity": severity,
        "column": column,
        "rows": [],
        "n_rows": 0,
        "evidence": f"evidence of {code}",
        "fix": f"mend {code}",
        "accepted": accepted,
    }


LEAK = finding("leaking-column", "block", "R2")


def first_part(page: str) -> str:
    """The text of the page down to the first plot or table of answers."""
    return Seen(page[page.index("<body>") : page.index('<section id="c')]).text


def test_05_16_findings_and_verdict_stand_before_any_plot():
    text = first_part(report({**MANIFEST, "doctor": [LEAK, *MANIFEST["doctor"]], "alerts": ["leaking-column(R2)"]}))
    assert "3 limits hold, 1 is unproven" in text
    assert "auroc >= 0.8 ✓ holds 0.8260 0.5000" in text
    assert "blocks leaking-column(R2) evidence of leaking-column Do: mend leaking-column" in text
    assert "warns id-column(customerID)" in text
    assert "Why this one: of two candidates" in text
    assert "tenure: 12 cells read as numbers" in text
    assert "rows dropped" not in text  # the notices of a build tell of dropped rows and columns themselves


def test_05_16_without_notices_dropped_rows_and_columns_are_told_all_the_same():
    text = first_part(report({**MANIFEST, "data": {**MANIFEST["data"], "notices": []}}))
    assert "rows dropped: 3 (no answer)" in text and "columns left out: customerID (id)" in text


def test_05_16_a_block_is_loud_above_the_verdicts():
    page = report({**MANIFEST, "doctor": [LEAK], "alerts": ["leaking-column(R2)"]})
    assert page.index('role="alert"') < page.index('<section id="verdicts">')
    assert "Do not trust these figures yet. The data doctor blocks: leaking-column(R2)" in Seen(page).text
    assert 'role="alert"' not in report()


def test_an_accepted_finding_is_grey_says_so_and_stands_last():
    accepted = finding("missing-values", "block", "age", accepted=True)
    page = report({**MANIFEST, "doctor": [accepted, LEAK, finding("mixed-units", "warn", "weight")]})
    assert '<li class="accepted"><span class="badge">blocks, accepted</span><b>missing-values(age)' in page
    assert page.index("leaking-column") < page.index("mixed-units") < page.index("missing-values(age)")


def test_every_block_stands_open_and_many_warnings_are_folded_not_dropped():
    doctor = [finding("leaking-column", "block", f"b{i}") for i in range(9)]
    doctor += [finding("mixed-units", "warn", f"w{i}") for i in range(20)]
    found = findings_of(doctor)
    assert found is not None
    assert [row.word for row in found.open] == ["blocks"] * 9 + ["warns"] * 6
    assert len(found.open) + len(found.more) == 29
    page = report({**MANIFEST, "doctor": doctor})
    assert all(f"mixed-units(w{i})" in page for i in range(20))


def test_05_16_a_best_effort_file_says_broken_in_the_title_and_in_words():
    verdicts = [{**EVIDENCE["verdicts"][0], "verdict": "BROKEN"}, *EVIDENCE["verdicts"][1:]]
    page = report(MANIFEST, {**EVIDENCE, "outcome": "BROKEN", "verdicts": verdicts})
    assert "<title>BROKEN: A model that classifies Churn: 2 limits hold, 1 is unproven, 1 is broken</title>" in page
    assert "<h1>BROKEN: A model that classifies Churn</h1>" in page
    assert "does not keep its limits: auroc &gt;= 0.8 (measured 0.8260)" in page
    assert "not certified" in first_part(page)
    assert "BROKEN" not in report()


def read(at: int, **more: Any) -> dict[str, Any]:
    """The evidence with another reading under one verdict."""
    verdicts = list(EVIDENCE["verdicts"])
    verdicts[at] = {**verdicts[at], "reading": {**verdicts[at]["reading"], **more}}
    return {**EVIDENCE, "verdicts": verdicts}


def test_a_limit_that_a_constant_answer_keeps_says_so():
    assert "judged at 99.69 %; a constant answer keeps it, too" in Seen(report(MANIFEST, read(0, baseline=0.94))).text


def test_an_unproven_limit_says_on_which_side_the_value_lies():
    assert "would prove it, with a chance of 80%; the value itself keeps it" in Seen(report()).text
    assert "the value itself breaks it" in Seen(report(MANIFEST, read(1, value=0.78))).text


def test_without_limits_the_main_gauge_stands_beside_its_constant_answer():
    text = first_part(report({**MANIFEST, "limits": []}, {**EVIDENCE, "verdicts": []}))
    assert "No limits were set" in text and "auroc 0.8260 0.5000" in text


def test_05_16_confusion_and_per_class_numbers_are_on_the_page():
    text = Seen(report()).text
    assert "No 920 110 Yes 180 199" in text
    assert "Yes 379 0.525 0.473 to 0.576 0.644 0.578" in text
    assert "A constant answer says “No” for every row and is right on 73.1% of these rows." in text


def test_more_classes_than_fit_are_summed_and_told():
    names = [f"c{i}" for i in range(12)]
    tables = {
        "confusion": {"classes": names, "counts": [[i + j for j in range(13)] for i in range(13)], "others": 65},
        "per_class": [{**MANIFEST["tables"]["per_class"][0], "class": name} for name in names],
    }
    text = Seen(report({**MANIFEST, "tables": tables})).text
    assert "Shown are the 12 classes with the most mistakes; the last line and column sum the 65 others." in text
    assert "65 others 12 13 14" in text


def test_05_16_the_star_stands_at_the_size_of_the_file_not_at_the_forecast():
    page = render(MANIFEST, EVIDENCE, digest="0" * 64, size_bytes=91_234)
    assert "reaches auroc 0.844 in 91.2 kB" in page
    assert "trees (ships) 91.2 kB" in Seen(page).text


@pytest.mark.parametrize("what", ["verdicts", "why", "findings"])
def test_details_are_folded_and_the_first_screen_is_not(what):
    page = report()
    folded = "".join(re.findall(r"<details.*?</details>", page, re.DOTALL))
    assert {"verdicts": "✓", "why": "Why this one", "findings": "id-column(customerID)"}[what] not in folded
    assert all(word in folded for word in ("prune-trees", "source = &#34;churn.csv&#34;", "AMD EPYC", "f" * 64))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_files_of_earlier_builds_still_have_a_report(path):
    file = load(path)
    page = render(file.manifest, file.evidence, digest=file.digest, size_bytes=file.size_bytes)
    assert "</html>" in page
