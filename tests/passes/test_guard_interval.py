import dataclasses

import numpy as np
import pytest

from trivet.core.errors import BadData, Refused
from trivet.core.limits import Limit
from trivet.core.registry import parse_step
from trivet.kit.scores import scores_of
from trivet.passes.guard.guard_interval import GuardInterval, float32_above
from trivet.runtime.batch import Batch
from trivet.runtime.kinds import load_guard
from trivet.testing.samples import context, tiny_rows, tiny_work

PLAIN = ("prepare-table", "fit-linear")
QUANTILES = ("prepare-table", "fit-trees(trees=30, coverage=0.8)")

EMPTY = Batch(numbers=np.zeros((0, 0), np.float32))


def test_without_margin_the_pad_is_the_textbook_rank(tmp_path):
    work = tiny_work("regression", PLAIN)
    rows = work.data.tune
    off = np.sort(np.abs(rows.truth - scores_of(work.candidate, rows)[:, 0]))
    guard = parse_step("guard-interval(coverage=0.8, margin=0.0)").run(work, context(tmp_path)).candidate.parts["guard"]
    expected = off[int(np.ceil((len(rows) + 1) * 0.8)) - 1]
    assert expected < guard.arrays["pad"][0] < expected + 1e-5  # a few last bits of the scores
    assert guard.arrays["pad"][0] == guard.arrays["pad"][1]


@pytest.mark.parametrize("line", [PLAIN, QUANTILES])
def test_new_rows_are_covered(line, tmp_path):
    work = tiny_work("regression", line)
    guard = parse_step("guard-interval(coverage=0.8, margin=0.0)").run(work, context(tmp_path)).candidate.parts["guard"]
    fresh = tiny_rows("regression", 4000, seed=9)
    scores = scores_of(work.candidate, fresh)
    low, high = load_guard(guard, "guard", scores.shape[1]).run({"scores": scores}, EMPTY).values()
    share = ((low <= fresh.truth) & (fresh.truth <= high)).mean()
    assert abs(share - 0.8) < 3 * np.sqrt(0.8 * 0.2 / 240) + 0.02  # Beta law of 240 tune rows, and 4,000 fresh ones


def test_a_wider_margin_widens(tmp_path):
    work = tiny_work("regression", PLAIN)
    guards = [parse_step(f"guard-interval(margin={m})").run(work, context(tmp_path)) for m in (0.0, 2.0)]
    pads = [guard.candidate.parts["guard"].arrays["pad"][0] for guard in guards]
    assert pads[0] < pads[1] < np.inf


def test_rows_on_the_very_end_are_inside(tmp_path):
    """Whole numbers as answers: many rows lie exactly as far off as the row that sets the pad."""
    work = tiny_work("regression", PLAIN)
    scores = scores_of(work.candidate, work.data.tune)[:, 0]
    far = np.where(np.arange(len(scores)) % 2, 3.0, -3.0)
    tune = dataclasses.replace(work.data.tune, truth=scores.astype(np.float64) + far)
    guarded = parse_step("guard-interval(margin=0.0)").run(
        work.with_splits(fit=tune, tune=tune, choose=tune), context(tmp_path)
    )
    low, high = (
        load_guard(guarded.candidate.parts["guard"], "guard", 1).run({"scores": scores[:, None]}, EMPTY).values()
    )
    assert ((low <= tune.truth) & (tune.truth <= high)).all()


def test_a_pad_is_never_rounded_down():
    rng = np.random.default_rng(0)
    pads = rng.normal(size=100) * 10.0 ** rng.integers(-10, 10, 100)
    assert all(pad <= float(float32_above(pad)) for pad in pads)


def test_coverage_follows_the_limit():
    limits = [Limit(gauge="coverage", must=">=", bound=0.95), Limit(gauge="interval-width", must="<=", bound=3)]
    assert GuardInterval.for_limits(limits).coverage == 0.95
    assert GuardInterval.for_limits(limits[1:]).coverage == 0.9


def test_refuses_classes_and_too_few_rows(tmp_path):
    with pytest.raises(Refused):
        parse_step("guard-interval").check(tiny_work("binary", PLAIN).sketch)
    work = tiny_work("regression", PLAIN)
    few = work.data.tune.take(np.arange(8))
    with pytest.raises(BadData, match="9 rows"):
        parse_step("guard-interval").run(work.with_splits(fit=few, tune=few, choose=few), context(tmp_path))
