"""A report shows everything the file says, admits what it does not say, and needs and runs nothing."""

import copy
import functools
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from trivet.core.errors import BadFile
from trivet.core.sections import no_formula
from trivet.ship.report import render
from trivet.testing.sample_manifest import EVIDENCE, MANIFEST, reading

pytest.importorskip("matplotlib", reason="the report needs matplotlib")

DIGEST = "0123456789abcdef" * 4
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "$x^2$",
    "表 🦭",
    "--> x",
]


WITHOUT_PLOTS = {name: part for name, part in MANIFEST.items() if name not in ("frontier", "tables", "importance")}


def report(manifest: Any = MANIFEST, evidence: Any = EVIDENCE) -> str:
    return render(manifest, evidence, digest=DIGEST, size_bytes=37_912)


@functools.cache
def usual_report() -> str:
    """The page of the usual manifest and evidence, made once."""
    return report()


class Seen(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, found or "") for name, found in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_the_page_is_the_same_whenever_it_is_made():
    assert report() == report()


def test_every_limit_stands_there_with_reading_interval_count_and_verdict_in_words():
    text = Seen(usual_report()).text
    assert "3 limits hold, 1 is unproven" in text
    assert "auroc >= 0.8 ✓ holds 0.8260 0.5000 0.8060 to 0.8460 1,409 judged at 99.69 %" in text
    assert "accuracy >= 0.79 ? unproven 0.7930 0.7300 0.7730 to 0.8130 1,409 about 3,211 more rows in the" in text
    assert "size <= 200 kB ✓ holds 37.9 kB exact" in text
    assert "Build 3 on these rows; judged at 99.69 %: the more builds looked" in text
    assert "p99-latency <= 5 ms ✓ holds 17.2 µs 16.2 µs to 18.2 µs 2,000" in text


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (["HOLDS"] * 4, "4 limits hold"),
        (["HOLDS", "BROKEN", "BROKEN", "UNPROVEN"], "1 limit holds, 1 is unproven, 2 are broken"),
        (["BROKEN"] * 4, "0 limits hold, 4 are broken"),
        ([], "0 limits hold, 4 are unknown"),
    ],
)
def test_the_first_sentence_counts_the_verdicts(verdicts, sentence):
    told = [{**old, "verdict": new} for old, new in zip(EVIDENCE["verdicts"], verdicts)]
    assert f'<p class="sentence">{sentence}</p>' in report(MANIFEST, {**EVIDENCE, "verdicts": told})


@pytest.mark.parametrize(
    "words",
    [
        "A model that classifies Churn",
        "1 of 2 candidates keeps every limit; the one that ships (star: trees) reaches auroc 0.844 in 37.9 kB.",
        "at most 0.2, in 3 groups of rows; in 2 of them by no more than chance explains",
        "Contract matters most: shuffling it makes auroc worse by 0.058",
        "warns id-column(customerID) 100.0% of its values occur once Do: leave the column out",
        "prune-trees auroc 0.83 (-0.01)",
        "40 trees",
        "rows used 7,043",
        "fit 3,874 passes learn on these " + "e" * 64,
        "tenure (number) , Contract (category)",
        "build time 4 min 10 s",
        "cores 2, cpu AMD EPYC",
        "numpy 2.4.6",
        'source = "churn.csv"',
        "trivet verify FILE --data ROWS",
        DIGEST,
    ],
)
def test_what_the_file_says_is_on_the_page(words):
    assert words in Seen(usual_report()).text


@pytest.mark.parametrize("key", sorted(MANIFEST))
def test_any_part_of_the_manifest_may_be_absent(key):
    assert "sentence" in report({name: part for name, part in MANIFEST.items() if name != key})


@pytest.mark.parametrize("key", sorted(EVIDENCE))
def test_any_part_of_the_evidence_may_be_absent(key):
    assert "4 limits" not in report(MANIFEST, {name: part for name, part in EVIDENCE.items() if name != key})


def test_a_file_that_says_nothing_is_told_to_say_nothing():
    text = Seen(report({}, {})).text
    assert "No limits were set" in text
    assert text.count("Not measured: the file holds no") >= 7 and text.count("not recorded") == 7


def test_a_limit_without_a_reading_says_that_it_was_not_measured():
    told = {key: found for key, found in EVIDENCE["verdicts"][0].items() if key != "reading"}
    text = Seen(report(MANIFEST, {**EVIDENCE, "verdicts": [told]})).text
    assert "auroc >= 0.8 ✓ holds not measured" in text


def test_documents_left_out_for_size_are_named_so():
    assert "Left out of the file" in report({**MANIFEST, "importance": [], "dropped_documents": ["importance"]})


def test_regression_shows_coverage_when_there_is_no_table():
    task = {**MANIFEST["task"], "goal": "regress", "answer": ["price", "number"], "link": "identity", "details": {}}
    readings = [reading("coverage", 0.896), reading("interval-width", 149_492.0, 100.0)]
    text = Seen(report({**MANIFEST, "task": task, "readings": readings, "tables": {}})).text
    assert "A model that predicts price" in text
    assert "hold the truth for a share of 0.8960 (0.8760 to 0.9160; 1,409 unseen rows); interval width 149492." in text


