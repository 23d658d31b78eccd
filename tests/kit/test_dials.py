"""Dials by hand: what the model would say with another setting, which settings are tried, and what ships."""

import numpy as np
import pytest

from trivet.core.candidate import Candidate
from trivet.core.gauges import plain_trial
from trivet.core.limits import Verdict
from trivet.core.registry import find_gauge, parse_limit
from trivet.kit.conformal import control
from trivet.kit.conformal.decision import Decision, Rule, answered_rows, confidence, positive_in
from trivet.kit.conformal.dial import cuts_between, steps_of, weighted_mean
from trivet.kit.conformal.interval_pad import SLACK as PAD_SLACK
from trivet.kit.conformal.interval_pad import IntervalPad, float32_above
from trivet.kit.conformal.set_floors import SLACK, SetFloors, missed_above
from trivet.runtime.batch import Answers
from trivet.runtime.part import Part
from trivet.testing.tasks import made_task
from trivet.testing.trials import bare_rows

THREE = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5]], np.float32)
TRUTH = np.array([0, 0, 1, 1])


def limits_of(*texts):
    return [parse_limit(text) for text in texts]


def candidate(classes=("a", "b", "c"), **parts) -> Candidate:
    return Candidate(task=made_task("classify", classes), parts=parts)


def labels(*weights) -> Part:
    return Part(kind="labels", config={"of": 1}, arrays={"weights": np.array(weights, np.float32)})


def abstain(*floors) -> Part:
    return Part(kind="abstain", config={"is": 2}, arrays={"floor": np.array(floors, np.float32)})


def sets(*floors) -> Part:
    return Part(kind="conformal-set", config={"coverage": 0.9}, arrays={"floor": np.array(floors, np.float32)})


def trial(probabilities=THREE, truth=TRUTH, weight=None, classes=("a", "b", "c"), **more):
    answers = Answers(probabilities=probabilities, chosen=probabilities.argmax(axis=1), **more)
    return plain_trial(made_task("classify", classes), bare_rows(truth, weight), answers)


# Numbers to try


def test_numbers_to_try_are_different_finite_and_evenly_spread():
    numbers = np.array([3.0, 1.0, np.inf, 1.0, 2.0, np.nan, -np.inf])
    assert steps_of(numbers).tolist() == [1, 2, 3] and steps_of(numbers, 3).tolist() == [1, 2, 3]
    assert steps_of(numbers, 2).tolist() == [1, 3]
    assert steps_of(np.arange(101.0), 5).tolist() == [0, 25, 50, 75, 100]
    assert len(steps_of(np.arange(1000.0))) == 200 and len(steps_of(np.arange(200.0))) == 200
    assert cuts_between(numbers).tolist() == [1.5, 2.5] and cuts_between(np.array([1.0, np.inf])).tolist() == []
    assert cuts_between(np.arange(102.0), 5).tolist() == [0.5, 25.5, 50.5, 75.5, 100.5]


def test_a_weighted_mean_of_no_weight_is_nought():
    numbers = np.array([1.0, 2.0, 5.0, 6.0])
    assert weighted_mean(numbers, trial()) == 3.5
    assert weighted_mean(numbers, trial(weight=np.array([1.0, 0, 0, 3.0]))) == pytest.approx(19 / 4)
    assert weighted_mean(numbers, trial(weight=np.zeros(4))) == 0.0


# The rule of the answer


def test_the_class_that_a_limit_is_about():
    gauge = find_gauge("false-negatives(positive=c)")
    assert positive_in(("a", "b", "c"), gauge) == 2
    assert positive_in(("a", "b"), find_gauge("false-negatives")) == 1 == positive_in(("a", "b"), gauge)
    made = Decision(candidate(decoder=labels(1, 1, 1)), limits_of("accuracy-when-answered >= 0.9"))
    assert made.positive is None and not made.withholds
    made = Decision(candidate(decoder=labels(1, 1, 1), abstain=abstain(0, 0, 0)), limits_of("answered-share >= 0.9"))
    assert made.positive is None and made.withholds
    made = Decision(
        candidate(decoder=labels(1, 1, 1), abstain=abstain(0, 0, 0)), limits_of("false-alarms(positive=a) <= 0.1")
    )
    assert made.positive == 0 and not made.withholds


