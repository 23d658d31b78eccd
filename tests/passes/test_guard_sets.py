import numpy as np
import pytest

from trivet.core.errors import BadData, Refused
from trivet.core.limits import Limit
from trivet.core.registry import parse_step
from trivet.kit.scores import stated_probabilities
from trivet.passes.guard.guard_sets import SLACK, GuardSets
from trivet.runtime.batch import Batch
from trivet.runtime.kinds import load_guard
from trivet.runtime.program import Program
from trivet.testing.samples import context, tiny_rows, tiny_work

READY = ("prepare-table", "fit-linear", "fit-temperature")

EMPTY = Batch(numbers=np.zeros((0, 0), np.float32))


def guard_of(text, work, tmp_path):
    return parse_step(text).run(work, context(tmp_path)).candidate.parts["guard"]


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_without_margin_the_floor_is_the_textbook_rank(question, tmp_path):
    work = tiny_work(question, READY)
    rows = work.data.tune
    true = stated_probabilities(work.candidate, rows)[np.arange(len(rows)), rows.truth]
    rank = int(np.ceil((len(rows) + 1) * 0.8))
    floor = guard_of("guard-sets(coverage=0.8, margin=0.0, per_class=false)", work, tmp_path).arrays["floor"]
    np.testing.assert_allclose(floor, np.sort(true)[::-1][rank - 1] - SLACK, rtol=0, atol=1e-7)  # float32


@pytest.mark.parametrize("per_class", ["true", "false"])
def test_new_rows_are_covered(per_class, tmp_path):
    work = tiny_work("multiclass", READY)
    guard = guard_of(f"guard-sets(coverage=0.8, margin=0.0, per_class={per_class})", work, tmp_path)
    fresh = tiny_rows("multiclass", 4000, seed=9)
    sets = load_guard(guard, "guard", 3).run({"probabilities": stated_probabilities(work.candidate, fresh)}, EMPTY)[
        "sets"
    ]
    hit = sets[np.arange(4000), fresh.truth]
    share = [hit[fresh.truth == c].mean() for c in range(3)] if per_class == "true" else [hit.mean()]
    # 3 standard deviations of the Beta law: 240 tune rows in all, at least 50 of each class
    assert min(share) > 0.8 - 3 * np.sqrt(0.8 * 0.2 / (50 if per_class == "true" else 240))


def test_a_wider_margin_lowers_the_floor_and_covers_the_tune_rows_more(tmp_path):
    work = tiny_work("binary", READY)
    floors = [guard_of(f"guard-sets(margin={m}, per_class=false)", work, tmp_path) for m in (0.0, 1.0, 2.0)]
    values = [guard.arrays["floor"][0] for guard in floors]
    assert values[0] >= values[1] >= values[2] and values[0] > values[2]


def test_rows_that_share_a_probability_go_in_together_in_both_executors(tmp_path):
    """A single tree says the same of many rows, the row that sets the floor among them."""
    line = ("prepare-table", "fit-tree(leaves=4)", "fit-temperature")
    work = parse_step("guard-sets(coverage=0.8)").run(tiny_work("binary", line), context(tmp_path))
    raw = work.data.choose.raw()
    plain, fast = (Program(work.candidate.parts, executor=executor) for executor in ("numpy", "onnx"))
    np.testing.assert_array_equal(plain.answers(plain.read(raw))["sets"], fast.answers(fast.read(raw))["sets"])


def test_parameters_follow_the_limits():
    def limit(gauge, bound, must=">="):
        return Limit(gauge=gauge, must=must, bound=bound)

    both = GuardSets.for_limits([limit("coverage", 0.95), limit("worst-class-coverage", 0.8)])
    assert (both.coverage, both.per_class) == (0.95, True)
    one = GuardSets.for_limits([limit("coverage", 0.85), limit("set-size", 1.5, "<=")])
    assert (one.coverage, one.per_class) == (0.85, False)
    assert GuardSets.for_limits([limit("coverage", 1.0)]).coverage < 1
    assert GuardSets.for_limits([limit("set-size", 2, "<=")]).coverage == 0.9


def test_refuses_values_nonsense_and_too_few_rows(tmp_path):
    with pytest.raises(Refused):
        parse_step("guard-sets").check(tiny_work("regression", READY[:2]).sketch)
    work = tiny_work("binary", READY)
    with pytest.raises(Refused, match="coverage"):
        parse_step("guard-sets(coverage=1.0)").check(work.sketch)
    few = work.data.tune.take(np.arange(8))
    with pytest.raises(BadData, match="9 rows"):
        guard_of("guard-sets", work.with_splits(fit=few, tune=few, choose=few), tmp_path)
