import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import find_gauge, parse_limit, parse_step
from trivet.kit.scores import stated_probabilities
from trivet.passes.decide.set_threshold import SetThreshold
from trivet.testing.samples import context, tiny_work

READY = ("prepare-table", "fit-linear", "fit-temperature")


def decided(step, tmp_path, question="binary"):
    work = tiny_work(question, READY)
    return parse_step(step).run(work, context(tmp_path)), work


@pytest.mark.parametrize(("bound", "name"), [(0.02, "false_negatives"), (0.02, "false_alarms")])
def test_the_bound_is_kept_on_the_rows_that_set_it(bound, name, tmp_path):
    other = "false_alarms" if name == "false_negatives" else "false_negatives"
    work, _ = decided(f"set-threshold({name}={bound}, {other}=1)", tmp_path)
    tune, weights = work.data.tune, work.candidate.parts["decoder"].arrays["weights"]
    chosen = (stated_probabilities(work.candidate, tune) * weights).argmax(axis=1)
    wrong_side = chosen[tune.truth == 1] == 0 if name == "false_negatives" else chosen[tune.truth == 0] == 1
    assert np.mean(wrong_side) <= bound


def test_fewer_missed_rows_cost_more_false_alarms(tmp_path):
    """Neyman and Pearson: one kind of error is bounded, the other pays for it."""
    weight_of_second = []
    for bound in (0.3, 0.1, 0.02):
        weights = decided(f"set-threshold(false_negatives={bound})", tmp_path)[0].candidate.parts["decoder"].arrays
        weight_of_second.append(weights["weights"][1] / weights["weights"][0])
    assert weight_of_second == sorted(weight_of_second)


def test_it_takes_its_bounds_from_the_limits_on_one_class():
    texts = ("false-negatives(positive=ill) <= 0.1", "false-alarms(positive=ill) <= 0.3", "auroc >= 0.7")
    made = SetThreshold.for_limits([parse_limit(text) for text in texts])
    assert made == SetThreshold(positive="ill", false_negatives=0.1, false_alarms=0.3)
    assert SetThreshold.for_limits([]) == SetThreshold()
    assert set(SetThreshold.serves) == {find_gauge(name).name for name in ("false-negatives", "false-alarms")}


@pytest.mark.parametrize(
    ("step", "question"),
    [
        ("set-threshold(false_negatives=1)", "binary"),  # bounds nothing
        ("set-threshold(false_negatives=-0.1)", "binary"),
        ("set-threshold(positive=nobody)", "binary"),
        ("set-threshold", "multiclass"),  # of which class?
    ],
)
def test_a_bound_without_meaning_is_refused(step, question):
    with pytest.raises(Refused):
        parse_step(step).check(tiny_work(question, READY).candidate.sketch)