def test_a_dial_fits_a_candidate_with_its_part():
    assert Decision.fits(candidate(decoder=labels(1, 1, 1))) and not Decision.fits(candidate())
    assert not Decision.fits(candidate(decoder=Part(kind="other", config={}, arrays={})))
    assert SetFloors.fits(candidate(guard=sets(0, 0, 0))) and not IntervalPad.fits(candidate(guard=sets(0, 0, 0)))
    pad = Part(kind="interval", config={}, arrays={"pad": np.zeros(2, np.float32)})
    assert IntervalPad.fits(candidate(guard=pad)) and not SetFloors.fits(candidate(guard=pad))
    assert not SetFloors.fits(candidate()) and not IntervalPad.fits(candidate())


def ruled(*texts, weights=(1, 2, 1), floors=None) -> Decision:
    parts = {"decoder": labels(*weights), **({} if floors is None else {"abstain": abstain(*floors)})}
    return Decision(candidate(**parts), limits_of(*texts))


def test_log_odds_are_of_the_class_over_the_largest_weighed_other():
    made = ruled("false-negatives(positive=c) <= 0.1")
    expected = np.log(THREE[:, 2]) - np.log(np.maximum(THREE[:, 0], 2 * THREE[:, 1]))
    np.testing.assert_allclose(made.log_odds(THREE), expected, rtol=1e-6)
    far = made.log_odds(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], np.float32))
    assert far.tolist() == [14.0, -14.0]


def test_a_cut_answers_the_class_where_its_log_odds_reach_it():
    made = ruled("false-negatives(positive=c) <= 0.1")
    odds = made.log_odds(THREE)
    for cut in (odds.min() - 1, *cuts_between(odds), odds.max() + 1):
        chosen = made.said(trial(), Rule(cut=cut))["chosen"]
        assert (chosen == 2).tolist() == (odds >= cut).tolist()
        others = (THREE * [1, 2, 0]).argmax(axis=1)
        assert chosen[chosen != 2].tolist() == others[chosen != 2].tolist()
    weights = made.weights(Rule(cut=1.0))
    assert weights.dtype == np.float32 and weights.max() == 1.0
    np.testing.assert_allclose(weights / weights[0], [1, 2, np.exp(-1.0)], rtol=1e-6)
    np.testing.assert_allclose(made.weights(Rule()), [0.5, 1, 0.5])


def test_an_answer_below_its_floor_is_withheld():
    made = ruled("accuracy-when-answered >= 0.9", weights=(1, 1, 1), floors=(0.9, 0.5, 0.45))
    said = made.said(trial(), Rule())
    assert said["chosen"].tolist() == [0, 2, 1, 2] and said["answered"].tolist() == [False, False, True, True]
    assert said["answer"].tolist() == [-1, -1, 1, 2]
    raised = made.said(trial(), Rule(floor=0.5))
    assert raised["answered"].tolist() == [True, False, True, True]  # who stands on the floor is answered
    assert made.floors(Rule(floor=0.25)).tolist() == [0.25] * 3 and made.floors(Rule()) is made.abstain.arrays["floor"]
    plain = ruled("accuracy-when-answered >= 0.9", weights=(1, 1, 1))
    assert plain.floors(Rule(floor=0.5)) is None and "answered" not in plain.said(trial(), Rule())


def test_the_use_of_a_rule_is_the_share_that_is_answered_and_right():
    made = ruled("accuracy-when-answered >= 0.9")
    assert made.use(trial()) == 0.5
    assert made.use(trial(answered=np.array([True, True, False, True]))) == 0.25
    assert answered_rows(trial().plain).tolist() == [True] * 4
    np.testing.assert_allclose(confidence(trial().plain), [0.7, 0.4, 0.6, 0.5], rtol=1e-6)


def test_rules_that_are_tried_lie_between_rows_and_span_all():
    made = ruled("false-negatives(positive=c) <= 0.1")
    odds = made.log_odds(THREE)
    rungs = made.rungs(trial())
    assert [rule.cut for rule in rungs] == [odds.min() - 1, *cuts_between(odds), odds.max() + 1]
    assert {rule.floor for rule in rungs} == {None}
    unsure = ruled("accuracy-when-answered >= 0.9", weights=(1, 1, 1), floors=(0, 0, 0)).rungs(trial())
    assert {rule.cut for rule in unsure} == {None}
    np.testing.assert_allclose([rule.floor for rule in unsure], [0.0, 0.45, 0.55, 0.65], rtol=1e-6)
    both = ruled("false-alarms(positive=c) <= 0.1", "answered-share >= 0.5", floors=(0, 0, 0)).rungs(trial())
    assert len(both) == len(rungs) * 4 and len({(rule.cut, rule.floor) for rule in both}) == len(both)
    rng = np.random.default_rng(0)
    many = rng.dirichlet([1, 1, 1], 500).astype(np.float32)
    of_many = trial(many, rng.integers(0, 3, 500))
    assert len(made.rungs(of_many)) == 100 + 2
    both = ruled("false-alarms(positive=c) <= 0.1", "answered-share >= 0.5", floors=(0, 0, 0)).rungs(of_many)
    assert len(both) == (15 + 2) * (15 + 1)


