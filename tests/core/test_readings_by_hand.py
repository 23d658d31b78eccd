"""Readings and levels at their edges: sides without an end, values that are unknown, confidence that is whole."""

import math
from dataclasses import replace

import pytest

from trivet.core.levels import show_confidence
from trivet.core.limits import Limit, Verdict, gauge_named, split_limit
from trivet.core.reading import Machine, Reading, reading_from_json

PLAIN = Reading(gauge="mae", value=1.5, low=1.0, high=2.0, unit="s", n=7, sure=0.9, how="h", notes=("a", "b"))


@pytest.mark.parametrize(
    "reading",
    [
        PLAIN,
        replace(PLAIN, low=-math.inf),
        replace(PLAIN, high=math.inf),
        replace(PLAIN, low=-math.inf, high=math.inf, baseline=0.25, trials=3.5),
        replace(PLAIN, where=Machine(cpu="c", cores=2, system="s", python="3"), contended=True),
        replace(PLAIN, approximate=True, baseline=0.0),
    ],
)
def test_a_reading_comes_back_with_every_field(reading):
    assert reading_from_json(reading.as_json()) == reading


def test_what_is_no_number_is_null_and_comes_back():
    unknown = replace(PLAIN, value=math.nan, low=-math.inf, high=math.inf, baseline=math.nan)
    told = unknown.as_json()
    assert [told[name] for name in ("value", "low", "high", "baseline")] == [None] * 4
    back = reading_from_json(told)
    assert math.isnan(back.value) and (back.low, back.high, back.baseline) == (-math.inf, math.inf, None)


@pytest.mark.parametrize(
    ("approximate", "contended", "words"),
    [(False, False, ""), (True, False, "approximate"), (False, True, "machine was busy"),
     (True, True, "approximate, machine was busy")],
)  # fmt: skip
def test_the_caveat_of_a_number(approximate, contended, words):
    assert replace(PLAIN, approximate=approximate, contended=contended).caveat == words


def test_nothing_is_doubted_unless_it_is_said():
    bare = Reading(gauge="g", value=1, low=0, high=2)
    assert not bare.approximate and not bare.contended and (bare.n, bare.trials, bare.sure) == (0, 0.0, 0.95)
    assert str(Machine(cpu="c", cores=2, system="s", python="3")) == "c, 2 cores"


@pytest.mark.parametrize(("confidence", "shown"), [
    (1.0, "100 %"), (1.1, "100 %"), (0.0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.9951, "99.51 %"),
    (0.90001, "90 %"), (0.899, "89 %"),
])  # fmt: skip
def test_confidence_is_shown_rounded_down(confidence, shown):
    assert show_confidence(confidence) == shown


def judged(must, low, high, **more):
    return Limit(gauge="g", must=must, bound=1.0).judge(
        Reading(gauge="g", value=(low + high) / 2, low=low, high=high, **more)
    )


@pytest.mark.parametrize(("low", "high", "least", "most"), [
    (1.0, 2.0, "HOLDS", "UNPROVEN"), (0.0, 1.0, "UNPROVEN", "HOLDS"), (1.0, 1.0, "HOLDS", "HOLDS"),
    (0.5, 1.5, "UNPROVEN", "UNPROVEN"), (0.0, 0.99, "BROKEN", "HOLDS"), (1.01, 2.0, "HOLDS", "BROKEN"),
])  # fmt: skip
def test_the_bound_itself_keeps_a_limit(low, high, least, most):
    assert (judged(">=", low, high), judged("<=", low, high)) == (least, most)


def test_caveats_turn_each_verdict_the_careful_way():
    assert judged(">=", 1.0, 2.0, approximate=True) is Verdict.UNPROVEN
    assert judged(">=", 1.0, 2.0, contended=True) is Verdict.HOLDS
    assert judged(">=", 0.0, 0.5, approximate=True) is Verdict.BROKEN
    assert judged(">=", 0.0, 0.5, contended=True) is Verdict.UNPROVEN
    assert judged(">=", math.nan, 2.0) is Verdict.BROKEN
    limit = Limit(gauge="coverage(among=sex)", must="<=", bound=3.0)
    assert (limit.base, limit.room(2.0), limit.sure) == ("coverage", 1.0, 0.95)
    assert (limit.worst(PLAIN), limit.best(PLAIN)) == (2.0, 1.0)
    assert (replace(limit, must=">=").worst(PLAIN), replace(limit, must=">=").best(PLAIN)) == (1.0, 2.0)
    assert replace(limit, must=">=").room(2.0) == -1.0


def test_names_of_gauges_keep_their_parameters():
    assert gauge_named(" P99_Latency ") == "p99-latency"
    assert gauge_named("Coverage(among=Sex_At_Birth)") == "coverage(among=Sex_At_Birth)"
    assert split_limit('coverage(among="a)b") ≥ 0.9') == ('coverage(among="a)b")', ">=", "0.9")
