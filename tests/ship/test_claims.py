"""What a file may say of itself, worked by hand: levels, readings that go together, and what does not follow."""

import math
from dataclasses import replace

import pytest

from trivet.core.candidate import Candidate
from trivet.core.levels import Look
from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.registry import parse_limit
from trivet.ship.claims import Claims, agree, contradictions, limit_problems, look_of
from trivet.testing.tasks import made_task

AUROC, SIZE = parse_limit("auroc >= 0.8"), parse_limit("size <= 1 kB")
LOOK = Look(build=2, finalist=1)
STATED = Reading(gauge="auroc", value=0.9, low=0.86, high=0.93, n=300)


def judged(low=0.84, high=0.95, limit: Limit = AUROC, **more) -> Reading:
    return Reading(**{"gauge": limit.gauge, "value": 0.9, "low": low, "high": high, "n": 300,
                      "sure": LOOK.two_sided(limit.sure), **more})  # fmt: skip


def claims(reading=None, said="HOLDS", outcome="CERTIFIED", look=LOOK, stated=STATED, limit=AUROC) -> Claims:
    return Claims(
        candidate=Candidate(task=made_task("classify", ("no", "yes")), parts={}),
        limits=(limit,),
        stated={} if stated is None else {stated.gauge: stated},
        said={} if said is None else {str(limit): said},
        judged={str(limit): judged() if reading is None else reading},
        look=look,
        outcome=outcome,
        alerts=(),
    )


def test_what_follows_is_no_contradiction():
    assert contradictions(claims()) == []
    assert contradictions(claims(said="BROKEN", outcome="BROKEN", reading=judged(0.7, 0.79), stated=None)) == []
    assert contradictions(claims(said="UNPROVEN", outcome="UNPROVEN", reading=judged(0.79, 0.95))) == []
    assert contradictions(claims(outcome="")) == []  # files that have none


@pytest.mark.parametrize(
    ("said", "outcome", "problem"),
    [
        ("UNPROVEN", "UNPROVEN", "the file says UNPROVEN for auroc >= 0.8, its own reading gives HOLDS"),
        ("BROKEN", "BROKEN", "the file says BROKEN for auroc >= 0.8, its own reading gives HOLDS"),
        ("HOLDS", "UNPROVEN", "the file says UNPROVEN, its verdicts give CERTIFIED"),
        ("HOLDS", "BROKEN", "the file says BROKEN, its verdicts give CERTIFIED"),
    ],
)
def test_a_verdict_or_an_outcome_that_does_not_follow_is_told(said, outcome, problem):
    assert contradictions(claims(said=said, outcome=outcome)) == [problem]


def test_a_limit_needs_a_verdict_and_a_reading_that_it_was_judged_by():
    whole = claims()
    for missing in (replace(whole, said={}), replace(whole, judged={}), replace(whole, said={}, judged={})):
        assert limit_problems(AUROC, missing) == ["the file has no verdict on auroc >= 0.8"]


@pytest.mark.parametrize(
    ("off", "is_told"), [(0.0, False), (5e-10, False), (-5e-10, False), (2e-9, True), (-2e-9, True)]
)
def test_the_level_is_that_of_the_look_to_a_billionth(off, is_told):
    sure = LOOK.two_sided(0.95) + off
    found = limit_problems(AUROC, claims(reading=judged(sure=sure)))
    assert [("its look asks for 99.962 %" in one) for one in found] == [True] * is_told
    assert limit_problems(AUROC, claims(reading=judged(sure=sure), look=None)) == []


def test_each_limit_has_the_level_of_its_own_sure():
    strict = replace(AUROC, sure=0.99)
    own, usual = judged(limit=strict), judged()
    assert limit_problems(strict, claims(reading=own, limit=strict)) == []
    (problem,) = limit_problems(strict, claims(reading=usual, limit=strict))
    assert problem == "auroc >= 0.8 was judged at 99.962 %, its look asks for 99.9924 %"


def test_a_reading_that_the_body_does_not_state_is_told_and_one_that_is_missing_is_not():
    other = replace(STATED, n=301)
    told = "the reading that auroc >= 0.8 was judged by is not the one that the file states"
    assert limit_problems(AUROC, claims(stated=other)) == [told]
    assert limit_problems(AUROC, claims(stated=None)) == []


def test_a_limit_is_measured_anew_at_the_level_at_which_it_was_judged():
    assert claims().level(AUROC) == LOOK.two_sided(0.95)
    assert claims().level(SIZE) == 0.95  # of a file that does not tell
    assert claims().broken == ()
    assert claims(said="BROKEN").broken == ("auroc >= 0.8",)
    assert claims(said=None).broken == ()


INNER = Reading(gauge="g", value=100.0, low=90.0, high=110.0, n=50, sure=0.95)
OUTER = replace(INNER, low=85.0, high=115.0, sure=0.99)


@pytest.mark.parametrize(
    ("stated", "other", "is_so"),
    [
        (INNER, OUTER, True),
        (OUTER, INNER, True),
        (INNER, replace(OUTER, low=90.0, high=110.0), True),  # of what is counted exactly both are as wide
        (INNER, replace(OUTER, low=90.00000005), True),
        (INNER, replace(OUTER, low=90.001), False),
        (INNER, replace(OUTER, high=109.99999995), True),
        (INNER, replace(OUTER, high=109.999), False),
        (INNER, replace(OUTER, sure=0.9), False),  # a lower level cannot be wider
        (INNER, replace(OUTER, value=100.00000005), True),
        (INNER, replace(OUTER, value=100.001), False),
        (INNER, replace(OUTER, value=99.999), False),
        (INNER, replace(OUTER, n=51), False),
        (replace(INNER, value=0.0, low=-1, high=1), replace(OUTER, value=5e-10, low=-2, high=2), True),
        (replace(INNER, value=0.0, low=-1, high=1), replace(OUTER, value=1e-9, low=-2, high=2), True),  # to the edge
        (replace(INNER, value=0.0, low=-1, high=1), replace(OUTER, value=2e-9, low=-2, high=2), False),
        (INNER, replace(INNER, low=91.0), False),  # of one level: nobody is judged by less than is stated
        (replace(INNER, value=math.nan), replace(OUTER, value=math.nan), True),
        (replace(INNER, value=math.nan), OUTER, False),
        (INNER, replace(OUTER, value=math.nan), False),
    ],
)
def test_two_readings_go_together_when_the_surer_one_is_as_wide_at_least(stated, other, is_so):
    assert agree(stated, other) is is_so


def test_a_look_is_one_that_there_can_be():
    assert look_of(None) is None
    assert look_of({"build": 1, "finalist": 1}) == Look()
    assert look_of({"build": "7", "finalist": 3}) == Look(build=7, finalist=2)
    for build, finalist in ((0, 1), (-1, 1), (1, 0), (1, 4)):
        with pytest.raises(ValueError, match=f"build {build}, finalist {finalist}"):
            look_of({"build": build, "finalist": finalist})
