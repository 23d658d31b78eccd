import numpy as np
import pytest

from trivet.core.registry import parse_step
from trivet.kit.scores import scores_of
from trivet.kit.target import Target, mean_loss
from trivet.testing.samples import QUESTIONS, context, tiny_work

READY = ("prepare-table",)


@pytest.mark.parametrize("question", QUESTIONS)
def test_many_deep_trees_answer_new_rows_better_than_the_mean_and_than_one_of_them(question, tmp_path):
    ready = tiny_work(question, READY)
    many, one = (parse_step(f"fit-extra-trees(trees={trees})").run(ready, context(tmp_path)) for trees in (60, 1))
    rows, task = many.data.choose, many.candidate.task
    flat = np.zeros((len(rows), task.n_scores)) if task.classes else np.full((len(rows), 1), rows.truth.mean())
    target = Target.of(rows, task)
    loss = mean_loss(scores_of(many.candidate, rows), target)
    assert loss < 0.8 * mean_loss(flat, target)
    assert loss < mean_loss(scores_of(one.candidate, rows), target)
    assert len(many.candidate.parts["body"].arrays["output"]) == 60 * task.n_scores


def test_the_tune_rows_are_never_looked_at(tmp_path):
    work = tiny_work("binary", READY)
    step = parse_step("fit-extra-trees(trees=5)")
    seen = [step.run(one, context(tmp_path)) for one in (work, work.with_splits(tune=work.data.choose))]
    assert seen[0].candidate.parts["body"] == seen[1].candidate.parts["body"]
