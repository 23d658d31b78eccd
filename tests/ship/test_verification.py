"""The four outcomes of a verification and the words for each, from readings made by hand."""

import math
from dataclasses import replace

import pytest

from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Machine, Reading
from trivet.core.registry import parse_limit
from trivet.engine.outcome import Judged
from trivet.engine.overlap import Overlap
from trivet.kit.stats.rows_needed import rows_needed
from trivet.ship.verification import Verification, is_cost, note_on, rows_to_settle, text_columns

CPU = Machine(cpu="made", cores=2, system="none", python="3")
QUALITY, COST, SIZE = (parse_limit(text) for text in ("auroc >= 0.8", "p50-latency <= 1 ms", "size <= 1 kB"))
SPANS = {
    Verdict.HOLDS: (0.9, 0.85, 0.95), Verdict.BROKEN: (0.7, 0.65, 0.75), Verdict.UNPROVEN: (0.82, 0.76, 0.88),
}  # fmt: skip


def judged(limit: Limit, verdict: Verdict, **more) -> Judged:
    value, low, high = SPANS[verdict]
    if limit.must == "<=":  # a number below the bound is good: mirrored at it
        bound = limit.bound
        value, low, high = (bound * (1.8 - end) for end in (value, high, low))
    where = {"where": CPU} if limit is COST else {}
    reading = Reading(gauge=limit.gauge, value=value, low=low, high=high, unit=limit.unit, n=400, **{**where, **more})
    assert limit.judge(reading) is verdict
    return Judged(limit=limit, reading=reading, verdict=verdict)


def found(*each: Judged, rows=400, seen: float | None = None, problems=()) -> Verification:
    share = 0.0 if seen is None else seen
    overlap = Overlap(
        share=share, low=share, high=share, sampled=400, natural=0.0, is_exact=True, needed=1, effective=400
    )
    how = {one.limit.gauge: "measured now" for one in each}
    return Verification(
        judged=each, how=how, n_rows=rows, overlap=None if seen is None else overlap, problems=tuple(problems)
    )


HOLDS, UNPROVEN, BROKEN = (judged(QUALITY, verdict) for verdict in Verdict)
CHEAP, UNSURE, SLOW = (judged(COST, verdict) for verdict in Verdict)
LARGE = judged(SIZE, Verdict.BROKEN)


@pytest.mark.parametrize(
    ("verification", "outcome", "headline"),
    [
        (found(HOLDS), "SOUND", "SOUND: 1 limit holds on these 400 rows"),
        (found(HOLDS, CHEAP, rows=1234), "SOUND", "SOUND: 2 limits hold on these 1,234 rows"),
        (found(HOLDS, seen=0.0), "SOUND", "SOUND: 1 limit holds on these 400 rows"),
        (found(HOLDS, CHEAP, rows=0), "SOUND", "SOUND: the file is whole, and its verdicts follow from its readings"),
        (
            found(UNPROVEN, CHEAP, rows=0), "SOUND",
            "SOUND: the file is whole, and its verdicts follow from its readings; 1 of 2 limits is UNPROVEN",
        ),
        (
            found(UNPROVEN, UNSURE, rows=0), "SOUND",
            "SOUND: the file is whole, and its verdicts follow from its readings; 2 of 2 limits are UNPROVEN",
        ),
        (found(BROKEN), "MISSED", "MISSED: 1 of 1 limit is broken on these 400 rows"),
        (found(BROKEN, SLOW, UNPROVEN), "MISSED", "MISSED: 2 of 3 limits are broken on these 400 rows"),
        (found(HOLDS, SLOW, rows=0), "MISSED", "MISSED: 1 of 2 limits is broken"),
        (found(HOLDS, SLOW), "MISSED", "MISSED: 1 of 2 limits is broken on these 400 rows"),
        (
            found(HOLDS, UNSURE), "UNPROVEN",
            "UNPROVEN: measurements on this machine differ too much to say: p50-latency <= 1 ms",
        ),
        (
            found(BROKEN, seen=0.9), "UNPROVEN",
            "NOT FRESH: 90 % of these rows were in the build; what follows measures memory, not skill",
        ),
        (
            found(HOLDS, seen=0.5), "UNPROVEN",
            "NOT FRESH: 50 % of these rows were in the build; what follows measures memory as well as skill",
        ),
        (
            found(HOLDS, SLOW, seen=0.9), "MISSED",
            "MISSED: a cost limit is broken. NOT FRESH: 90 % of these rows were in the build; "
            "what follows measures memory, not skill",
        ),
        (found(HOLDS, LARGE, seen=0.9), "MISSED", None),
        (found(SLOW, problems=("x",)), "DAMAGED", "DAMAGED: the file was altered, or contradicts itself"),
    ],
)  # fmt: skip
def test_an_outcome_and_its_words(verification, outcome, headline):
    assert verification.outcome == outcome
    assert verification.is_sound == (outcome == "SOUND") == verification.as_json()["sound"]
    if headline is not None:
        assert str(verification).splitlines()[0] == headline


