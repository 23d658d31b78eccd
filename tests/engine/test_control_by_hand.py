"""How a dial is set, by hand, with a dial whose every setting has a known accuracy."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.candidate import Candidate
from trivet.core.gauges import plain_trial
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge, parse_limit
from trivet.engine.control import (
    are_plain,
    can_be_controlled,
    counts_alike,
    depending,
    how_set,
    noted,
    reads,
    serves,
    set_on,
    told_how,
    walked,
)
from trivet.kit.conformal.decision import Decision
from trivet.kit.conformal.dial import Dial
from trivet.kit.conformal.interval_pad import IntervalPad
from trivet.kit.conformal.set_floors import SetFloors
from trivet.runtime.batch import Answers
from trivet.runtime.kinds.control import KEY
from trivet.runtime.part import Part
from trivet.testing.tasks import made_task
from trivet.testing.trials import bare_rows, made_rows, made_trial

TASK = made_task("classify", ("no", "yes"))


def limits_of(*texts):
    return [parse_limit(text) for text in texts]


def right(share: float, rows: int = 200):
    """A trial whose first answers are wrong and whose others are right."""
    truth = np.zeros(rows, int)
    return plain_trial(TASK, bare_rows(truth), Answers(chosen=(np.arange(rows) >= share * rows).astype(int)))


class Made(Dial):
    """A setting is the share of right answers; the lower it is, the more use it is of."""

    gives = ("chosen",)
    serves = (("accuracy", ">="),)
    floors: tuple = ()
    one_floor = False

    def rungs(self, trial):
        return [0.9, 0.99, 0.8, 0.95]

    def said(self, trial, setting):
        return right(setting, len(trial.truth)).plain

    def use(self, trial):
        return float((trial.plain["chosen"] != 0).mean())

    @property
    def is_one_floor(self):
        return self.one_floor

    def proven(self, trial, coverage, alpha):
        self.asked = (*getattr(self, "asked", ()), (coverage, alpha))
        return dict(self.floors)[coverage]


def dial(*texts) -> Made:
    return Made(Candidate(task=TASK, parts={}), limits_of(*texts))


def test_settings_are_walked_from_the_safest_to_the_last_that_is_proven():
    # 180 of 200 prove .85 at 5 %, 160 do not; the order is .99, .95, .9, .8.
    made, limits = dial(), limits_of("accuracy >= 0.85")
    assert walked(made, right(1.0), right(0.5), limits, lambda _: 0.05) == (0.9, True)
    assert walked(made, right(1.0), right(0.5), limits_of("accuracy >= 0.91"), lambda _: 0.05) == (0.95, True)
    assert walked(made, right(1.0), right(0.5), limits_of("accuracy >= 0.91"), lambda _: 1e-5) == (0.99, True)


def test_where_nothing_is_proven_the_setting_stays_unless_it_would_seem_to_hold():
    made, limits = dial(), limits_of("accuracy >= 0.995")
    assert walked(made, right(1.0), right(0.5), limits, lambda _: 0.05) == (None, False)
    # As the tune rows set it, it would seem to hold: that was not the first in turn, so the first is taken, unproven.
    assert walked(made, right(1.0), right(1.0, rows=2000), limits, lambda _: 0.05) == (0.99, False)
    none_can = limits_of("set-size <= 2")
    assert walked(made, right(1.0), right(1.0), none_can, lambda _: 0.05) == (None, False)


def floored(**floors) -> Made:
    made = dial("coverage >= 0.9")
    made.one_floor, made.floors = True, tuple((float(name[1:]) / 100, floor) for name, floor in floors.items())
    return made


def test_one_floor_is_set_as_far_as_the_strictest_limit_lets_it(monkeypatch):
    import trivet.engine.control as module

    held = []
    monkeypatch.setattr(module, "holds", lambda trial, limits, alpha: held.append(trial.plain["chosen"].mean()) or True)
    limits = limits_of("coverage >= 0.9", "coverage >= 0.95")
    made = floored(c90=0.9, c95=0.95)
    assert set_on(made, right(1.0), right(0.5), limits, lambda limit: limit.bound / 10) == (0.95, True)
    assert made.asked == ((0.9, pytest.approx(0.09)), (0.95, pytest.approx(0.095))) and held == [pytest.approx(0.05)]
    assert set_on(floored(c90=0.9, c95=None), right(1.0), right(0.5), limits, lambda _: 0.05) == (None, False)
    monkeypatch.setattr(module, "holds", lambda *_: False)
    assert set_on(floored(c90=0.9, c95=0.95), right(1.0), right(0.5), limits, lambda _: 0.05) == (0.95, False)


@pytest.mark.parametrize("why", ["several floors", "another limit", "weights"])
def test_all_else_is_walked(why, monkeypatch):
    import trivet.engine.control as module

    monkeypatch.setattr(module, "walked", lambda *_: "walked")
    made, limits, vault = floored(c90=0.9), limits_of("coverage >= 0.9"), right(0.5)
    if why == "several floors":
        made.one_floor = False
    elif why == "another limit":
        limits = limits_of("coverage >= 0.9", "set-size <= 2")
    else:
        vault = replace(vault, rows=replace(vault.rows, roles={"weight": np.ones(200)}))
    assert set_on(made, right(1.0), vault, limits, lambda _: 0.05) == "walked"


def test_plain_limits_ask_for_a_least_coverage_of_all_rows():
    assert are_plain(limits_of("coverage >= 0.9", "coverage >= 0.95")) and are_plain([])
    for text in ("coverage <= 0.9", "coverage(among=sex) >= 0.9", "set-size <= 2"):
        assert not are_plain(limits_of("coverage >= 0.9", text))


def test_rows_count_alike_without_weights_and_without_units_of_several():
    rows = made_rows("binary", "good", 6)
    bare = plain_trial(TASK, replace(rows, roles={}), Answers(chosen=np.zeros(6, int)))
    assert counts_alike(bare)
    assert counts_alike(right(1.0))  # of rows without inputs nothing tells
    assert not counts_alike(replace(bare, rows=replace(rows, roles={"weight": np.ones(6)})))
    assert not counts_alike(replace(bare, rows=replace(rows, roles={"group": np.array([0, 1, 2, 3, 4, 4])})))
    assert counts_alike(replace(bare, rows=replace(rows, roles={"group": np.array([9, 1, 2, 3, 4, 5])})))
    assert counts_alike(bare.take(np.zeros(0, int)))


def test_a_dial_serves_the_side_of_its_limits_that_it_can_set():
    assert serves(SetFloors, limits_of("size <= 1 kB", "coverage >= 0.9"))
    assert not serves(SetFloors, limits_of("coverage <= 0.9")) and not serves(SetFloors, [])
    assert serves(Decision, limits_of("false-alarms(positive=yes) <= 0.1"))
    assert not serves(IntervalPad, limits_of("worst-class-coverage >= 0.9"))


def test_limits_depend_on_a_dial_whose_answers_they_read():
    trial = replace(made_trial("binary"), costs={})
    limits = limits_of("coverage >= 0.9", "set-size <= 2", "accuracy >= 0.5", "size <= 1 kB", "false-alarms <= 0.5")
    assert [limit.gauge for limit in depending(SetFloors, trial, limits)] == ["coverage", "set-size"]
    assert [limit.gauge for limit in depending(Decision, trial, limits)] == ["accuracy", "false-alarms"]
    assert depending(IntervalPad, trial, limits) == ()


def test_a_gauge_reads_what_it_finds_also_on_rows_that_cannot_tell():
    trial = made_trial("binary")
    auroc = find_gauge("auroc")
    assert reads(auroc, trial) and reads(auroc, trial.take(np.flatnonzero(trial.truth == 0)))  # one class alone
    assert not reads(find_gauge("mae"), trial)


def test_a_part_says_for_which_limits_and_with_which_error_it_was_set():
    part = Part(kind="conformal-set", config={"coverage": 0.9, "a": 1}, arrays={})
    limits = limits_of("coverage >= 0.8", "worst-class-coverage >= 0.85", "set-size <= 2")
    made = noted(part, limits, lambda limit: 0.0123456789 * limit.bound)
    assert made.kind == "conformal-set" and made.config["a"] == 1
    assert made.config["coverage"] == 0.85  # the highest that the limits ask
    assert made.config[KEY] == [
        ["coverage >= 0.8", 0.00987654], ["worst-class-coverage >= 0.85", 0.0104938], ["set-size <= 2", 0.0246914]
    ]  # fmt: skip
    assert noted(part, limits[2:], lambda _: 0.01).config["coverage"] == 0.9  # nothing else was asked
    bare = Part(kind="labels", config={}, arrays={})
    assert set(noted(bare, limits, lambda _: 0.01).config) == {KEY}


def test_readings_of_what_was_set_say_so():
    one, two = (Reading(gauge=name, value=0, low=0, high=0, notes=("a",)) for name in ("coverage", "size"))
    assert [reading.notes for reading in told_how([one, two], {"coverage": how_set(0.025)})] == [
        ("a", "set on these rows by exact tests in a fixed order, error 2.5 % (arXiv 2110.01052)"), ("a",)
    ]  # fmt: skip


def test_one_dial_that_serves_is_enough():
    pad = Part(kind="conformal-set", config={}, arrays={"floor": np.zeros(2, np.float32)})
    guarded = Candidate(task=TASK, parts={"guard": pad})
    assert can_be_controlled(guarded, limits_of("coverage >= 0.9"))
    assert not can_be_controlled(guarded, limits_of("auroc >= 0.9"))
    assert not can_be_controlled(Candidate(task=TASK, parts={}), limits_of("coverage >= 0.9"))


def test_dials_share_the_error_of_each_limit(monkeypatch):
    import trivet.engine.control as module

    class Other(Made):
        gives = ("chosen",)

        def parts(self, setting):
            return {"other": Part(kind="made", config={"coverage": setting}, arrays={})}

    class Idle(Made):
        serves = (("auroc", ">="),)

    for kind in (Made, Other, Idle):
        monkeypatch.setattr(kind, "fits", classmethod(lambda cls, candidate: True))
    monkeypatch.setattr(Made, "parts", lambda self, setting: {"made": Part(kind="made", config={}, arrays={})})
    monkeypatch.setattr(module, "DIALS", (Made, Other, Idle))
    monkeypatch.setattr(module, "answers_on", lambda *_: right(1.0))
    asked, limits = [], limits_of("accuracy >= 0.5", "size <= 1 kB")

    def set_on(dial, seen, vault, own, alpha):
        asked.append((type(dial).__name__, [str(limit) for limit in own], [alpha(limit) for limit in own]))
        return (0.9, True) if type(dial) is Other else (0.8, False)

    monkeypatch.setattr(module, "set_on", set_on)
    candidate = Candidate(task=TASK, parts={"body": Part(kind="b", config={}, arrays={})})
    done = module.controlled(candidate, None, right(0.9), limits, lambda _: 0.04)
    assert asked == [(name, ["accuracy >= 0.5"], [0.02]) for name in ("Made", "Other")]
    assert set(done.candidate.parts) == {"body", "made", "other"}
    assert KEY not in done.candidate.parts["made"].config  # it was set, and not proven
    assert done.candidate.parts["other"].config[KEY] == [["accuracy >= 0.5", 0.02]]
    assert done.notes == {"accuracy": how_set(0.02)}
    monkeypatch.setattr(module, "set_on", lambda *_: (None, False))
    nothing = module.controlled(candidate, None, right(0.9), limits, lambda _: 0.04)
    assert set(nothing.candidate.parts) == {"body"} and nothing.notes == {}
