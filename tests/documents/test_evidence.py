"""The evidence of rows since the build: drawn where a state lies beside the file, and nothing where none does."""

import pytest

from trivet.core.sections import FileFacts
from trivet.documents.evidence import Evidence
from trivet.ship import report
from trivet.testing.sample_manifest import EVIDENCE, MANIFEST

pytest.importorskip("jinja2", reason="the report needs jinja2")
pytest.importorskip("matplotlib", reason="the plot needs matplotlib")


def line(limit, *, reached=None, highest=1.0, curve=((1, 0.1), (50, -0.5), (100, 2.4)), why_not=""):
    return {
        "limit": limit, "bet_on": not why_not, "why_not": why_not, "value": 0.9, "unit": "", "evidence": 0.3,
        "highest": highest, "threshold": 100.0, "reached": reached, "curve": [list(one) for one in curve],
    }  # fmt: skip


def account(*lines, outcome="CALM", purpose="watch"):
    return {
        "outcome": outcome, "for": purpose, "rows": 100, "units": 100, "unit_is": "rows", "updates": 2,
        "since": "2026-11-24T00:00:00+00:00", "until": "2026-11-25T00:00:00+00:00", "limits": list(lines),
        "claim": "  meaning: it is so", "skipped": {}, "notes": [],
    }  # fmt: skip


def made(**beside):
    return Evidence().make(FileFacts(manifest=MANIFEST, evidence=EVIDENCE, beside=beside))


def test_nothing_beside_the_file_is_nothing_on_the_page():
    assert made() is None
    assert 'id="evidence"' not in report.render(MANIFEST, EVIDENCE, digest="0" * 64, size_bytes=1000)


def test_an_alarm_is_the_finding_of_the_plot_and_stands_in_both_shapes():
    found = account(line("accuracy >= 0.9", reached=80, highest=251.0), line("brier <= 0.1"), outcome="ALARM")
    page = report.render(MANIFEST, EVIDENCE, digest="0" * 64, size_bytes=1000, beside={"watch": found})
    assert "accuracy &gt;= 0.9 is missed: alarm after 80 rows." in page
    assert "Watched: ALARM." in page and "100 rows in 2 updates, from 2026-11-24 to 2026-11-25." in page
    assert page.count("alarm at 100") == 2  # on the desk and on the phone
    assert "This means: it is so." in page


def test_a_calm_stream_tells_how_near_the_evidence_came():
    (part,) = made(watch=account(line("accuracy >= 0.9", highest=12.0), line("brier <= 0.1", highest=3.0)))["parts"]
    assert part["plot"]["finding"] == (
        "no limit is shown to be missed: the evidence against accuracy >= 0.9 was 12 at most, of 100"
    )
    assert part["plot"]["table"][1] == ("accuracy >= 0.9", "0.3", "12", "100", "no")


def test_what_was_earned_is_told_without_a_course_too():
    found = account(line("accuracy >= 0.9", reached=80, curve=()), outcome="PROVEN", purpose="prove")
    (part,) = made(prove=found)["parts"]
    assert part["plot"] is None and part["there"] == "Earned: accuracy >= 0.9 after 80 rows"


def test_what_is_not_bet_on_and_a_foreign_state_are_told():
    found = account(line("accuracy >= 0.9"), line("auroc >= 0.9", why_not="it is no mean"))
    page = report.render(
        MANIFEST, EVIDENCE, digest="0" * 64, size_bytes=1000,
        beside={"watch": found, "prove": {"told": "that of <another> file"}},
    )  # fmt: skip
    assert "Not bet on: auroc &gt;= 0.9: it is no mean." in page
    assert "Proven later: that of &lt;another&gt; file." in page


def test_evidence_far_beyond_the_line_is_drawn_at_the_edge():
    far = account(line("accuracy >= 0.9", reached=2, highest=1e30, curve=((1, -40.0), (2, 30.0))), outcome="ALARM")
    (part,) = made(watch=far)["parts"]
    assert part["plot"]["finding"].endswith("alarm after 2 rows")