def test_too_few_rows_are_told_with_as_many_as_the_hungriest_limit_needs():
    other = parse_limit("f1 >= 0.8")
    hungry = Judged(limit=other, reading=replace(UNPROVEN.reading, gauge="f1", value=0.805), verdict=Verdict.UNPROVEN)
    needed = [rows_needed(one.limit, one.reading) for one in (UNPROVEN, hungry)]
    assert needed[0] < needed[1]
    told = str(found(UNPROVEN, hungry, UNSURE)).splitlines()[0]
    assert told == (
        "UNPROVEN: these 400 rows are too few to say: auroc >= 0.8, f1 >= 0.8, p50-latency <= 1 ms; "
        f"about {needed[1]:,} would settle it"
    )
    nowhere = replace(hungry, reading=replace(hungry.reading, value=0.8))
    assert str(found(UNPROVEN, nowhere)).splitlines()[0].endswith("too few to say: auroc >= 0.8, f1 >= 0.8")


def test_an_unproven_limit_is_settled_on_either_side():
    assert rows_to_settle(HOLDS) is None and rows_to_settle(BROKEN) is None
    assert rows_to_settle(UNPROVEN) == rows_needed(QUALITY, UNPROVEN.reading)
    below = Judged(limit=QUALITY, reading=replace(UNPROVEN.reading, value=0.78), verdict=Verdict.UNPROVEN)
    turned = Limit(gauge="auroc", must="<=", bound=0.8)
    assert rows_to_settle(below) == rows_needed(turned, below.reading) > 400
    assert rows_to_settle(UNSURE) is None
    most = parse_limit("log-loss <= 0.8")
    above = Judged(limit=most, reading=replace(below.reading, gauge="log-loss", value=0.82), verdict=Verdict.UNPROVEN)
    assert rows_to_settle(above) == rows_needed(Limit(gauge="log-loss", must=">=", bound=0.8), above.reading)


def test_a_note_tells_on_which_side_an_unproven_value_lies_and_what_settles_it():
    needed = rows_to_settle(UNPROVEN)
    assert note_on(UNPROVEN) == f"the value keeps it, the interval reaches past; about {needed:,} rows would settle it"
    at_bound = replace(UNPROVEN, reading=replace(UNPROVEN.reading, value=0.8))
    assert note_on(at_bound) == "the value keeps it, the interval reaches past"
    below = replace(UNPROVEN, reading=replace(UNPROVEN.reading, value=0.78))
    assert note_on(below).startswith("the value breaks it, the interval reaches past; about ")
    assert note_on(HOLDS) == "" == note_on(BROKEN)
    nothing = Reading(gauge="auroc", value=math.nan, low=-math.inf, high=math.inf, n=3, notes=("one class",))
    assert note_on(Judged(limit=QUALITY, reading=nothing, verdict=Verdict.UNPROVEN)) == "one class"


def test_a_limit_that_a_constant_answer_keeps_says_so():
    for baseline, words in ((0.8, "the constant answer keeps it too"), (0.79, ""), (None, "")):
        assert note_on(replace(HOLDS, reading=replace(HOLDS.reading, baseline=baseline))) == words
    notes = note_on(replace(UNPROVEN, reading=replace(UNPROVEN.reading, baseline=0.9)))
    assert notes.endswith("rows would settle it; the constant answer keeps it too")


def test_costs_are_what_was_measured_of_a_machine_or_counted_in_bytes():
    assert [is_cost(one.reading) for one in (HOLDS, SLOW, LARGE)] == [False, True, True]


def test_json_tells_every_limit_with_its_reading():
    told = found(HOLDS, UNPROVEN, seen=0.25).as_json()
    assert told["outcome"] == "UNPROVEN" and told["rows"] == 400 and told["overlap"]["share"] == 0.25
    assert [one["verdict"] for one in told["limits"]] == ["HOLDS", "UNPROVEN"]
    assert [one["rows_needed"] for one in told["limits"]] == [None, rows_to_settle(UNPROVEN)]
    assert told["limits"][1]["note"] == note_on(UNPROVEN) and told["limits"][0]["how"] == "measured now"
    assert told["limits"][1]["reading"] == UNPROVEN.reading.as_json()
    assert found(HOLDS).as_json()["overlap"] is None


def test_lines_stand_in_columns_and_an_empty_column_is_left_out():
    assert text_columns([["a", "", "long"], ["bcd", "", "x"]]) == ["  a    long", "  bcd  x"]
    assert str(found(rows=0)).splitlines()[1] == "  no limits"
    assert str(found(problems=("p",))).splitlines()[1:] == ["  problem: p"]


def test_the_card_of_a_verification_has_the_words_of_its_headline():
    html = found(HOLDS, UNPROVEN)._repr_html_()
    assert "every limit measured now" in html and "UNPROVEN" in html and "too few to say" in html
    mixed = replace(found(HOLDS, CHEAP, rows=0), how={"auroc": "as certified", "p50-latency": "measured now"})
    html = mixed._repr_html_()
    assert "every limit" not in html and "as certified" in html and "measured now" in html
