from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.core.rows import Dataset
from trivet.kit.numbers import numbers_of
from trivet.kit.scores import scores_of
from trivet.kit.trees.forest import forest_of
from trivet.passes.shrink.round_trees import MOST_REROUTED
from trivet.testing.samples import QUESTIONS, context, tiny_rows, tiny_work

READY = ("prepare-table", "fit-trees(trees=30, leaves=8, min_rows=5)")


@cache
def ready_work(question):
    """The tiny table without its dates: days since 1970 are too large for float16 to tell neighbours apart."""
    work = tiny_work(question)
    data = Dataset(splits={name: undated(rows) for name, rows in work.data.splits.items()})
    work = work.with_data(data)
    for text in READY:
        work = parse_step(text).run(work, context(Path("/nonexistent")))
    return work


def undated(rows):
    return replace(rows, columns={**rows.columns, "seen": np.full(len(rows), np.nan)})


def rounded(text, question, tmp_path):
    """(before, after) as work."""
    work = ready_work(question)
    return work, parse_step(text).run(work, context(tmp_path))


def arrays_of(work):
    return work.candidate.parts["body"].arrays


def n_bytes(work):
    return sum(array.nbytes for array in arrays_of(work).values())


def rerouted(work, after):
    """(rows, trees) whether a fit row ends in another leaf."""
    x = numbers_of(work.data.fit, work.candidate.parts, for_="test")
    before, now = (forest_of(w.candidate.parts["body"]).leaves_of(x) for w in (work, after))
    return before != now


@pytest.mark.parametrize("question", QUESTIONS)
def test_eight_bits_change_a_score_by_half_a_step_per_tree_at_most(question, tmp_path):
    work, after = rounded("round-trees", question, tmp_path)
    stays = ~rerouted(work, after).any(axis=1)
    moved = np.abs(scores_of(after.candidate, work.data.fit) - scores_of(work.candidate, work.data.fit))[stays]
    trees_per_score = np.bincount(arrays_of(work)["output"])
    most = trees_per_score * arrays_of(after)["leaf_scale"] / 2
    assert (moved <= most * 1.001 + 1e-5).all()  # 1e-5: float32 sums
    assert arrays_of(after)["leaf"].dtype == np.int8
    assert n_bytes(after) < 0.7 * n_bytes(work)


@pytest.mark.parametrize("question", QUESTIONS)
def test_sixteen_bits_change_next_to_nothing(question, tmp_path):
    work, after = rounded("round-trees(bits=16)", question, tmp_path)
    fresh = undated(tiny_rows(question, 500, seed=4))
    before, now = (scores_of(w.candidate, fresh) for w in (work, after))
    assert np.median(np.abs(before - now)) < 2e-3 * before.std()
    assert n_bytes(after) < 0.8 * n_bytes(work)


def test_short_thresholds_send_hardly_a_fit_row_elsewhere(tmp_path):
    work, after = rounded("round-trees", "binary", tmp_path)
    assert arrays_of(after)["threshold"].dtype == np.float16
    assert rerouted(work, after).mean() < MOST_REROUTED


def test_dates_keep_their_thresholds(tmp_path):
    after = parse_step("round-trees").run(tiny_work("binary", READY), context(tmp_path))
    assert arrays_of(after)["threshold"].dtype == np.float32


def test_rounding_twice_is_rounding_once(tmp_path):
    _, once = rounded("round-trees", "multiclass", tmp_path)
    twice = parse_step("round-trees").run(once, context(tmp_path))
    np.testing.assert_allclose(arrays_of(twice)["leaf_scale"], arrays_of(once)["leaf_scale"], rtol=1e-6)
    assert (arrays_of(twice)["leaf"] == arrays_of(once)["leaf"]).all()


def test_sixteen_bits_after_eight_leave_no_scale_behind(tmp_path):
    _, once = rounded("round-trees", "binary", tmp_path)
    wider = parse_step("round-trees(bits=16)").run(once, context(tmp_path))
    assert "leaf_scale" not in arrays_of(wider)
    np.testing.assert_allclose(
        scores_of(wider.candidate, once.data.choose), scores_of(once.candidate, once.data.choose), atol=1e-2
    )


def test_values_too_large_for_float16_stay(tmp_path):
    work = tiny_work("regression", READY)
    part = work.candidate.parts["body"]
    big = type(part)(kind="trees", arrays={**part.arrays, "leaf": part.arrays["leaf"] * np.float32(1e7)})
    after = parse_step("round-trees(bits=16)").run(work.with_(body=big), context(tmp_path))
    assert arrays_of(after)["leaf"].dtype == np.float32


def test_refuses_other_widths():
    with pytest.raises(Refused, match="8 or 16"):
        parse_step("round-trees(bits=4)").check(tiny_work("binary", READY).sketch)
