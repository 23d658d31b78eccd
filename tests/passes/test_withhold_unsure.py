import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_limit, parse_step
from trivet.passes.guard.withhold_unsure import WithholdUnsure
from trivet.runtime.program import Program
from trivet.testing.samples import context, tiny_work

READY = ("prepare-table", "fit-linear", "fit-temperature")


def answered(step, tmp_path, question="multiclass"):
    """(rows that get an answer, whether each answer is right) of the rows that compare."""
    work = parse_step(step).run(tiny_work(question, READY), context(tmp_path))
    program, rows = Program(work.candidate.parts), work.data.choose
    said = program.answers(program.read(rows.raw()))
    return np.asarray(said["answered"], bool), said["chosen"] == rows.truth


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_the_answers_that_are_given_are_right_more_often(question, tmp_path):
    given, right = answered("withhold-unsure(accuracy=0.97)", tmp_path, question)
    assert 0 < given.sum() < len(given)
    assert right[given].mean() > right.mean()


def test_the_more_often_right_the_fewer_are_given(tmp_path):
    shares = [answered(f"withhold-unsure(accuracy={bar})", tmp_path)[0].mean() for bar in (0.5, 0.9, 0.98)]
    assert shares == sorted(shares, reverse=True) and shares[0] > shares[-1]


def test_it_asks_for_as_much_as_the_highest_limit():
    texts = ("accuracy-when-answered >= 0.8", "accuracy-when-answered >= 0.9", "answered-share >= 0.5")
    assert WithholdUnsure.for_limits([parse_limit(text) for text in texts]) == WithholdUnsure(accuracy=0.9)


@pytest.mark.parametrize("accuracy", [0.0, 1.0, -1.0])
def test_an_accuracy_without_meaning_is_refused(accuracy):
    with pytest.raises(Refused):
        parse_step(f"withhold-unsure(accuracy={accuracy})").check(tiny_work("binary", READY).candidate.sketch)
