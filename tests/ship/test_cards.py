"""What a notebook shows of a specialist, a verification and an honest no."""

import re
from html.parser import HTMLParser

import pytest
from notebook_rows import FAST, cancer

import trivet
from trivet.core.card import Card, Cell, Line
from trivet.core.limits import Verdict
from trivet.core.reading import Reading
from trivet.core.registry import parse_limit
from trivet.data.doctor import Finding
from trivet.engine.outcome import Infeasible, Judged, Told
from trivet.runtime.file.container import encode
from trivet.ship.cards import sentence_of, specialist_card
from trivet.ship.specialist import Specialist
from trivet.ship.verification import Verification
from trivet.testing.sample_files import sample_files, sample_parts

EVIL = "<script>alert('x')</script>\"'&"
ALLOWED = {"div", "span", "strong", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code"}


class Reader(HTMLParser):
    """The words, tags and styles of a card; refuses what does not belong in one."""

    def __init__(self, html):
        super().__init__()
        self.open, self.words, self.styles = [], [], []
        self.feed(html)
        self.close()
        assert self.open == [], "unclosed elements"

    def handle_starttag(self, tag, attributes):
        assert tag in ALLOWED, tag
        assert {name for name, _ in attributes} <= {"style", "class", "colspan"}
        self.styles += [text for name, text in attributes if name == "style"]
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def reading(gauge, value, low, high, **more):
    return Reading(gauge=gauge, value=value, low=low, high=high, n=200, **more)


def verdict(limit, word, **more):
    return {"limit": limit, "gauge": limit.split()[0], "verdict": word, "rows_needed": None, **more}


def manifest(**more):
    return {
        "task": {
            "goal": "classify",
            "inputs": [["age", "number"]],
            "answer": ["ill", "category"],
            "details": {"classes": ["n", "y"]},
        },
        "alerts": ["target-copy(salary)"],
        "doctor": [
            {"code": "target-copy", "column": "salary", "severity": "block", "evidence": "R2 0.9955", "fix": "drop it"},
            {"code": "id-column", "column": "id", "severity": "warn", "evidence": "all differ", "accepted": True},
            {"code": "missing-values", "column": "age", "severity": "warn", "evidence": "40 % are missing"},
        ],
        "limits": [parse_limit("auroc >= 0.9").as_json(), parse_limit("accuracy >= 0.7").as_json()],
        "readings": [
            reading("auroc", 0.91, 0.88, 0.94, baseline=0.5).as_json(),
            reading("accuracy", 0.95, 0.9, 0.97, baseline=0.94).as_json(),
        ],
        "data": {"rows": 1000, "notices": ["2 rows left out: no answer"], "splits": {"vault": {"rows": 200}}},
        **more,
    }


def evidence(**more):
    read = [reading("auroc", 0.91, 0.88, 0.94, baseline=0.5), reading("accuracy", 0.95, 0.9, 0.97, baseline=0.94)]
    auroc, accuracy = ({"reading": one.as_json(), "confidence": 0.9932} for one in read)
    return {
        "outcome": "UNPROVEN",
        "why": "it has the best auroc of 12 candidates",
        "look": {"build": 2, "finalist": 1},
        "verdicts": [
            verdict("auroc >= 0.9", "UNPROVEN", rows_needed=1234, **auroc),
            verdict("accuracy >= 0.7", "HOLDS", note="so does the constant answer", **accuracy),
        ],
        **more,
    }


def card(found, measured=None) -> Reader:
    return Reader(specialist_card(found, evidence() if measured is None else measured, size_bytes=20_100))


def test_05_14_a_specialist_shows_verdicts_baselines_findings_why_size_and_next_steps():
    text = card(manifest(), evidence(made="2026-01-01")).text
    for part in (
        "UNPROVEN 1 limit holds, 1 is unproven, but 1 alert about the data",
        "classifies 'ill' (n, y) from 1 column · build 2 on these rows; judged at 99.32 % · 20.1 kB",
        "ALERT target-copy(salary) : R2 0.9955; drop it",
        "warning missing-values(age) : 40 % are missing",
        "0.8800 to 0.9400, n\u00a0=\u00a0200",
        "0.9400 ↳ so does the constant answer",
        "about 1,234 more rows in the table would prove it, with a chance of 80%",
        "why this one: it has the best auroc of 12 candidates",
        "2 rows left out: no answer",
        "model.predict(rows)",
        "made 2026-01-01",
    ):
        assert " ".join(part.split()) in text, part
    assert "id-column" not in text  # accepted: told in the report, not here


def test_05_14_a_broken_file_says_so_loudly_in_card_and_text():
    found = evidence(outcome="BROKEN", look=None, verdicts=[verdict("auroc >= 0.9", "BROKEN")])
    text = card(manifest(), found).text
    assert "✗ BROKEN 0 limits hold, 1 is BROKEN" in text and "ALERT This file is BROKEN" in text
    shown = repr(Specialist.from_bytes(encode(manifest(), sample_parts()["trees"], found)))
    assert shown.startswith("<Specialist BROKEN: ") and "1 is BROKEN" in shown


def test_05_14_an_alert_survives_without_the_doctors_page():
    assert "ALERT target-copy(salary)" in card(manifest(doctor=[])).text


@pytest.mark.parametrize("key", sorted(manifest()))
def test_05_14_a_card_is_made_of_whatever_the_file_holds(key):
    found = manifest()
    del found[key]
    assert "next:" in card(found).text


@pytest.mark.parametrize("key", sorted(evidence()))
def test_05_14_a_card_is_made_of_whatever_the_evidence_holds(key):
    found = evidence()
    del found[key]
    assert "next:" in card(manifest(), found).text


def test_05_14_without_limits_nothing_is_proven_and_the_readings_stand_beside_their_baseline():
    text = card(manifest(limits=[]), evidence(verdicts=[], outcome="CERTIFIED")).text
    assert "no limits were set: nothing to prove" in text and "✓" not in text
    assert "auroc 0.9100" in text and "0.5000" in text


@pytest.mark.parametrize("name", sample_files())
def test_05_14_a_file_made_by_hand_claims_nothing(name):
    model = Specialist.from_bytes(sample_files()[name])
    text = Reader(model._repr_html_()).text
    assert "NO VERDICT the file says nothing about limits" in text and "✓" not in text
    assert "says nothing about limits" in repr(model)


def test_05_14_a_manifest_of_other_shapes_shows_the_text_instead():
    model = Specialist.from_bytes(
        encode({"readings": [{"gauge": 7, "odd": 1}]}, sample_parts()["trees"], {"verdicts": []})
    )
    assert model._repr_html_() is None


def test_05_14_everything_in_a_card_is_escaped():
    details = {"classes": [EVIL]}
    task = {"goal": "classify", "inputs": [[EVIL, "number"]], "answer": [EVIL, "category"], "details": details}
    finding = {"code": EVIL, "column": EVIL, "severity": "warn", "evidence": EVIL, "fix": EVIL}
    limits = [verdict(EVIL, EVIL, note=EVIL)]
    found = manifest(task=task, alerts=[EVIL], doctor=[finding], data={"notices": [EVIL]})
    html = specialist_card(found, evidence(made=EVIL, why=EVIL, verdicts=limits), size_bytes=1)
    Reader(html)  # refuses a script
    assert "<script" not in html and html.count("&lt;script&gt;") >= 8


def test_05_14_a_card_reads_on_white_and_on_black():
    shown = card(manifest())
    for style in shown.styles:
        grounds = re.findall(r"background:([^;]+)", style)
        assert all(ground == "transparent" or ground.startswith("rgba(") for ground in grounds), style
        assert set(re.findall(r"(?<![-\w])color:([^;]+)", style)) <= {"inherit"}, style


def test_05_14_every_tone_has_a_symbol_and_a_word():
    line = Line(
        cells=(Cell(text="HOLDS", tone="good"), Cell(text="BROKEN", tone="bad"), Cell(text="UNPROVEN", tone="open"))
    )
    text = Reader(Card(tone="plain", badge="x", title="t", columns=("a", "b", "c"), lines=(line,)).html()).text
    assert "✓ HOLDS ✗ BROKEN ? UNPROVEN" in text


def no(**more) -> Infeasible:
    closest = (reading("auroc", 0.93, 0.9, 0.95, baseline=0.5), reading("mae", 1.0, 1.0, 1.0))
    settings = {"route": "linear", "why": "auroc was at best 0.93", "next_step": "allow auroc >= 0.9", "candidates": 12}
    return Infeasible(limit=parse_limit("auroc >= 0.99"), closest=closest, seconds=61.0, **{**settings, **more})


def test_05_14_an_honest_no_shows_the_limit_the_closest_and_what_to_do():
    finding = Finding(code="target-copy", severity="block", evidence="R2 1", fix="drop it", column=EVIL)
    found = no(told=Told(findings=(finding,), notices=("3 rows left out",)))
    html = found._repr_html_()
    text = Reader(html).text
    for part in (
        "✗ INFEASIBLE auroc >= 0.99 cannot be kept",
        "candidates tried: 12, in 1 min 1 s",
        "auroc auroc >= 0.99 was asked 0.9300 0.9000 to 0.9500, n = 200 0.5000",
        "why: auroc was at best 0.93",
        "do: allow auroc >= 0.9",
        "ALERT target-copy(",
        "3 rows left out",
    ):
        assert part in text, part
    assert "<script" not in html
    assert repr(found) == "<Infeasible: auroc was at best 0.93; do: allow auroc >= 0.9>"


def verification(word, *, n_rows=300, problems=()) -> Verification:
    value = {"HOLDS": 0.95, "UNPROVEN": 0.91, "BROKEN": 0.8}[word]
    limit = parse_limit("auroc >= 0.9")
    measured = reading("auroc", value, value - 0.03, value + 0.03, baseline=0.5)
    judged = Judged(limit=limit, reading=measured, verdict=Verdict(word))
    return Verification(judged=(judged,), how={"auroc": "measured now"}, n_rows=n_rows, problems=problems)


@pytest.mark.parametrize(
    ("found", "symbol", "word"),
    [
        (verification("HOLDS"), "✓", "SOUND"),
        (verification("UNPROVEN"), "?", "UNPROVEN"),
        (verification("BROKEN"), "✗", "MISSED"),
        (verification("HOLDS", problems=(EVIL,)), "✗", "DAMAGED"),
    ],
    ids=["sound", "too few", "missed", "damaged"],
)
def test_05_14_a_verification_shows_which_of_four_things_it_found(found, symbol, word):
    html = found._repr_html_()
    text = Reader(html).text
    assert text.startswith(f"{symbol} {word} ") and "every limit measured now" in text and "0.5000" in text
    assert "<script" not in html


def test_the_sentence_counts_every_verdict():
    assert sentence_of(["HOLDS"]) == "1 limit holds"
    assert (
        sentence_of(["HOLDS", "HOLDS", "UNPROVEN", "BROKEN", "BROKEN"]) == "2 limits hold, 2 are BROKEN, 1 is unproven"
    )


@pytest.mark.slow
def test_05_14_a_built_specialist_shows_what_it_holds():
    model = trivet.compile(cancer(), target="diagnosis", limits="auroc >= 0.7", steps=FAST, time="60s")
    text = Reader(model._repr_html_()).text
    assert text.startswith("✓ CERTIFIED 1 limit holds classifies 'diagnosis' (benign, malignant) from 6 columns")
    assert "569 rows" in text and "1 limit holds" in repr(model)
