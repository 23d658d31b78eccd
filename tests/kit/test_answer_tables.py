"""The tables behind a report's plots: small, exact where counted by hand, blind to the order of the rows."""

import json

import numpy as np
import pytest

from trivet.core.task import Field, Task
from trivet.engine.answer_tables import MOST_CLASSES, MOST_ROC_POINTS, answer_tables, groups_of_alike, quantile
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.batch import Answers
from trivet.testing.tasks import made_task


def task(*classes: str) -> Task:
    inputs = (Field(name="a", type="number"),)
    return made_task("classify" if classes else "regress", classes, inputs=inputs, modality="table")


def answered(probabilities) -> Answers:
    table = np.asarray(probabilities, np.float32)
    return Answers(probabilities=table, chosen=table.argmax(axis=1))


def two_classes(rows: int = 1409, seed: int = 0) -> tuple[Answers, np.ndarray]:
    rng = np.random.default_rng(seed)
    share = rng.beta(1, 2, rows)
    return answered(np.stack([1 - share, share], axis=1)), (rng.random(rows) < share).astype(np.int32)


SIX = answered([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4], [0.2, 0.8], [0.1, 0.9]])
TRUTH = np.array([0, 0, 0, 1, 1, 1])


def test_05_16_confusion_and_per_class_numbers_are_those_counted_by_hand():
    tables = answer_tables(task("no", "yes"), SIX, TRUTH, None, {})
    assert tables["confusion"] == {"classes": ["no", "yes"], "counts": [[2, 1], [1, 2]], "others": 0}
    yes = tables["per_class"][1]
    assert yes["class"] == "yes" and yes["rows"] == 3
    assert yes["precision"] == yes["recall"] == yes["f1"] == 0.666667
    assert (yes["recall_low"], yes["recall_high"]) == pytest.approx(clopper_pearson(2, 3, 0.95), rel=1e-5)


def test_05_16_the_roc_curve_and_the_shipped_decision_on_it():
    roc = answer_tables(task("no", "yes"), SIX, TRUTH, None, {})["roc"]
    third = 0.333333
    assert roc["tpr"] == [0, third, 0.666667, 0.666667, 1, 1, 1]
    assert roc["fpr"] == [0, 0, 0, third, third, 0.666667, 1]
    assert roc["shipped"] == [third, 0.666667]


def test_a_thinned_roc_curve_keeps_its_ends_and_its_area():
    answers, truth = two_classes(20_000)
    roc = answer_tables(task("no", "yes"), answers, truth, None, {})["roc"]
    assert len(roc["fpr"]) <= MOST_ROC_POINTS
    assert (roc["fpr"][0], roc["tpr"][0], roc["fpr"][-1], roc["tpr"][-1]) == (0, 0, 1, 1)
    score, positive = answers["probabilities"][:, 1], truth == 1
    ranks = np.argsort(np.argsort(score)) + 1
    exact = (ranks[positive].sum() - positive.sum() * (positive.sum() + 1) / 2) / (positive.sum() * (~positive).sum())
    assert np.trapezoid(roc["tpr"], roc["fpr"]) == pytest.approx(exact, abs=2e-3)  # 60 chords of a curve


def test_05_16_a_table_of_two_classes_is_small():
    answers, truth = two_classes()
    tables = answer_tables(task("no", "yes"), answers, truth, None, {"probabilities": [0.7, 0.3]})
    assert len(json.dumps(tables, separators=(",", ":"))) < 3000


def test_many_classes_show_the_most_mistaken_and_sum_the_rest():
    rng = np.random.default_rng(1)
    truth = np.repeat(np.arange(20), 50)
    chosen = np.where((truth < 3) & (rng.random(1000) < 0.5), 7, truth)
    answers = Answers(probabilities=np.eye(20, dtype=np.float32)[chosen], chosen=chosen)
    table = answer_tables(task(*(f"c{i:02}" for i in range(20))), answers, truth, None, {})
    assert table["confusion"]["others"] == 20 - MOST_CLASSES
    assert {"c00", "c01", "c02", "c07"} <= set(table["confusion"]["classes"])
    assert np.shape(table["confusion"]["counts"]) == (MOST_CLASSES + 1, MOST_CLASSES + 1)
    assert np.sum(table["confusion"]["counts"]) == 1000
    assert [row["class"] for row in table["per_class"]] == table["confusion"]["classes"]
    assert "roc" not in table


