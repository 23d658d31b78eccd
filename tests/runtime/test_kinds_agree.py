"""Both executors say the same about every kind, for one row as for many."""

import numpy as np
import pytest

from trivet.runtime.batch import Batch
from trivet.runtime.part import Part
from trivet.runtime.program import Program, body_scores
from trivet.testing.parts import random_batch, random_part, random_program_parts, random_rows

BODIES = ["additive", "beside", "cascade", "chain", "expand", "ngrams", "pick", "trees", "vote"]
SEEDS = range(12)


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("seed", SEEDS)
def test_executors_agree_on_bodies_with_missing_values(kind, seed):
    rng = np.random.default_rng(seed)
    part = random_part(kind, rng, d=6, k=[1, 3, 4][seed % 3])
    batch = random_batch(rng, 40, d=6, texts=1)
    plain, graph = body_scores(part, batch, "numpy"), body_scores(part, batch, "onnx")
    assert plain.dtype == graph.dtype == np.float32
    # Trees only compare and add in a stated order; everything else may round differently.
    np.testing.assert_allclose(graph, plain, atol=0 if kind == "trees" else 1e-5, rtol=1e-5 * (kind != "trees"))


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
@pytest.mark.parametrize("kind", BODIES)
def test_one_row_scores_the_same_alone_as_among_many(kind, executor):
    rng = np.random.default_rng(5)
    part, batch = random_part(kind, rng, d=6, k=3), random_batch(rng, 9, d=6, texts=1)
    together = body_scores(part, batch, executor)
    alone = np.concatenate([body_scores(part, batch.rows(row, row + 1), executor) for row in range(9)])
    np.testing.assert_allclose(alone, together, atol=0 if kind == "trees" else 1e-6, rtol=1e-6 * (kind != "trees"))


@pytest.mark.parametrize("goal, k", [("classify", 1), ("classify", 3), ("regress", 1), ("regress", 3)])
@pytest.mark.parametrize("seed", SEEDS)
def test_executors_agree_on_whole_programs(goal, k, seed):
    rng = np.random.default_rng(seed)
    parts = random_program_parts(rng, goal, k=k, body=["trees", "additive", "chain", "vote"][seed % 4])
    if goal == "classify" and k == 1 and seed % 2:
        parts["scale"] = random_part("isotonic", rng)
    rows = random_rows(rng, 50)
    plain, graph = (Program(parts, executor=name) for name in ("numpy", "onnx"))
    one, other = plain.answers(plain.read_rows(rows)), graph.answers(graph.read_rows(rows))
    assert list(one) == list(other)
    for name in one:
        np.testing.assert_allclose(one[name], other[name], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_no_rows_give_no_scores(executor):
    rng = np.random.default_rng(0)
    for kind in BODIES:
        scores = body_scores(random_part(kind, rng, k=3), random_batch(rng, 0, texts=1), executor)
        assert scores.shape[0] == 0


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_a_threshold_goes_left_when_equal_and_missing_goes_where_it_learned(executor):
    part = stump(threshold=0.1, missing_left=1)
    at = np.float32(0.1)
    x = np.array([[at], [np.nextafter(at, np.float32(1))], [np.nan]], np.float32)
    assert body_scores(part, Batch(numbers=x), executor).ravel().tolist() == [-1, 2, -1]
    other_way = stump(threshold=0.1, missing_left=0)
    assert body_scores(other_way, Batch(numbers=x), executor).ravel().tolist() == [-1, 2, 2]


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_columns_without_a_tree_keep_their_base(executor):
    # ONNX Runtime 1.32 forgets base_values of such columns.
    arrays = {**stump(threshold=0, missing_left=0).arrays, "base": np.array([5, 7, 9], np.float32)}
    scores = body_scores(Part(kind="trees", arrays=arrays), Batch(numbers=np.ones((1, 1), np.float32)), executor)
    assert scores.tolist() == [[7, 7, 9]]


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_a_glass_box_finds_bins_by_the_number_of_cuts_not_above_the_value(executor):
    arrays = {
        "feature": np.array([[0, -1]], np.int16),
        "cuts": np.array([1, 2], np.float32),
        "cut_counts": np.array([[2, 0]], np.uint16),
        "scores": np.array([[90], [10], [20], [30]], np.float32),
        "base": np.array([0.5], np.float32),
    }
    x = np.array([[np.nan], [0.9], [1], [1.5], [2], [3e38], [-3e38]], np.float32)
    scores = body_scores(Part(kind="additive", arrays=arrays), Batch(numbers=x), executor)
    assert scores.ravel().tolist() == [90.5, 10.5, 20.5, 20.5, 30.5, 30.5, 10.5]


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_expand_standardises_flags_missing_and_marks_codes(executor):
    arrays = {
        "number": np.array([0], np.uint16), "shift": np.array([1], np.float32), "scale": np.array([2], np.float32),
        "missing": np.array([0], np.uint16), "hot": np.array([1, 1], np.uint16),
        "hot_code": np.array([0, 3], np.float32),
    }  # fmt: skip
    part = Part(kind="expand", config={"clip": 5.0}, arrays=arrays)
    x = np.array([[2, 3], [np.nan, 0], [3e38, np.nan], [-3e38, 1]], np.float32)
    expected = [[2, 0, 0, 1], [0, 1, 1, 0], [5, 0, 0, 0], [-5, 0, 0, 0]]
    assert body_scores(part, Batch(numbers=x), executor).tolist() == expected


def stump(*, threshold: float, missing_left: int) -> Part:
    """One decision: -1 on the left, 2 on the right."""
    arrays = {
        "feature": np.array([0, -1, -1], np.int16),
        "threshold": np.array([threshold], np.float32),
        "missing_left": np.array([missing_left], np.uint8),
        "leaf": np.array([-1, 2], np.float32),
        "output": np.array([0], np.uint8),
        "base": np.array([0], np.float32),
    }
    return Part(kind="trees", arrays=arrays)
