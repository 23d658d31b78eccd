"""Limits and verdicts: laws that hold for every reading."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.core.errors import BadLimit, BadUse
from trivet.core.limits import Limit, Verdict, split_limit
from trivet.core.reading import Reading, reading_from_json
from trivet.core.registry import homes, nearest_limit, parse_limit

numbers = st.floats(-1e6, 1e6)
RANK = {Verdict.BROKEN: 0, Verdict.UNPROVEN: 1, Verdict.HOLDS: 2}


@st.composite
def readings(draw):
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Reading(gauge="auroc", value=value, low=low, high=high, n=draw(st.integers(1, 10**6)))


@st.composite
def limits(draw):
    return Limit(gauge="auroc", must=draw(st.sampled_from([">=", "<="])), bound=draw(numbers))


@given(limits(), readings())
def test_holds_exactly_when_the_whole_interval_keeps_the_limit(limit, reading):
    kept = [limit.room(number) >= 0 for number in (reading.low, reading.value, reading.high)]
    assert (limit.judge(reading) is Verdict.HOLDS) == all(kept)


@given(limits(), readings())
def test_broken_exactly_when_the_whole_interval_breaks_it(limit, reading):
    assert (limit.judge(reading) is Verdict.BROKEN) == (limit.room(limit.best(reading)) < 0)


@given(limits(), readings(), st.floats(0, 1e6))
def test_a_looser_bound_never_gets_a_worse_verdict(limit, reading, slack):
    looser = Limit(gauge="auroc", must=limit.must, bound=limit.bound + (-slack if limit.must == ">=" else slack))
    assert RANK[looser.judge(reading)] >= RANK[limit.judge(reading)]


@given(limits(), readings(), st.floats(0, 1e6))
def test_a_wider_interval_never_gets_a_surer_verdict(limit, reading, more):
    wider = Reading(gauge="auroc", value=reading.value, low=reading.low - more, high=reading.high + more, n=reading.n)
    assert limit.judge(wider) in (limit.judge(reading), Verdict.UNPROVEN)


@given(limits(), readings())
def test_both_directions_are_mirror_images(limit, reading):
    mirror = Limit(gauge="auroc", must="<=" if limit.must == ">=" else ">=", bound=-limit.bound)
    turned = Reading(gauge="auroc", value=-reading.value, low=-reading.high, high=-reading.low, n=reading.n)
    assert mirror.judge(turned) is limit.judge(reading)


@given(limits(), readings())
def test_an_approximate_interval_never_holds_and_breaks_as_any_other(limit, reading):
    doubted = limit.judge(replace(reading, approximate=True))
    plain = limit.judge(reading)
    assert doubted is (Verdict.UNPROVEN if plain is Verdict.HOLDS else plain)


@given(limits(), readings())
def test_a_busy_machine_breaks_no_limit_and_may_keep_one_all_the_same(limit, reading):
    busy = limit.judge(replace(reading, contended=True))
    plain = limit.judge(reading)
    assert busy is (Verdict.UNPROVEN if plain is Verdict.BROKEN else plain)


@given(readings(), st.booleans(), st.booleans())
def test_a_reading_comes_back_from_its_json_with_its_caveats(reading, approximate, contended):
    told = replace(reading, approximate=approximate, contended=contended, trials=12.5)
    assert reading_from_json(told.as_json()) == told
    assert ("approximate" in told.caveat, "busy" in told.caveat) == (approximate, contended)


@given(limits())
def test_an_unknown_value_is_never_said_to_hold(limit):
    reading = Reading(gauge="auroc", value=math.nan, low=-math.inf, high=math.inf, n=10)
    assert limit.judge(reading) is Verdict.BROKEN


@given(readings())
def test_a_reading_survives_json(reading):
    assert reading_from_json(reading.as_json()) == reading


def test_an_unbounded_interval_survives_json():
    reading = Reading(gauge="p99-latency", value=1.0, low=0.5, high=math.inf, unit="ms", n=100)
    assert reading.as_json()["high"] is None
    assert reading_from_json(reading.as_json()) == reading


@pytest.mark.parametrize(
    ("text", "gauge", "must", "bound"),
    [
        ("auroc >= 0.92", "auroc", ">=", 0.92),
        ("  auroc>=92%  ", "auroc", ">=", 0.92),
        ("size <= 200 kB", "size", "<=", 200_000),
        ("size =< 1KiB", "size", "<=", 1024),
        ("p99-latency ≤ 500 us", "p99-latency", "<=", 0.5),
        ("p99_latency <= 2 s", "p99-latency", "<=", 2000),
        ("rows-per-second >= 10 krows/s", "rows-per-second", ">=", 10_000),
        ("AUROC >= 0.9", "auroc", ">=", 0.9),
        ("size <= 50kb", "size", "<=", 50_000),
        ("Size <= 50 KB", "size", "<=", 50_000),
        ("p99-latency<=5MS", "p99-latency", "<=", 5),
        ("P99_Latency <= 5 \u03bcs", "p99-latency", "<=", 0.005),
        ("rows-per-second >= 10000", "rows-per-second", ">=", 10_000),
        ("rows-per-second >= 10k", "rows-per-second", ">=", 10_000),
        ("coverage >= 90%", "coverage", ">=", 0.9),
    ],
)
def test_05_15_limits_are_read_as_people_write_them(text, gauge, must, bound):
    limit = parse_limit(text)
    assert (limit.gauge, limit.must) == (gauge, must)
    assert limit.bound == pytest.approx(bound, rel=1e-12)


@pytest.mark.parametrize("text", ["auroc > 0.9", "auroc == 1", "auroc", ">= 3", "", "auroc >= ", "a b >= 3"])
def test_other_forms_are_refused_with_an_example(text):
    with pytest.raises(BadLimit, match="limit-form") as caught:
        split_limit(text)
    assert repr(text) in caught.value.found and "auroc >= 0.92" in caught.value.do


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("accuracy > 0.9", "accuracy >= 0.9"),
        ("size < 50kb", "size <= 50kb"),
        ("size < 50", "size <= 50 kB"),
        ("auroc == 1", "auroc >= 1"),
        ("mae = 3", "mae <= 3"),
        ("AUROC 0.9", "auroc >= 0.9"),
        ("auroc", "auroc >= 0.92"),
        ("p99 latency <= 5 ms", "p99-latency <= 5 ms"),
        ("0.9 <= auroc", "auroc >= 0.9"),
        ("size <= 5", "size <= 5 kB"),
        ("size <= 5m", "size <= 5 MB"),
        ("size <= 5 ms", "size <= 5 kB"),
        ("size <= 1,5 kB", "size <= 1.5 kB"),
        ("p99-latency <= 5", "p99-latency <= 5 ms"),
        ("auroc >= high", "auroc >= 0.92"),
    ],
)
def test_05_15_what_is_refused_is_answered_with_the_nearest_limit_that_is_not(text, nearest):
    with pytest.raises(BadLimit) as caught:
        parse_limit(text)
    assert f"write '{nearest}'" in caught.value.do
    assert str(parse_limit(nearest))


@given(st.text(max_size=20) | st.from_regex(r"(auroc|SIZE|p99 latency|mae) ?[<>=~]{0,2} ?[0-9,.]{0,4} ?[a-zA-Z%]{0,3}"))
def test_05_15_whatever_is_offered_as_the_nearest_limit_is_one(text):
    near = nearest_limit(text)
    assert near is None or parse_limit(near).base in homes("gauge")


@pytest.mark.parametrize("text", ["size <= 5", "size <= 5 ms", "p99-latency <= 5", "auroc >= 5 kB", "auroc >= high"])
def test_a_wrong_unit_is_refused_with_the_right_one(text):
    with pytest.raises(BadLimit, match="limit-unit") as caught:
        parse_limit(text)
    assert "trivet explain" in caught.value.do


def test_an_unknown_gauge_is_answered_with_the_nearest():
    with pytest.raises(BadUse, match=r"unknown-gauge") as caught:
        parse_limit("aurco >= 0.9")
    assert "'auroc'" in caught.value.do


@pytest.mark.parametrize("text", ["auroc >= 0.92", "size <= 200 kB", "p99-latency <= 1 ms", "rmse <= 12345.678"])
def test_a_limit_is_shown_so_that_it_reads_back(text):
    assert parse_limit(str(parse_limit(text))).bound == pytest.approx(parse_limit(text).bound, rel=1e-5)
