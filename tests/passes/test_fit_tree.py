import numpy as np
import pytest

from trivet.core.registry import parse_step
from trivet.kit.scores import scores_of
from trivet.kit.target import Target, mean_loss
from trivet.testing.samples import QUESTIONS, context, tiny_work

READY = ("prepare-table",)


@pytest.mark.parametrize("question", QUESTIONS)
def test_one_tree_says_more_than_the_mean_and_has_the_leaves_asked_for(question, tmp_path):
    work = parse_step("fit-tree(leaves=6)").run(tiny_work(question, READY), context(tmp_path))
    rows, task, body = work.data.choose, work.candidate.task, work.candidate.parts["body"]
    flat = np.zeros((len(rows), task.n_scores)) if task.classes else np.full((len(rows), 1), rows.truth.mean())
    target = Target.of(rows, task)
    assert (body.arrays["feature"] < 0).sum() <= 6 * task.n_scores
    assert mean_loss(scores_of(work.candidate, rows), target) < 0.95 * mean_loss(flat, target)


def test_the_tune_rows_are_never_looked_at(tmp_path):
    work = tiny_work("binary", READY)
    other = work.with_splits(tune=work.data.choose)
    step = parse_step("fit-tree")
    bodies = [step.run(one, context(tmp_path)).candidate.parts["body"] for one in (work, other)]
    assert bodies[0] == bodies[1]
