import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.numbers import numbers_of
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores
from trivet.testing.samples import QUESTIONS, context, tiny_work

READY = ("prepare-table", "fit-glass-box(rounds=20, bags=1, interactions=2)")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_lowered_body_has_the_width_of_the_task(question, tmp_path):
    work = parse_step("emit-glass-box").run(tiny_work(question, READY), context(tmp_path))
    x = numbers_of(work.data.choose, work.candidate.parts, for_="test")
    scores = body_scores(work.candidate.parts["body"], Batch(numbers=x))
    assert str(work.sketch.kind("body")) == "additive"
    assert scores.shape == (100, work.candidate.task.n_scores) and scores.dtype == "float32"


def test_refuses_a_body_that_is_lowered_already():
    step, sketch = parse_step("emit-glass-box"), tiny_work("binary", READY).sketch
    with pytest.raises(Refused, match="leave this step out"):
        step.check(step.check(sketch))
