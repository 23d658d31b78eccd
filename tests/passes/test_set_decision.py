"""Set-decision weighs rare classes up, and says what that gains."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from trivet.core.errors import TrivetError
from trivet.core.registry import parse_step
from trivet.passes.decide.set_decision import SetDecision, mean_f1, mean_recall
from trivet.runtime.program import Program
from trivet.testing.samples import context, tiny_work

LINE = ("prepare-table", "fit-linear", "fit-temperature")


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_balanced_accuracy_on_tune_rows_does_not_fall(question):
    work = tiny_work(question, LINE)
    after = SetDecision().run(work, context(Path("/nonexistent")))
    assert balanced(after) >= balanced(work)


def balanced(work) -> float:
    program = Program(work.candidate.parts)
    rows = work.data.tune
    return mean_recall(
        program.answers(program.read(rows.raw()))["chosen"], rows.truth, len(work.candidate.task.classes)
    )


def test_probabilities_stay_as_they_are():
    work = tiny_work("binary", LINE)
    after = SetDecision(gauge="f1").run(work, context(Path("/nonexistent")))
    programs = [Program(one.candidate.parts) for one in (work, after)]
    before, now = (p.answers(p.read(work.data.choose.raw()))["probabilities"] for p in programs)
    assert np.array_equal(before, now)


def test_both_means_equal_scikit_learn():
    rng = np.random.default_rng(0)
    truth, chosen = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    assert mean_recall(chosen, truth, 3) == pytest.approx(balanced_accuracy_score(truth, chosen), abs=1e-12)
    assert mean_f1(chosen, truth, 3) == pytest.approx(f1_score(truth, chosen, average="macro"), abs=1e-12)
    two = truth > 0, chosen > 0
    assert mean_f1(two[1].astype(int), two[0].astype(int), 2) == pytest.approx(f1_score(*two), abs=1e-12)


def test_another_gauge_is_refused_by_name():
    with pytest.raises(TrivetError, match="auroc"):
        parse_step("set-decision(gauge=auroc)")