def test_only_what_was_set_is_changed_in_the_file():
    made = ruled("false-negatives(positive=c) <= 0.1", floors=(0.1, 0.2, 0.3))
    assert made.parts(Rule()) == {}
    cut = made.parts(Rule(cut=0.5))
    assert set(cut) == {"decoder"} and cut["decoder"].config == {"of": 1}
    assert cut["decoder"].arrays["weights"].tolist() == made.weights(Rule(cut=0.5)).tolist()
    floor = made.parts(Rule(floor=0.5))
    assert set(floor) == {"abstain"} and floor["abstain"].arrays["floor"].tolist() == [0.5] * 3
    assert floor["abstain"].kind == "abstain" and floor["abstain"].config == {"is": 2}
    assert ruled("answered-share >= 0.5").parts(Rule(floor=0.5)) == {}


# Floors of sets


def test_a_row_is_missed_above_the_probability_of_its_class_unless_that_is_the_largest():
    assert missed_above(trial()).tolist() == [np.inf, pytest.approx(0.3), np.inf, pytest.approx(0.3)]


def floors_of(*texts, given=(0.1, 0.1, 0.1)) -> SetFloors:
    return SetFloors(candidate(guard=sets(*given)), limits_of(*texts))


def test_one_floor_for_all_classes_unless_the_worst_class_is_asked_or_they_differ_already():
    assert floors_of("coverage >= 0.9").is_one_floor
    assert not floors_of("coverage >= 0.9", "worst-class-coverage >= 0.8").is_one_floor
    assert not floors_of("coverage >= 0.9", given=(0.1, 0.2, 0.1)).is_one_floor


def test_sets_hold_what_reaches_its_floor_and_always_the_most_probable_class():
    said = floors_of("coverage >= 0.9").said(trial(), np.array([0.3, 0.3, 0.5], np.float32))["sets"]
    assert said.astype(int).tolist() == [[1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 1, 1]]
    sized = trial(sets=said)
    assert floors_of("coverage >= 0.9").use(sized) == pytest.approx(-7 / 4)
    part = floors_of("coverage >= 0.9").parts(np.full(3, 0.2, np.float32))["guard"]
    assert (part.kind, part.config) == ("conformal-set", {"coverage": 0.9})


def test_a_floor_lies_a_little_below_the_row_that_stands_on_it_and_within_nought_and_one():
    made = floors_of("coverage >= 0.9")
    assert made.everywhere(0.3).tolist() == [np.float32(0.3 - SLACK)] * 3
    assert made.everywhere(0.0).tolist() == [0.0] * 3 and made.everywhere(np.inf).tolist() == [1.0] * 3


def test_floors_that_are_tried_go_from_sets_of_all_classes_to_sets_of_one():
    rungs = floors_of("coverage >= 0.9").rungs(trial())
    assert [rung[0] for rung in rungs] == [
        0.0, pytest.approx(0.3 - SLACK), pytest.approx(1.0 - SLACK)
    ]  # fmt: skip
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet([1, 1, 1], 400).astype(np.float32)
    truth = (probabilities.cumsum(axis=1) < rng.random((400, 1))).sum(axis=1).clip(0, 1)  # no row of the third class
    made, of = floors_of("worst-class-coverage >= 0.8"), trial(probabilities, truth)
    rungs = np.array(made.rungs(of))
    assert rungs[0].tolist() == [0, 0, 0] and (np.diff(rungs, axis=0) >= 0).all() and 50 < len(rungs) <= 200
    missed, shares = missed_above(of), []
    for rung in rungs[1:]:
        shares.append([(missed[truth == at] < rung[at]).mean() for at in (0, 1)])
    # The same share of either class lies below its floor, until its most probable rows are all that is left.
    among = np.array(shares)[np.max(shares, axis=1) < 0.35]
    assert len(among) > 50 and np.abs(np.diff(among, axis=1)).max() < 0.02
    covered = made.said(of, rungs[-1])["sets"][np.arange(400), truth]
    assert covered.tolist() == np.isinf(missed).tolist()
    pooled = np.sort(missed)[int(0.5 * 400)]
    middle = rungs[np.abs(rungs[:, 2] - np.clip(pooled - SLACK, 0, 1)).argmin()]
    assert middle[2] == pytest.approx(min(pooled, 1.0), abs=0.01)  # a class without rows takes the floor of all