def test_the_page_asks_for_nothing_and_runs_nothing():
    page = usual_report()
    seen = Seen(page)
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:|//)""", page, re.IGNORECASE)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert all(found.startswith("#") for name, found in seen.attributes if name in ("href", "xlink:href", "src"))
    assert not re.search(r"url\(\s*['\"]?(?!#)|@import", page)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'") in (
        seen.attributes
    )


def test_no_two_things_on_the_page_have_the_same_id():
    seen = Seen(usual_report())
    ids = [found for name, found in seen.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    used = {found[1:] for name, found in seen.attributes if name == "xlink:href"}
    assert used <= set(ids)


def replaced(thing: Any, text: str) -> Any:
    """The same with every text of the data replaced: those that name a column, a class, a step, a note..."""
    if isinstance(thing, dict):
        kept = ("gauge", "must", "unit", "limit", "verdict", "goal", "modality")
        return {k: v if k in kept else replaced(v, text) for k, v in thing.items()}
    if isinstance(thing, list):
        return [replaced(one, text) for one in thing]
    return text if isinstance(thing, str) else thing


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_data_says_stays_text(text):
    page = report(replaced(MANIFEST, text), replaced(EVIDENCE, text))
    seen = Seen(page)
    assert not {"script", "img"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert set(Seen(usual_report()).tags) >= set(seen.tags)


def test_no_cell_of_a_table_is_a_formula():
    cells = re.findall(
        r"<(?:td|th|dd|dt)[^>]*>([^<]*)", report(replaced(MANIFEST, "=1+1"), replaced(EVIDENCE, "@SUM(A1)"))
    )
    assert any(cell.startswith("&#39;=1+1") for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@", "-"))]


@pytest.mark.parametrize("text", ["=1", "+1+cmd", "-1+1|x", "@x", "\t=1", "＝1", " =1", "\r=1", "-", "-x"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert no_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["-0.5", "+2", "-1.5e-05", "-3.1 ms", "12 %", "plain", "a=b", ""])
def test_numbers_and_plain_text_stay_as_they_are(text):
    assert no_formula(text) == text


@pytest.mark.parametrize("key", sorted(MANIFEST))
@pytest.mark.parametrize("odd", [7, "text", [7], [[7]], {"a": 7}, [{"a": 7}]], ids=str)
def test_a_manifest_of_another_shape_is_a_typed_error_or_a_page(key, odd):
    try:
        assert "</html>" in report({**WITHOUT_PLOTS, key: odd})
    except BadFile as error:
        assert error.code == "report-manifest"


def test_readings_without_a_bound_are_said_to_have_none():
    unbounded = [reading("auroc", 0.826, low=None, high=None), reading("accuracy", 0.793, value=None)]
    text = Seen(report({**MANIFEST, "readings": unbounded})).text
    assert "no bound to no bound" in text and "not measured" in text


def test_the_manifest_is_left_as_it_was():
    before = copy.deepcopy(MANIFEST)
    usual_report()
    assert before == MANIFEST


CHROMIUM = Path("/usr/bin/chromium")


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium on this machine")
@pytest.mark.parametrize("text", [None, "w" * 300, "word " * 60])
def test_on_a_phone_nothing_sticks_out_and_nothing_is_asked_of_the_network(text, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    page_file = tmp_path / "report.html"
    page = usual_report() if text is None else report(replaced(MANIFEST, text), EVIDENCE)
    page_file.write_text(page, encoding="utf-8")
    asked, complaints = [], []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        wide = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 391"
        assert page.evaluate(wide + " && !e.closest('.wide-table, svg')).length") == 0
        assert len(page.screenshot(full_page=True)) > 50_000
        browser.close()
    assert asked == [page_file.as_uri()] and complaints == []


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium on this machine")
def test_05_16_the_phone_page_is_short_its_plots_can_be_read_and_print_opens_what_is_folded(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    page_file = tmp_path / "report.html"
    page_file.write_text(usual_report(), encoding="utf-8")
    sizes = "[...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length && t.closest('svg')"
    sizes += ".getBoundingClientRect().width).map(t => parseFloat(getComputedStyle(t).fontSize)"
    sizes += " * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b))"  # some are turned by a quarter
    wide = "[...document.querySelectorAll('.plot')].filter(p => p.offsetWidth).map(p => p.offsetWidth)"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        for width, longest in ((390, 4200), (1280, 3300)):  # 8,500 and 5,600 before details were folded
            page = browser.new_page(viewport={"width": width, "height": 844})
            page.goto(page_file.as_uri())
            assert page.evaluate("document.documentElement.scrollHeight") <= longest
            shown = page.evaluate(sizes)
            assert shown and min(shown) >= 9.5  # CSS pixels
            room = page.evaluate("document.querySelector('main').offsetWidth")
            plots = page.evaluate(wide)
            assert len(plots) == 4 and all(plot == room or plot >= 0.47 * room for plot in plots)
        page.emulate_media(media="print")
        assert "AMD EPYC" in page.inner_text("#environment") and page.locator("#environment dl").first.is_visible()
        browser.close()