def test_a_row_of_weight_two_counts_like_two_rows():
    twice = np.r_[0:6, 0, 4]
    weighted = answer_tables(task("no", "yes"), SIX, TRUTH, np.array([2.0, 1, 1, 1, 2, 1]), {})
    repeated = answer_tables(task("no", "yes"), SIX.take(twice), TRUTH[twice], None, {})
    assert weighted["confusion"] == repeated["confusion"] and weighted["roc"] == repeated["roc"]
    for one, other in zip(weighted["per_class"], repeated["per_class"]):
        assert [one[key] for key in ("precision", "recall", "f1")] == [
            other[key] for key in ("precision", "recall", "f1")
        ]


def test_rows_of_weight_zero_are_as_if_they_were_not_there():
    kept = np.array([0, 2, 3, 5])
    weight = np.isin(np.arange(6), kept).astype(float)
    answers = answer_tables(task("no", "yes"), SIX, TRUTH, weight, {})
    alone = answer_tables(task("no", "yes"), SIX.take(kept), TRUTH[kept], np.ones(4), {})
    assert answers == alone
    assert answer_tables(task("no", "yes"), SIX, TRUTH, np.zeros(6), {}) == {}


def test_what_no_row_can_tell_is_null():
    never = answered([[0.9, 0.1]] * 5)
    tables = answer_tables(task("no", "yes"), never, np.zeros(5, np.int32), None, {})
    yes = tables["per_class"][1]
    assert yes == {"class": "yes", "rows": 0, "precision": None, "recall": None, "recall_low": None,
                   "recall_high": None, "f1": None}  # fmt: skip
    assert tables["roc"] == {}


def regression(rows: int = 1000) -> tuple[Answers, np.ndarray]:
    rng = np.random.default_rng(2)
    said = rng.normal(100, 20, rows).astype(np.float32)
    return Answers(values=said), said.astype(np.float64) + rng.normal(0, 5, rows)


def test_05_16_residuals_by_group_and_as_a_histogram():
    answers, truth = regression()
    tables = answer_tables(task(), answers, truth, None, {"mean": 100.0, "median": 100.0})
    found = tables["residuals"]
    assert len(found["said"]) == 20 and sum(found["count"]) == 1000
    assert found["said"] == sorted(found["said"])
    assert all(row == sorted(row) and len(row) == 5 for row in found["quantiles"])
    bars = found["histogram"]
    assert sum(bars["counts"]) + bars["below"] + bars["above"] == 1000
    spread = tables["baseline"]["quantiles"]
    assert spread[4] - spread[0] == pytest.approx(2 * 1.645 * np.hypot(20, 5), rel=0.1)  # of a normal, 1,000 rows
    assert len(json.dumps(tables, separators=(",", ":"))) < 3000


def test_the_constant_answer_is_told_where_it_is_known():
    tables = answer_tables(task("no", "yes"), SIX, TRUTH, None, {"probabilities": [0.7, 0.3]})
    assert tables["baseline"] == {"class": "no", "accuracy": 0.5}
    assert "baseline" not in answer_tables(task("no", "yes"), SIX, TRUTH, None, {})


@pytest.mark.parametrize("weighted", [False, True])
def test_tables_do_not_depend_on_the_order_of_the_rows(weighted):
    answers, truth = two_classes(500)
    answers = Answers(probabilities=answers["probabilities"].round(1), chosen=answers["chosen"])  # many ties
    numbers, values = regression(500)
    weight = np.random.default_rng(3).exponential(size=500) if weighted else None
    order = np.random.default_rng(4).permutation(500)
    for asked, got, true in ((task("no", "yes"), answers, truth), (task(), numbers, values)):
        mixed = None if weight is None else weight[order]
        assert answer_tables(asked, got, true, weight, {}) == answer_tables(
            asked, got.take(order), true[order], mixed, {}
        )


def test_rows_with_equal_answers_stay_in_one_group():
    said = np.repeat([0.1, 0.2, 0.9], [50, 3, 47])
    groups = groups_of_alike(said, 10)
    assert [sorted(set(said[group])) for group in groups] == [[0.1], [0.2], [0.9]]


def test_without_ties_groups_are_equally_large():
    sizes = [int(group.sum()) for group in groups_of_alike(np.random.default_rng(0).random(103), 10)]
    assert len(sizes) == 10 and sum(sizes) == 103 and max(sizes) - min(sizes) <= 1


def test_a_weighted_quantile_is_the_plain_one_of_repeated_rows():
    numbers, weight = np.array([3.0, 1.0, 2.0]), np.array([1, 4, 5])
    repeated = np.repeat(numbers, weight)
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert quantile(numbers, weight.astype(float), share) == quantile(repeated, None, share)