def test_a_proven_floor_is_the_one_of_the_exact_test():
    rng = np.random.default_rng(2)
    probabilities = rng.dirichlet([1, 1, 1], 300).astype(np.float32)
    truth = rng.integers(0, 3, 300)
    of, made = trial(probabilities, truth), floors_of("coverage >= 0.5")
    floor = control.proven_floor(missed_above(of), 0.5, 0.02)
    assert made.proven(of, 0.5, 0.02).tolist() == made.everywhere(floor).tolist()
    assert made.proven(trial(), 0.9, 0.02) is None


# Pads of intervals


class Scored(IntervalPad):
    """A pad around scores that are given."""

    def __init__(self, scores, *texts) -> None:
        part = Part(kind="interval", config={"coverage": 0.9}, arrays={"pad": np.zeros(2, np.float32)})
        super().__init__(Candidate(task=made_task("regress"), parts={"guard": part}), limits_of(*texts))
        self.given = np.asarray(scores, np.float32)

    def scores(self, trial):
        return self.given


def numbers(truth, **more):
    return plain_trial(made_task("regress"), bare_rows(np.asarray(truth, float)), Answers(values=np.zeros(2), **more))


def test_a_pad_widens_a_single_score_on_both_sides_and_shrinks_an_interval_to_its_middle_at_most():
    one = Scored([[1.0], [5.0]]).said(numbers([0, 0]), np.float32(2))
    assert (one["low"].tolist(), one["high"].tolist()) == ([-1, 3], [3, 7])
    three = Scored([[1.0, 0.0, 4.0], [5.0, 4.5, 5.5]])
    wide, narrow = (three.said(numbers([0, 0]), np.float32(pad)) for pad in (1, -2))
    assert (wide["low"].tolist(), wide["high"].tolist()) == ([-1, 3.5], [5, 6.5])
    assert (narrow["low"].tolist(), narrow["high"].tolist()) == ([1, 5], [2, 5])


def test_a_pad_has_slack_for_float32_and_none_around_a_single_score_is_below_nought():
    one, three = Scored([[1.0], [-8.0]]), Scored([[1.0, 0.0, 4.0], [5.0, 4.5, 5.5]])
    assert one.padded(0.5, numbers([0, 0])) == float32_above(0.5 + 8 * PAD_SLACK)
    assert one.padded(-0.5, numbers([0, 0])) == 0
    assert three.padded(-0.5, numbers([0, 0])) == float32_above(-0.5 + 5.5 * PAD_SLACK)
    assert PAD_SLACK == 4 * 2.0**-23


@pytest.mark.parametrize("pad", [0.1, 0.3, 1 / 3, 2.0, -0.1, 1e-9])
def test_rounding_to_float32_never_narrows(pad):
    found = float32_above(pad)
    assert isinstance(found, np.float32) and float(found) >= pad
    assert float(np.nextafter(found, np.float32(-np.inf))) < pad


def test_pads_that_are_tried_go_from_twice_the_widest_to_the_narrowest():
    made, of = Scored([[1.0], [5.0]]), numbers([1.5, 8.0])
    assert made.rungs(of) == [made.padded(pad, of) for pad in (6.0, 3.0, 0.5)]
    assert made.is_one_floor
    widths = numbers([0, 0], low=np.array([0.0, 1.0]), high=np.array([2.0, 7.0]))
    assert made.use(widths) == -4.0
    part = made.parts(np.float32(2))["guard"]
    assert part.arrays["pad"].tolist() == [2, 2] and (part.kind, part.config) == ("interval", {"coverage": 0.9})


