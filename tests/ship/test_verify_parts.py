"""What is measured anew, what is taken from the file, and what these rows cannot tell: with answers made by hand."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from trivet.core.errors import BadData, BadFile
from trivet.core.levels import Look
from trivet.core.limits import Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge, parse_limit
from trivet.data.split.row_sketch import row_sketch
from trivet.engine.judge import Seen
from trivet.engine.measure import PLAIN_QUESTION
from trivet.engine.overlap import Overlap
from trivet.ship import verify as module
from trivet.ship.claims import Claims
from trivet.ship.verify import (
    certified_or_measured,
    damaged_file,
    dropped_notes,
    group_notes,
    known_rows,
    limited_gauges,
    measure,
    measured_or_untold,
    overlap_notes,
    verify,
)
from trivet.testing.trials import made_rows, made_task_of, made_trial, sketch_of

ACCURACY, COST, SETS = (parse_limit(text) for text in ("accuracy >= 0.6", "p50-latency <= 1 ms", "coverage >= 0.5"))
STRANGE = replace(ACCURACY, gauge="mae")
LOOK = Look(build=2)
TRIAL = made_trial("binary", rows=200)


def judged(limit, low=0.7, value=0.8):
    return Reading(gauge=limit.gauge, value=value, low=low, high=0.9, n=50, sure=LOOK.two_sided(limit.sure))


def claims(*limits, constant=None, guard=True, **more) -> Claims:
    return Claims(**{
        "candidate": SimpleNamespace(task=made_task_of("binary"), sketch=sketch_of("binary", guard=guard)),
        "limits": limits, "stated": {}, "said": {}, "judged": {str(one): judged(one) for one in limits},
        "look": LOOK, "outcome": "", "alerts": (), "constant": constant, **more,
    })  # fmt: skip


@pytest.fixture
def tried(monkeypatch):
    """No process is started: the file answers what the made model says; the gauges that were asked for."""
    asked = []

    def try_file(data, task, rows, gauges, folder, storage):
        asked.append([str(gauge) for gauge in gauges])
        return Seen(answers={PLAIN_QUESTION: TRIAL.plain}, costs=TRIAL.costs)

    monkeypatch.setattr(module, "try_file", try_file)
    return asked


def test_gauges_are_measured_once_and_costs_alone_without_labels():
    both = claims(ACCURACY, replace(ACCURACY, bound=0.7), COST)
    assert [str(one) for one in limited_gauges(both, is_labelled=True)[0]] == ["accuracy", "p50-latency"]
    assert [str(one) for one in limited_gauges(both, is_labelled=False)[0]] == ["p50-latency"]
    assert limited_gauges(both, is_labelled=False)[1] == {}


def test_what_cannot_be_measured_here_is_told_with_its_reason():
    gauges, untold = limited_gauges(claims(SETS, STRANGE, ACCURACY, guard=False), is_labelled=True)
    assert [str(one) for one in gauges] == ["accuracy"]
    assert set(untold) == {"coverage", "mae"} and "it cannot be measured here: wanted" in untold["mae"]
    assert "no guard" in untold["coverage"]


def test_each_limit_is_read_at_the_level_at_which_it_was_judged(tried):
    strict = replace(ACCURACY, bound=0.5, sure=0.99)
    found = measure(b"", claims(ACCURACY, strict, COST), TRIAL.rows, is_labelled=True)
    assert tried == [["accuracy", "p50-latency"]] and found.untold == {}
    for limit in (ACCURACY, strict, COST):
        sure = LOOK.two_sided(limit.sure)
        expected = find_gauge(limit.gauge).measure(TRIAL, sure=sure)
        assert found.readings[limit] == replace(expected, sure=sure)
    assert found.readings[strict].low < found.readings[ACCURACY].low
    size = parse_limit("size <= 1 MB")  # counted exactly: the level is that of the verdict all the same
    assert measure(b"", claims(size), TRIAL.rows, is_labelled=True).readings[size].sure == LOOK.two_sided(0.95)
    usual = measure(b"", claims(ACCURACY, judged={}), TRIAL.rows, is_labelled=True).readings[ACCURACY]
    assert usual.sure == 0.95


def test_rows_that_cannot_tell_a_gauge_leave_the_others_told(tried):
    auroc, one_class = parse_limit("auroc >= 0.5"), np.zeros(200, int)
    found = measure(b"", claims(auroc, ACCURACY), replace(TRIAL.rows, truth=one_class), is_labelled=True)
    assert set(found.readings) == {ACCURACY} and set(found.untold) == {"auroc"}
    assert found.untold["auroc"].startswith("these rows cannot tell it: wanted rows of at least two classes")


def test_the_constant_answer_is_weighed_on_the_same_rows(tried):
    found = measure(b"", claims(ACCURACY, COST, constant={"probabilities": [0.3, 0.7]}), TRIAL.rows, is_labelled=True)
    assert found.readings[ACCURACY].baseline == pytest.approx((TRIAL.truth == 1).mean())
    assert found.readings[COST].baseline is None
    assert measure(b"", claims(ACCURACY), TRIAL.rows, is_labelled=True).readings[ACCURACY].baseline is None


def test_without_rows_a_reading_of_now_goes_before_that_of_the_file():
    now = module.Now(readings={COST: judged(COST, low=0.1, value=0.2)}, untold={})
    found, how = certified_or_measured(claims(ACCURACY, COST), now)
    assert how == {"accuracy": "as certified", "p50-latency": "measured now"}
    assert [one.limit for one in found] == [ACCURACY, COST]
    assert [one.reading.value for one in found] == [0.8, 0.2]
    assert [one.verdict for one in found] == [Verdict.HOLDS, Verdict.HOLDS]
    assert [one.build for one in found] == [2, None]
    without, _ = certified_or_measured(claims(ACCURACY, COST, judged={}), now)
    assert [one.limit for one in without] == [COST]
    blind, _ = certified_or_measured(claims(ACCURACY, look=None), module.Now(readings={}, untold={}))
    assert blind[0].build is None


def test_a_limit_that_rows_cannot_tell_is_unproven_with_the_reason():
    now = module.Now(readings={ACCURACY: judged(ACCURACY)}, untold={"coverage": "why"})
    told = measured_or_untold(ACCURACY, now, 40)
    assert (told.verdict, told.reading.value) == (Verdict.HOLDS, 0.8)
    untold = measured_or_untold(SETS, now, 40)
    assert untold.verdict is Verdict.UNPROVEN and math.isnan(untold.reading.value)
    assert (untold.reading.n, untold.reading.notes, untold.reading.gauge) == (40, ("why",), "coverage")
    assert (untold.reading.low, untold.reading.high) == (-math.inf, math.inf)


def test_rows_are_looked_up_in_what_the_file_knows_of_its_own():
    rows, problems = replace(made_rows("binary", "good", 100), roles={}), []
    sketch = row_sketch(rows)
    seen, groups = known_rows(sketch, rows, problems)
    assert seen.share == 1.0 and groups is None and problems == []
    assert known_rows(None, rows, problems) == (None, None)
    grouped = replace(rows, roles={"group": np.arange(100) // 10})
    assert known_rows(sketch, grouped, problems)[1] is None  # the build had no groups
    with_groups = row_sketch(grouped)
    assert known_rows(with_groups, grouped, problems)[1].share == 1.0
    assert known_rows(with_groups, rows, problems)[1] is None and problems == []
    assert known_rows({**sketch, "hashes": "?"}, rows, problems) == (None, None)
    assert len(problems) == 1 and problems[0].startswith("the sketch of the build's rows cannot be read")


def known(share=0.0, natural=0.0, sampled=400, is_exact=True, effective=400.0) -> Overlap:
    return Overlap(
        share=share, low=share, high=share, sampled=sampled, natural=natural, is_exact=is_exact, needed=900,
        effective=effective,
    )  # fmt: skip


def test_what_is_said_of_fresh_rows():
    rows = made_rows("binary", "good", 50)
    assert "nobody can tell whether these are fresh" in overlap_notes(None, rows)[0]
    assert overlap_notes(known(0.9), rows) == []  # the first line says it
    assert overlap_notes(known(0.0), rows) == ["0 % of these rows were in the build"]
    assert overlap_notes(known(0.1, natural=0.1), rows) == [
        "10 % of these rows were in the build; 10 % of fresh rows repeat one by nature"
    ]
    assert overlap_notes(known(sampled=3, is_exact=False, effective=3.0), rows) == [
        "whether these rows were in the build cannot be told: 3 of 50 are in the sample; 900 rows would be enough"
    ]


def test_what_is_said_of_groups_and_of_rows_that_were_left_out():
    rows = made_rows("binary", "good", 50)
    grouped = replace(rows, roles={"group": np.arange(50) // 5})
    assert group_notes(None, rows) == [] == group_notes(known(), rows)
    assert group_notes(None, grouped) == ["rows of 10 groups; whether the build had these groups cannot be told"]
    assert group_notes(known(0.5), grouped) == ["rows of 10 groups; 50 % of the rows belong to groups of the build"]
    assert group_notes(known(is_exact=False, effective=3.0), grouped)[0].endswith("cannot be told")
    assert dropped_notes([]) == []
    assert dropped_notes([("no answer", 1200), ("no weight", 3)]) == [
        "1,203 rows left out: no answer (1,200), no weight (3)"
    ]


def test_bytes_of_no_whole_file_are_damage():
    found = damaged_file(BadData("some-code", wanted="a file", found="none", do="x"))
    assert (found.outcome, found.problems) == ("DAMAGED", ("some-code: wanted a file; found none",))
    assert (found.n_rows, found.judged, found.as_json()["rows"]) == (0, (), 0)


@pytest.fixture
def opened(monkeypatch, tried):
    """A file that says what these tests say, without any bytes; its contents."""
    monkeypatch.setattr(module, "claims_of", lambda contents: contents.claims)
    monkeypatch.setattr(module, "contradictions", lambda claims: ["one"] if claims.alerts else [])
    monkeypatch.setattr(module, "self_test_problems", lambda data: ["two"] if data else [])
    monkeypatch.setattr(module, "made_up_rows", lambda manifest, task: TRIAL.rows)
    given = SimpleNamespace(rows=TRIAL.rows, dropped=(("no answer", 2),), notes=("last",))
    monkeypatch.setattr(module, "fresh_rows", lambda source, manifest, task, **more: given)
    return lambda evidence=None, **more: SimpleNamespace(
        claims=claims(ACCURACY, COST, **more), manifest={}, evidence=evidence or {}
    )


def test_without_rows_costs_alone_are_measured(opened, tried):
    found = verify(b"", opened())
    assert tried == [["p50-latency"]]
    assert found.how == {"accuracy": "as certified", "p50-latency": "measured now"}
    assert (found.n_rows, found.problems, found.overlap, found.notes) == (0, (), None, ())
    both = verify(b"x", opened(alerts=("a",), said={str(ACCURACY): "BROKEN"}))
    assert both.problems == ("one", "two")
    assert both.notes == (
        "the file itself says that it breaks accuracy >= 0.6", "the file itself warns of its data: a",
    )  # fmt: skip


def test_with_rows_everything_is_measured_and_they_are_looked_up(opened, tried):
    found = verify(b"", opened({"sketch": row_sketch(TRIAL.rows)}, alerts=("a",)), source="rows")
    assert tried == [["accuracy", "p50-latency"]] and found.problems == ("one",)
    assert found.how == {"accuracy": "measured now", "p50-latency": "measured now"}
    assert (found.n_rows, found.dropped) == (200, (("no answer", 2),))
    assert found.overlap.share == 1.0 and found.outcome == "DAMAGED"
    assert found.notes == (
        "the file itself warns of its data: a", "2 rows left out: no answer (2)", "last",
    )  # fmt: skip
    assert found.judged[0].reading.value == find_gauge("accuracy").measure(TRIAL).value
    assert verify(b"", opened(), source="rows").overlap is None


def test_a_manifest_of_no_compiled_file_is_damage(monkeypatch):
    def refuse(_):
        raise BadFile("report-manifest", wanted="a task", found="none", do="x")

    monkeypatch.setattr(module, "claims_of", refuse)
    assert verify(b"", None).problems == ("report-manifest: wanted a task; found none",)