def test_a_proven_pad_misses_as_many_rows_as_the_exact_test_allows():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=200)
    made = Scored(np.zeros((200, 1)))
    of = plain_trial(made_task("regress"), bare_rows(truth), Answers(values=np.zeros(200)))
    pad = made.proven(of, 0.9, 0.02)
    most = control.most_misses(200, 0.9, 0.02)
    assert (np.abs(truth) > pad).sum() == most > 0
    few = plain_trial(made_task("regress"), bare_rows(truth[:20]), Answers(values=np.zeros(20)))
    assert Scored(np.zeros((20, 1))).proven(few, 0.9, 0.02) is None
    assert Scored(np.zeros((20, 1))).proven(few, 0.0, 0.02) is not None


# How surely limits are kept


def test_the_margin_is_the_room_in_distances_to_the_bad_end():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 300)
    right = np.eye(3, dtype=np.float32)[np.where(rng.random(300) < 0.9, truth, (truth + 1) % 3)]
    of = trial(right, truth)
    low, high = limits_of("accuracy >= 0.8", "accuracy <= 0.95")
    reading = find_gauge("accuracy").measure(of, sure=0.9)
    by_hand = [
        (reading.value - 0.8) / (reading.value - reading.low),
        (0.95 - reading.value) / (reading.high - reading.value),
    ]
    assert control.margin(of, [low], lambda _: 0.05) == pytest.approx(by_hand[0])
    assert control.margin(of, [high], lambda _: 0.05) == pytest.approx(by_hand[1])
    assert control.margin(of, [low, high], lambda _: 0.05) == pytest.approx(min(by_hand))
    assert control.margin(of, limits_of("accuracy >= 0.95"), lambda _: 0.05) < 0
    assert control.margin(of, [], lambda _: 0.05) == np.inf
    assert control.margin(of, limits_of("set-size <= 2"), lambda _: 0.05) == -np.inf  # the candidate has no sets


def test_limits_hold_when_each_is_proven_at_its_own_error():
    truth = np.zeros(100, int)
    right = np.tile(np.float32([[0.8, 0.1, 0.1]]), (100, 1))
    of, limit = trial(right, truth), parse_limit("accuracy >= 0.96")
    assert 0.05 ** (1 / 100) > 0.96 > 0.01 ** (1 / 100)
    assert control.holds(of, [limit], lambda _: 0.05) and not control.holds(of, [limit], lambda _: 0.01)
    other = parse_limit("accuracy >= 0.9")
    assert control.holds(of, [limit, other], lambda one: 0.05 if one == limit else 1e-4)
    assert not control.holds(of, [other, limit], lambda one: 0.05 if one == other else 1e-4)
    assert control.holds(of, [], lambda _: 0.05)
    assert not control.holds(of, limits_of("set-size <= 2"), lambda _: 0.05)
    reading = find_gauge("accuracy").measure(of, sure=0.9)
    assert limit.judge(reading) is Verdict.HOLDS


def test_a_dial_of_several_numbers_has_no_one_floor():
    assert not ruled("answered-share >= 0.5").is_one_floor


def test_a_value_without_a_width_is_kept_with_all_the_margin_there_is_or_with_none(monkeypatch):
    from trivet.core.reading import Reading

    for value, expected in ((0.9, np.inf), (0.91, np.inf), (0.89, -np.inf), (np.nan, -np.inf), (np.inf, -np.inf)):
        flat = Reading(gauge="accuracy", value=value, low=value, high=value)
        monkeypatch.setattr(control, "reading_or_none", lambda *_, flat=flat: flat)
        assert control.margin(trial(), limits_of("accuracy >= 0.9"), lambda _: 0.05) == expected


def test_scores_are_computed_once_for_each_set_of_rows(monkeypatch):
    import trivet.kit.conformal.interval_pad as module

    asked = []
    monkeypatch.setattr(module, "scores_of", lambda _, rows: asked.append(rows) or np.full((len(rows), 1), len(rows)))
    part = Part(kind="interval", config={}, arrays={"pad": np.zeros(2, np.float32)})
    made = IntervalPad(Candidate(task=made_task("regress"), parts={"guard": part}), [])
    two, three = numbers([0, 0]), plain_trial(made_task("regress"), bare_rows(np.zeros(3)), Answers(values=np.zeros(3)))
    assert [len(made.scores(one)) for one in (two, three, two, three, three)] == [2, 3, 2, 3, 3]
    assert [made.scores(one)[0, 0] for one in (two, three)] == [2, 3]
    assert len(asked) == 2
